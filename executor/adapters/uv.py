"""The installer (uv), run as a program that can be stopped."""

import errno
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from executor.errors import PlatformFailedError, StoppedError

SECONDS_AT_MOST = 900
POLL_SECONDS = 0.02
CACHE = "cache/uv"


def call(root: Path, *arguments: str, should_stop: Callable[[], bool]) -> str:
    """Run uv with its cache in the data folder; returns why it failed, empty when it did not.

    The operator's own configuration of uv (its file, its variables) holds: that is where an
    index of theirs is named.

    Raises:
        PlatformFailedError: it could not be started, or did not end in time.
        StoppedError: ``should_stop`` said so.
    """
    uv = Path(sys.executable).with_name("uv")
    if not uv.is_file():
        raise PlatformFailedError(
            "no-installer", "uv is missing beside the service: run `make up` again."
        )
    environ = os.environ | {
        "UV_CACHE_DIR": str(root / CACHE),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }
    environ.pop("VIRTUAL_ENV", None)
    root.mkdir(parents=True, exist_ok=True)
    return run([str(uv), *arguments], root, environ, should_stop=should_stop)


def run(
    command: list[str],
    folder: Path,
    environ: Mapping[str, str],
    *,
    should_stop: Callable[[], bool],
    given: IO[bytes] | None = None,
) -> str:
    """Run a program in a folder; returns what it said when it failed, empty when it did not.

    Raises:
        PlatformFailedError: it could not be started, or did not end in time.
        StoppedError: ``should_stop`` said so.
    """
    try:
        with tempfile.TemporaryFile() as told:
            code = _wait(command, environ, folder, (given, told), should_stop)
            told.seek(0)
            said = " ".join(told.read(20_000).decode("utf-8", "replace").split())[:1500]
    except OSError as error:
        raise of_system(error) from None
    return (said or f"it ended with status {code} and gave no reason") if code else ""


def of_system(error: OSError) -> PlatformFailedError:
    """What a refusal of the operating system means for a build."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full()
    sentence = f"The environment could not be built: {error.strerror}."
    return PlatformFailedError("environment", sentence)


def disk_full() -> PlatformFailedError:
    """Nothing can be built before the operator makes room."""
    return PlatformFailedError("disk-full", "The disk of the service is full.")


def _wait(
    command: list[str],
    environ: Mapping[str, str],
    folder: Path,
    streams: tuple[IO[bytes] | None, IO[bytes]],
    should_stop: Callable[[], bool],
) -> int:
    given, told = streams
    source = given or subprocess.DEVNULL
    until = time.monotonic() + SECONDS_AT_MOST
    with subprocess.Popen(  # noqa: S603 -- fixed programs and paths of our own
        command, env=environ, cwd=folder, stdin=source, stdout=told, stderr=told
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
