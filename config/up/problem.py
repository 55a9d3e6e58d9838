"""The one kind of error that `make up` shows."""

import errno
import traceback
from contextlib import suppress
from pathlib import Path

FULL = ("disk is full", "No space left on device", "Disk quota exceeded")
DAMAGED = ("file is not a database", "malformed")


class StartError(Exception):
    """The service cannot start; carries one sentence for the user and the exit code."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def disk_full(data: Path) -> StartError:
    """The disk under the data folder is full."""
    return StartError(
        5, f"The disk that holds {data} is full: make room, or choose another: make up DATA=…"
    )


def damaged(file: Path) -> StartError:
    """The database file is there and is not one."""
    return StartError(
        7,
        f"{file} is not a usable database: put a copy of yours in its place, "
        "or start with another folder: make up DATA=…",
    )


def of_preparation(error: Exception, data: Path) -> StartError:
    """The sentence for what went wrong while the database was prepared."""
    text = str(error)
    if getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT} or _has(text, FULL):
        return disk_full(data)
    if _has(text, DAMAGED):
        return damaged(data / "reprise.sqlite3")
    first = text.strip().split("\n", 1)[0] or "no reason given"
    file = _keep_traceback(error, data)
    return StartError(
        8,
        f"The service could not be prepared ({type(error).__name__}: {first}); {file} says more.",
    )


def _keep_traceback(error: Exception, data: Path) -> Path:
    file = data / "logs" / "start.log"
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(traceback.format_exception(error)))
    return file


def _has(text: str, marks: tuple[str, ...]) -> bool:
    return any(mark in text for mark in marks)
