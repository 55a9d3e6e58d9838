"""The processes of a job as the host sees them: which they are and what they hold.

They are read while a hostile job is changing them, so each may be gone, or closed to us, at any
moment; such a process counts as holding nothing. File formats: proc(5).
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def below(process: int) -> list[int]:
    """All processes that a process started, directly or not."""
    children: dict[int, list[int]] = {}
    for number in map(int, filter(str.isdigit, os.listdir(PROC))):  # noqa: PTH208 - many, often
        children.setdefault(parent(number), []).append(number)
    found: list[int] = []
    waiting = [process]
    while waiting:
        next_ones = children.pop(waiting.pop(), [])
        found += next_ones
        waiting += next_ones
    return found


def parent(process: int) -> int:
    """The parent of a process; -1 when it is gone meanwhile."""
    try:
        return int((PROC / str(process) / "stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, IndexError):
        return -1


def processor_seconds(processes: Iterable[int]) -> float:
    """Processor time of processes, and of those of their children that they waited for."""
    ticks = 0
    for process in processes:
        with suppress(OSError, IndexError):
            text = (PROC / str(process) / "stat").read_bytes()
            ticks += sum(map(int, text.rpartition(b")")[2].split()[11:15]))
    return ticks / TICKS


def memory_bytes(processes: Iterable[int], most: int) -> int:
    """Memory that processes hold, shared pages counted once; only looked into if it may be more.

    The resident set counts a shared page for every process, so it is never too small, and cheap.
    """
    numbers = list(processes)
    resident = sum(map(resident_bytes, numbers))
    return resident if resident <= most else sum(map(share_bytes, numbers))


def resident_bytes(process: int) -> int:
    """Resident memory of a process."""
    with suppress(OSError, IndexError):
        return int((PROC / str(process) / "statm").read_bytes().split()[1]) * PAGE_BYTES
    return 0


def share_bytes(process: int) -> int:
    """A process's own memory and its share of what it shares; all of it where that is hidden."""
    with suppress(OSError):
        for line in (PROC / str(process) / "smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    return resident_bytes(process)


def unnamed_bytes(processes: Iterable[int], device: int) -> int:
    """Bytes on a device of files that processes hold open and that have no name any more."""
    found = {
        (about.st_dev, about.st_ino): about.st_blocks * 512
        for process in processes
        for about in open_files(process)
        if about.st_nlink == 0 and about.st_dev == device and stat.S_ISREG(about.st_mode)
    }
    return sum(found.values())


def open_files(process: int) -> Iterator[os.stat_result]:
    """What is known of the files that a process has open."""
    folder = PROC / str(process) / "fd"
    try:
        names = os.listdir(folder)  # noqa: PTH208 - many, often
    except OSError:
        return
    for name in names:
        with suppress(OSError):
            yield (folder / name).stat()
