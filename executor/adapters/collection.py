"""Collection of environments that nobody uses; kept wheels stay, so that each comes back."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from executor.adapters.environments import CACHE_GUARD, STAMP, guard
from executor.adapters.uv import CACHE

REBUILT = ("environments", "bytecode", CACHE)
GRACE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection did.

    Attributes:
        removed: digests of the environments that it removed.
        freed: bytes of disk that are free again.
        left: bytes of disk that environments, byte code and the cache still take; a file with
            many names counts once.
        wheels: bytes of disk of the kept wheels, which are never removed.
    """

    removed: tuple[str, ...]
    freed: int
    left: int
    wheels: int


def collect(root: Path, *, unused_seconds: float, bytes_at_most: int) -> Collected:
    """Remove environments that were not used for long, then as many as the budget asks.

    What a run uses is never removed, nor for the budget what was used within the last hour. When
    the budget is crossed, what is spare goes first: the cache of uv, and byte code of no
    environment.

    Args:
        root: the data folder.
        unused_seconds: environments that were last used longer ago are removed.
        bytes_at_most: what environments, byte code and cache may take together.
    """
    before = disk_bytes(root, *REBUILT)
    now = time.time()
    oldest_first = sorted((_used_at(folder), folder) for folder in _environments(root))
    removed = [
        folder
        for used_at, folder in oldest_first
        if (used_at < now - unused_seconds or not (folder / STAMP).is_file()) and _remove(folder)
    ]
    if disk_bytes(root, *REBUILT) > bytes_at_most:
        _drop_what_is_spare(root)
    for used_at, folder in oldest_first:
        if disk_bytes(root, *REBUILT) <= bytes_at_most or used_at > now - GRACE_SECONDS:
            break
        if folder not in removed and _remove(folder):
            removed.append(folder)
            _drop_what_is_spare(root)
    left = disk_bytes(root, *REBUILT)
    names = tuple(folder.name for folder in removed)
    return Collected(names, max(before - left, 0), left, disk_bytes(root, "wheels"))


def disk_bytes(root: Path, *parts: str) -> int:
    """Bytes of disk below some folders; a file with many names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for part in parts:
        for found in _below(root / part):
            seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(seen.values())


def _below(folder: Path) -> Iterator[os.stat_result]:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                yield os.lstat(os.path.join(place, name))  # noqa: PTH118 -- of plain names, and much faster


def _environments(root: Path) -> list[Path]:
    folder = root / "environments"
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _used_at(folder: Path) -> float:
    lock = folder.with_suffix(".lock")
    with suppress(FileNotFoundError):
        return lock.stat().st_mtime
    return folder.stat().st_mtime


def _remove(folder: Path) -> bool:
    """Remove an environment unless it is used or being built; whether it was removed."""
    with _alone(folder) as mine:
        if mine:
            (folder / STAMP).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
    return mine


def _drop_what_is_spare(root: Path) -> None:
    """Remove the cache of uv, and byte code that no environment shares, unless one is built."""
    with _alone(root / CACHE_GUARD) as mine:
        if not mine:
            return
        shutil.rmtree(root / CACHE, ignore_errors=True)
        stores = root / "bytecode"
        for store in stores.iterdir() if stores.is_dir() else ():
            if not _is_shared(store):
                shutil.rmtree(store, ignore_errors=True)


def _is_shared(store: Path) -> bool:
    return any(path.stat().st_nlink > 1 for path in store.rglob("*.pyc"))


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether the lock of a folder could be had alone, for the length of the block."""
    with guard(folder) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
