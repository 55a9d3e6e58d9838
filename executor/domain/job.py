"""Jobs: what is run in a sandbox, within which limits, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a job may use; crossing one ends the job.

    Attributes:
        wall_seconds: time by the clock on the wall.
        cpu_seconds: processor time of any one process.
        memory_bytes: address space of any one process.
        file_bytes: size of any one file.
        folder_bytes: all that the work folder holds.
        log_bytes: all that is printed.
        processes: processes and threads at a time.
        open_files: open files of any one process.
    """

    wall_seconds: float = 300.0
    cpu_seconds: int = 300
    memory_bytes: int = 4096 * MEBIBYTE
    file_bytes: int = 512 * MEBIBYTE
    folder_bytes: int = 1024 * MEBIBYTE
    log_bytes: int = 1 * MEBIBYTE
    processes: int = 128
    open_files: int = 512


@dataclass(frozen=True, slots=True)
class Job:
    """A command to run in isolation.

    Attributes:
        argv: the command, absolute path first.
        folder: the work folder on the host; the only place it may write to, and its current one.
        readable: folders and files of the host that it may read, each at the same path inside.
        environ: the whole environment; nothing is inherited.
        limits: what it may use.
    """

    argv: tuple[str, ...]
    folder: Path
    readable: tuple[Path, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


class Cause(StrEnum):
    """Why a job is no longer running."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMED_OUT = "timed out"
    TOO_MUCH_PRINTED = "too much printed"
    TOO_MUCH_WRITTEN = "too much written"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended.

    Attributes:
        cause: why it ended.
        code: exit status for EXITED, signal number for SIGNALLED, otherwise None.
        wall_seconds: how long it ran.
    """

    cause: Cause
    code: int | None
    wall_seconds: float
