"""Inside a warm interpreter: forking a run off, in namespaces of its own, without an exec.

The processes of a run, outermost first: the keeper, a fork of the interpreter that waits beside
it; the first process of the run's namespaces; the run itself, in which :func:`fork_off` returns.
The keeper kills the run when the service closes its end of the life pipe, and the kernel kills it
with the interpreter. The end of the keeper, told by the end of the pipe ``done``, comes after that
of everything in the run.
"""

from __future__ import annotations

import os
import resource
import select

from . import kernel, start, user
from .run import ALL_NAMESPACES

TYPE_CHECKING = False  # typing itself costs 5 ms, and annotations are never evaluated here
if TYPE_CHECKING:
    import signal
    from typing import Any, NoReturn
else:
    import _signal as signal  # the same; signal itself costs 4 ms, for its enumerations

LOG, EVENTS, STATUS, DONE, LIFE = range(5)  # of the descriptors that come with the orders


def fork_off(orders: dict[str, Any], descriptors: list[int]) -> int:
    """Fork a run off; returns the keeper's number in the interpreter, and 0 in the run."""
    keeper = os.fork()
    if keeper == 0:
        kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
        try:
            keep(orders, descriptors)
        except OSError as error:
            os.write(descriptors[STATUS], f"failed {error}\n".encode())
            os._exit(1)
    return keeper


def keep(orders: dict[str, Any], descriptors: list[int]) -> None:
    """Be the keeper, which never returns, or a child of it; only the run returns."""
    os.write(descriptors[DONE], b"\n")  # the kernel tells the service who wrote that
    start.enter(descriptors[LIFE + 1 :])
    user.unshare(ALL_NAMESPACES)
    user.allow_namespaces(0, required=not orders["filter"])
    first = os.fork()
    if first:
        wait_for(first, descriptors)
    os.close(descriptors[DONE])
    start.enclose(orders, descriptors[LIFE])
    run = os.fork()
    if run:
        start.reap(run, descriptors[STATUS])
    settle(orders, descriptors)


def wait_for(first: int, descriptors: list[int]) -> NoReturn:
    """Wait for the first process of the run, and kill it when the life pipe is closed."""
    life, status = descriptors[LIFE], descriptors[STATUS]
    poll = select.poll()
    process = os.pidfd_open(first)
    poll.register(process, select.POLLIN)
    poll.register(life, select.POLLIN)
    ready = [descriptor for descriptor, _ in poll.poll()]
    if process not in ready:
        os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.write(status, b"used %d\n" % (1000 * (used.ru_utime + used.ru_stime)))
    os._exit(0)


def settle(orders: dict[str, Any], descriptors: list[int]) -> None:
    """Be the run: its folder, descriptors 0 to 3 and no other, its limits."""
    os.chdir(orders["folder"])
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    for number in (1, 2):
        os.dup2(descriptors[LOG], number)
    os.dup2(descriptors[EVENTS], start.EVENTS)
    os.closerange(start.EVENTS + 1, os.sysconf("SC_OPEN_MAX"))
    kernel.prctl(kernel.DUMPABLE, 1)  # as an exec makes a command
    start.bound(orders["limits"])
