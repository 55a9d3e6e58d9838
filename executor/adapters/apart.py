"""Starting our own programs apart from the service, bounded in time, memory and what they write.

Tables of strangers are read, and pictures drawn, in a process of their own: what goes wrong there
is a sentence here, and what takes too much there takes nothing from who else is served. Each
program sets its own limits before it reads anything (``executor.adapters.programs.talk``).
"""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

AT_ONCE = 2
WAIT_SECONDS = 20
WALL_SECONDS = 60
ANSWER_BYTES = 8 * 1024**2
_places = threading.BoundedSemaphore(AT_ONCE)


class ApartError(Exception):
    """A program of ours did not do what it was asked; the message says why, for a reader."""


class BusyError(ApartError):
    """Too many such programs are under way; the same may be asked again in a moment."""


def run_apart(program: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a program of ``executor.adapters.programs`` answers.

    Args:
        program: name of its module.
        asked: what it is given, as plain JSON values.

    Raises:
        ApartError: it refused, failed, or took more than it may.
        BusyError: no place was free for it in time.
    """
    with _place(), tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as question:
        question.write(json.dumps(asked).encode())
        question.seek(0)
        command = [sys.executable, "-P", "-m", f"executor.adapters.programs.{program}"]
        try:
            code = subprocess.run(  # noqa: S603 -- a program of our own, with a fixed name
                command, stdin=question, stdout=answer, stderr=subprocess.DEVNULL, check=False,
                timeout=WALL_SECONDS, env=_environment(), cwd=settings.BASE_DIR,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ApartError(f"it took longer than {WALL_SECONDS} seconds") from None
        answer.seek(0)
        return _read(answer.read(ANSWER_BYTES), code)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise BusyError("other tables are being read just now; try again in a moment")
    try:
        yield
    finally:
        _places.release()


def _read(answer: bytes, code: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError:
        raise ApartError(f"it took too much time or memory (code {code})") from None
    if "error" in found:
        raise ApartError(str(found["error"])[:500])
    return found


def _environment() -> dict[str, str]:
    return {
        "PYTHONPATH": str(settings.BASE_DIR), "PATH": "/usr/bin:/bin", "TZ": "UTC",
        "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1", "SOURCE_DATE_EPOCH": "0", "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(Path(settings.DATA_DIR) / "matplotlib"), "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1", "ASTROPY_USE_SYSTEM_CONFIG": "no",
    }  # fmt: skip
