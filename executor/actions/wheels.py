"""The wheels that environments are made of, for whoever wants to carry them elsewhere."""

import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from executor.adapters import environments, wheels
from executor.errors import PlatformFailedError


@dataclass(frozen=True, slots=True)
class KeptWheel:
    """A kept wheel: its file, named by the wheel, and its sha256."""

    path: Path
    sha256: str


def keep_wheels(locks: Iterable[str]) -> tuple[KeptWheel, ...]:
    """The wheels of some locks on this machine, each once; those not kept yet are fetched.

    Raises:
        PlatformFailedError: one is damaged or neither kept nor to be had now, or the disk is full.
    """
    found: dict[Path, None] = {}
    for lock in dict.fromkeys(locks):
        found |= dict.fromkeys(_kept(lock))
    return tuple(KeptWheel(path, path.parent.name) for path in found)


def machine() -> tuple[str, str]:
    """The system and the Python that kept wheels are for: ``Linux x86_64``, ``3.11``."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{platform.system()} {platform.machine()}", python


def _kept(lock: str) -> tuple[Path, ...]:
    try:
        kept = wheels.ensure(settings.DATA_DIR, lock, should_stop=environments.never)
        if wheels.drop_damaged(kept):
            return wheels.ensure(settings.DATA_DIR, lock, should_stop=environments.never)
    except wheels.WheelsAwayError as error:
        sentence = f"The wheels of a lock cannot be had now: {error}. Try again later."
        raise PlatformFailedError("registry", sentence) from None
    return kept
