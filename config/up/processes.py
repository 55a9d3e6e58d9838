"""Find and end processes: those of this start, and those that a killed start left behind."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from config.up.parts import MARK

PROC = Path("/proc")


def marked(data: Path) -> set[int]:
    """Process ids of the parts, and of what they started, for this data folder."""
    wanted = f"{MARK}={data}".encode()
    return {pid for pid in _all() if wanted in _environment(pid)}


def descendants(parent: int) -> set[int]:
    """Process ids of everything below a process, sandboxed runs with their own session too."""
    parents = {pid: _parent(pid) for pid in _all()}
    found = {parent}
    while more := {pid for pid, above in parents.items() if above in found} - found:
        found |= more
    return found - {parent}


def end(pids: Iterable[int], patience: float) -> None:
    """Ask the processes to end, wait so many seconds, then end those that are still there."""
    left = set(pids)
    send(left, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while (left := {pid for pid in left if alive(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    send(left, signal.SIGKILL)


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to those of the processes that are still there."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def alive(pid: int) -> bool:
    """Whether the process is there and not a zombie that waits to be collected."""
    return _stat(pid)[:1] not in ([], ["Z"], ["X"])


def collect() -> None:
    """Collect what has ended and was handed to this process, the nearest reaper."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _all() -> list[int]:
    own = os.getpid()
    return [
        int(entry.name)
        for entry in PROC.iterdir()
        if entry.name.isdigit() and int(entry.name) != own
    ]


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if len(fields) > 1 else 0


def _stat(pid: int) -> list[str]:
    """State, parent and the rest of /proc/<pid>/stat (proc(5)); empty when it is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
