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
        memory_bytes: address space of any one process, and memory of all of them together.
        file_bytes: size of any one file.
        folder_bytes: all that the work folder holds.
        log_bytes: all that is printed.
        processes: processes and threads at a time.
        open_files: open files of any one process.
        cpus: processors that all processes use together; None for as many as there are. Held
            only where the machine lets us make control groups.
        network_bytes: all that comes and goes over the network, where it has one.
    """

    wall_seconds: float = 300.0
    cpu_seconds: int = 300
    memory_bytes: int = 4096 * MEBIBYTE
    file_bytes: int = 512 * MEBIBYTE
    folder_bytes: int = 1024 * MEBIBYTE
    log_bytes: int = 1 * MEBIBYTE
    processes: int = 128
    open_files: int = 512
    cpus: float | None = None
    network_bytes: int = 2048 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Job:
    """A command to run in isolation.

    Attributes:
        argv: the command, absolute path first.
        folder: the work folder on the host; the only place it may write to, and its current one.
        readable: folders and files of the host that it may read, each at the same path inside.
        environ: the whole environment; nothing is inherited.
        limits: what it may use.
        network: names of the hosts that it may ask, through a proxy; empty for no network at all.
        private_hosts: those hosts that may have a private address; the operator says so.
    """

    argv: tuple[str, ...]
    folder: Path
    readable: tuple[Path, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    network: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()


class Cause(StrEnum):
    """Why a job is no longer running."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMED_OUT = "timed out"
    TOO_MUCH_PRINTED = "too much printed"
    TOO_MUCH_WRITTEN = "too much written"
    TOO_MUCH_MEMORY = "too much memory"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended.

    Attributes:
        cause: why it ended.
        code: exit status for EXITED, signal number for SIGNALLED, otherwise None.
        wall_seconds: how long it ran.
        cpu_seconds: processor time that it used; 0 where that is not known.
    """

    cause: Cause
    code: int | None
    wall_seconds: float
    cpu_seconds: float = 0.0
