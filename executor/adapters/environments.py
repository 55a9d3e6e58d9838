"""Environments: one folder a lock, built once by uv, read-only for those who run in it."""

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.domain.lock import packages
from executor.domain.address import environment_digest
from executor.errors import PlatformFailedError, RunFailedError

SECONDS_AT_MOST = 900
STAMP = "complete"
# Whole words: networkx is a package.
NETWORK_SIGNS = re.compile(
    r"\b(error sending request|dns error|connection|timed out|network|client error)\b"
)


def digest_of(lock: str) -> str:
    """Digest of the environment that this service makes of a lock."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return environment_digest(lock=lock, python=python, machine=platform.machine())


def is_built(root: Path, lock: str) -> bool:
    """Whether the environment of a lock is there already."""
    return (root / "environments" / digest_of(lock) / STAMP).is_file()


def ensure(root: Path, lock: str) -> Path:
    """The folder of the environment of a lock, built when it is not there yet.

    Only one process builds it; the others wait. What an earlier, interrupted build left is
    thrown away.

    Raises:
        RunFailedError: the lock cannot be installed as wheels with these hashes.
        PlatformFailedError: the registry did not answer, or the disk is full.
    """
    folder = root / "environments" / digest_of(lock)
    if (folder / STAMP).is_file():
        return folder
    with _alone(folder):
        if not (folder / STAMP).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            _build(root, folder, lock)
            (folder / STAMP).write_text("")
    return folder


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(root: Path, folder: Path, lock: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    if not uv.is_file():
        raise PlatformFailedError(
            "no-installer", "uv is missing beside the service: run `make up` again."
        )
    _call(root, uv, "venv", "--quiet", "--python", sys.executable, str(folder))
    text = folder / "requirements.lock"
    text.write_text(lock)
    if packages(lock):
        _call(root, uv, "pip", "sync", "--quiet", "--require-hashes", "--only-binary", ":all:",
              "--compile-bytecode", "--python", str(python_of(folder)), str(text))  # fmt: skip


def _call(root: Path, uv: Path, *arguments: str) -> None:
    environ = os.environ | {
        "UV_CACHE_DIR": str(root / "cache" / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }
    environ.pop("VIRTUAL_ENV", None)
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed program and paths of our own
            [str(uv), *arguments], env=environ, cwd=root, capture_output=True, text=True,
            errors="replace", timeout=SECONDS_AT_MOST, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise PlatformFailedError(
            "environment", f"The environment was not built within {SECONDS_AT_MOST} s."
        ) from None
    except OSError as error:
        raise PlatformFailedError(
            "environment", f"The environment could not be built: {error.strerror}."
        ) from None
    if done.returncode:
        _refuse(" ".join(done.stderr.split())[:1500])


def _refuse(reason: str) -> None:
    if NETWORK_SIGNS.search(reason.lower()):
        raise PlatformFailedError(
            "registry", f"The package registry did not answer as it should: {reason}"
        )
    if "no space left" in reason.lower():
        raise PlatformFailedError("disk-full", "The disk of the service is full.")
    raise RunFailedError(
        "environment", f"The environment of this entry cannot be installed: {reason}"
    )
