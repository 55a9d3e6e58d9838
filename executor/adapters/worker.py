"""The name of a worker process, from which others on its machine can tell that it is gone.

``host/<process namespace>/<process id>-<start>``: the start (in ticks since boot, proc(5)) tells a
process from a later one with its number, and the namespace tells containers apart that share a
host's name.
"""

import os
import socket
from functools import lru_cache
from pathlib import Path

PROC = Path("/proc")
START_FIELD = 19  # of /proc/<pid>/stat, counted from the state, which follows the command's name


def name() -> str:
    """The name of this process as a worker."""
    return _named(os.getpid())


def host() -> str:
    """What the names of all workers begin with that this process could see."""
    return f"{socket.gethostname()[:100]}/{_namespace()}/"


def is_gone(worker: str) -> bool:
    """Whether a worker was a process that this one could see, and is no more."""
    if not worker.startswith(host()):
        return False
    number, _dash, start = worker.removeprefix(host()).partition("-")
    return bool(start) and _started(number) != start


@lru_cache(maxsize=4)
def _named(pid: int) -> str:
    return f"{host()}{pid}-{_started(str(pid))}"


@lru_cache(maxsize=1)
def _namespace() -> str:
    try:
        return str((PROC / "self" / "ns" / "pid").stat().st_ino)
    except OSError:
        return "0"


def _started(pid: str) -> str:
    """When a process started; empty when it is not there, or only waits to be collected."""
    try:
        text = (PROC / pid / "stat").read_text(errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[START_FIELD]
