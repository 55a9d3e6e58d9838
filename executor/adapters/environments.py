"""Environments: one folder a lock, built once by uv, read-only for those who run in it.

``DATA/environments/<digest>/`` is whole when it holds a file ``complete``; ``<digest>.lock``
beside it is held alone by who builds or removes it, together by those who use it, and its time
is that of the last use.
"""

import fcntl
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from catalogue.domain.lock import packages
from executor.adapters import bytecode, uv, wheels
from executor.domain.address import environment_digest
from executor.errors import PlatformFailedError, RunFailedError, StoppedError
from lib import registry

STAMP = "complete"
POLL_SECONDS = 0.02
CACHE_GUARD = "cache/uv.lock"


def never() -> bool:
    """Never stop."""
    return False


def digest_of(lock: str) -> str:
    """Digest of the environment that this service makes of a lock."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return environment_digest(lock=lock, python=python, machine=platform.machine())


def folder_of(root: Path, lock: str) -> Path:
    """Where the environment of a lock is or will be."""
    return root / "environments" / digest_of(lock)


def is_built(root: Path, lock: str) -> bool:
    """Whether the environment of a lock is there already."""
    return (folder_of(root, lock) / STAMP).is_file()


def ensure(root: Path, lock: str, *, should_stop: Callable[[], bool] = never) -> Path:
    """The folder of the environment of a lock, built when it is not there yet.

    Only one process builds it; the others wait. What an earlier, interrupted build left is
    thrown away. Who runs in it uses :func:`held`, so that it is not removed meanwhile.

    Raises:
        RunFailedError: the lock cannot be installed as wheels with these hashes.
        PlatformFailedError: the registry did not answer, or the disk is full.
        StoppedError: ``should_stop`` said so.
    """
    with held(root, lock, should_stop=should_stop) as folder:
        return folder


@contextmanager
def held(root: Path, lock: str, *, should_stop: Callable[[], bool] = never) -> Iterator[Path]:
    """The same folder, kept from being removed until the end of the block.

    Raises:
        as :func:`ensure`.
    """
    folder = folder_of(root, lock)
    with guard(folder) as handle:
        while True:
            _take(handle, fcntl.LOCK_SH, should_stop)
            if (folder / STAMP).is_file():
                break
            _take(handle, fcntl.LOCK_EX, should_stop)
            if not (folder / STAMP).is_file():
                _build(root, folder, lock, should_stop)
        os.utime(handle.fileno())
        yield folder


@contextmanager
def guard(folder: Path) -> Iterator[IO[str]]:
    """The file whose lock guards an environment, open; closing it gives the lock back."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = folder.with_suffix(".lock").open("a")
    except OSError as error:
        raise uv.of_system(error) from None
    with handle:
        yield handle


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def _take(handle: IO[str], kind: int, should_stop: Callable[[], bool]) -> None:
    """Take a lock; who waits for another's build can still be stopped."""
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if should_stop():
                raise StoppedError from None
            time.sleep(POLL_SECONDS)
        else:
            return


def _build(root: Path, folder: Path, lock: str, should_stop: Callable[[], bool]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with guard(root / CACHE_GUARD) as handle:
        _take(handle, fcntl.LOCK_SH, should_stop)
        command = ("venv", "--quiet", "--python", sys.executable, str(folder))
        _refuse(uv.call(root, *command, should_stop=should_stop))
        try:
            (folder / "requirements.lock").write_text(lock)
            if packages(lock):
                _install(root, folder, lock, should_stop)
            (folder / STAMP).write_text("")
        except OSError as error:
            raise uv.of_system(error) from None


def _install(root: Path, folder: Path, lock: str, should_stop: Callable[[], bool]) -> None:
    """Install the kept wheels of a lock; where they cannot be kept, what the index gives."""
    try:
        kept = _sync_kept(root, folder, lock, should_stop)
    except wheels.WheelsAwayError:
        kept = ()
        _refuse(_sync(root, folder, should_stop))
    bytecode.complete(root, folder, kept, should_stop=should_stop)


def _sync_kept(
    root: Path, folder: Path, lock: str, should_stop: Callable[[], bool]
) -> tuple[Path, ...]:
    """Install from kept wheels; those that were damaged on the disk are fetched anew, once."""
    kept = wheels.ensure(root, lock, should_stop=should_stop)
    reason = _sync(root, folder, should_stop, *_from(kept))
    if reason and wheels.drop_damaged(kept):
        kept = wheels.ensure(root, lock, should_stop=should_stop)
        reason = _sync(root, folder, should_stop, *_from(kept))
    _refuse(reason)
    return kept


def _from(kept: tuple[Path, ...]) -> Iterator[str]:
    """Options that let uv see these wheels and no index."""
    yield from ("--offline", "--no-index")
    for wheel in kept:
        yield from ("--find-links", str(wheel.parent))


def _sync(root: Path, folder: Path, should_stop: Callable[[], bool], *options: str) -> str:
    only = ("--require-hashes", "--only-binary", ":all:")
    python = ("--python", str(python_of(folder)))
    lock = str(folder / "requirements.lock")
    return uv.call(
        root, "pip", "sync", "--quiet", *only, *options, *python, lock, should_stop=should_stop
    )


def _refuse(reason: str) -> None:
    if not reason:
        return
    if registry.is_full(reason):
        raise uv.disk_full()
    if registry.is_away(reason):
        raise PlatformFailedError(
            "registry", f"The package registry did not answer as it should: {reason}"
        )
    raise RunFailedError(
        "environment", f"The environment of this entry cannot be installed: {reason}"
    )
