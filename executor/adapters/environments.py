"""Environments: one folder a lock, built once by uv, read-only for those who run in it."""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from catalogue.domain.lock import packages
from executor.domain.address import environment_digest
from executor.errors import PlatformFailedError, RunFailedError, StoppedError
from lib import registry

SECONDS_AT_MOST = 900
POLL_SECONDS = 0.3
STAMP = "complete"


def never() -> bool:
    """Never stop."""
    return False


def digest_of(lock: str) -> str:
    """Digest of the environment that this service makes of a lock."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return environment_digest(lock=lock, python=python, machine=platform.machine())


def is_built(root: Path, lock: str) -> bool:
    """Whether the environment of a lock is there already."""
    return (root / "environments" / digest_of(lock) / STAMP).is_file()


def ensure(root: Path, lock: str, *, should_stop: Callable[[], bool] = never) -> Path:
    """The folder of the environment of a lock, built when it is not there yet.

    Only one process builds it; the others wait. What an earlier, interrupted build left is
    thrown away.

    Raises:
        RunFailedError: the lock cannot be installed as wheels with these hashes.
        PlatformFailedError: the registry did not answer, or the disk is full.
        StoppedError: ``should_stop`` said so.
    """
    folder = root / "environments" / digest_of(lock)
    if (folder / STAMP).is_file():
        return folder
    with _alone(folder):
        if not (folder / STAMP).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            _build(root, folder, lock, should_stop)
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


def _build(root: Path, folder: Path, lock: str, should_stop: Callable[[], bool]) -> None:
    uv = Path(sys.executable).with_name("uv")
    if not uv.is_file():
        raise PlatformFailedError(
            "no-installer", "uv is missing beside the service: run `make up` again."
        )
    _call(root, uv, should_stop, "venv", "--quiet", "--python", sys.executable, str(folder))
    text = folder / "requirements.lock"
    text.write_text(lock)
    if packages(lock):
        only = ("--require-hashes", "--only-binary", ":all:", "--compile-bytecode")
        python = ("--python", str(python_of(folder)))
        _call(root, uv, should_stop, "pip", "sync", "--quiet", *only, *python, str(text))


def _call(root: Path, uv: Path, should_stop: Callable[[], bool], *arguments: str) -> None:
    environ = os.environ | {
        "UV_CACHE_DIR": str(root / "cache" / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }
    environ.pop("VIRTUAL_ENV", None)
    command = [str(uv), *arguments]
    try:
        with tempfile.TemporaryFile() as told:
            code = _wait(command, environ, root, told, should_stop)
            told.seek(0)
            reason = " ".join(told.read(20_000).decode("utf-8", "replace").split())[:1500]
    except OSError as error:
        raise PlatformFailedError(
            "environment", f"The environment could not be built: {error.strerror}."
        ) from None
    if code:
        _refuse(reason)


def _wait(
    command: list[str],
    environ: Mapping[str, str],
    root: Path,
    told: IO[bytes],
    should_stop: Callable[[], bool],
) -> int:
    until = time.monotonic() + SECONDS_AT_MOST
    with subprocess.Popen(  # noqa: S603 -- a fixed program and paths of our own
        command, env=environ, cwd=root, stdin=subprocess.DEVNULL, stdout=told, stderr=told
    ) as process:
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(POLL_SECONDS)
            if should_stop() or time.monotonic() > until:
                process.kill()
                break
    if time.monotonic() > until:
        sentence = f"The environment was not built within {SECONDS_AT_MOST} s."
        raise PlatformFailedError("environment", sentence)
    raise StoppedError


def _refuse(reason: str) -> None:
    if registry.is_away(reason):
        raise PlatformFailedError(
            "registry", f"The package registry did not answer as it should: {reason}"
        )
    if "no space left" in reason.lower():
        raise PlatformFailedError("disk-full", "The disk of the service is full.")
    raise RunFailedError(
        "environment", f"The environment of this entry cannot be installed: {reason}"
    )
