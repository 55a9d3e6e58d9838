# ruff: noqa: PTH123, PTH208 - pathlib costs 5 ms of each start
"""The processes of a start, outermost first: the launcher, the first process, the command.

The launcher waits, and kills on SIGTERM, which the kernel also sends when the thread that started
it dies. The first process is number 1 of the namespaces, or bubblewrap. Each dies with the one
before, and the kernel empties a pid namespace when its first process dies. One line goes to the
status pipe: ``exited N``, ``signalled N`` or ``failed <sentence>``; then ``used N``, milliseconds
of processor time.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import resource
import sys

from . import kernel, user, view
from .start import described, enter, inner

TYPE_CHECKING = False  # typing itself costs 5 ms, and annotations are never evaluated here
if TYPE_CHECKING:
    import signal
    from types import FrameType
    from typing import Any
else:
    import _signal as signal  # the same; signal itself costs 4 ms, for its enumerations

FAR = 100  # our own descriptors are moved there, out of the way of the numbers in the orders
DISPENSABLE = 500  # of 1000
REPORT = 40  # bubblewrap's descriptor for its report
ALL_NAMESPACES = (
    kernel.NEWUSER
    | kernel.NEWNS
    | kernel.NEWPID
    | kernel.NEWNET
    | kernel.NEWIPC
    | kernel.NEWUTS
    | kernel.NEWCGROUP
)


class Supervisor:
    """Waits for the child and for whatever it leaves, which the kernel hands to us."""

    def __init__(self) -> None:
        self.child = 0
        self.stopped = False
        signal.signal(signal.SIGTERM, self.stop)
        kernel.prctl(kernel.CHILD_SUBREAPER, 1)

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """SIGTERM from the service, or from the kernel when the service's thread died."""
        self.stopped = True
        if self.child:
            os.kill(self.child, signal.SIGKILL)

    def watch(self, child: int) -> int:
        """The wait status of the child, once nothing that it started is left."""
        self.child = child
        if self.stopped:
            os.kill(child, signal.SIGKILL)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        self.child = 0  # from here on its number may become another's
        _, status = os.waitpid(child, 0)
        while has_children():
            kill_children()
            os.wait()
        return status


def has_children() -> bool:
    """Whether any process is ours, running or dead."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def kill_children() -> None:
    """Kill all our children; theirs become ours when they die."""
    me = str(os.getpid())
    for name in filter(str.isdigit, os.listdir("/proc")):
        if parent(name) == me:
            os.kill(int(name), signal.SIGKILL)


def parent(process: str) -> str:
    """The parent of a process; empty when it is gone meanwhile."""
    try:
        with open(f"/proc/{process}/stat", "rb") as handle:
            return handle.read().rpartition(b")")[2].split()[1].decode()
    except OSError:
        return ""


def bubblewrap_result(report: int) -> bytes:
    """The status line from what bubblewrap wrote: JSON with an exit-code once the command ended.

    It gives 128 + n both for a signal n and for that exit status; we read it as the signal.
    """
    text = os.read(report, 65536).decode()
    if '"exit-code"' not in text:
        return b"failed bubblewrap ended before it started the command\n"
    code = int(text.rpartition('"exit-code"')[2].strip(" :}\n\t"))
    return described(code << 8 if code <= 128 else code - 128)  # noqa: PLR2004 - see above


def prepare(orders: dict[str, Any]) -> None:
    """User and namespaces, as far as they come before the fork."""
    if orders["uid"]:
        if not orders["nested"]:
            user.give(orders["folder"], orders["uid"])
        view.stage(orders["stage"])
        user.become(orders["uid"])
    if orders["mode"] == "direct":
        user.unshare(ALL_NAMESPACES)
        user.allow_namespaces(orders["nested"], required=not orders["filter"])
    elif orders["mode"] == "bubblewrap":
        user.unshare(kernel.NEWUSER)  # from Linux 5.14 RLIMIT_NPROC counts only what is in here


def go_first() -> None:
    """When memory runs out, the kernel is to end us and the job, not the service."""
    path = "/proc/self/oom_score_adj"
    with open(path, "rb") as handle:
        given = int(handle.read())
    kernel.write(path, str(max(given, DISPENSABLE)))


def follow(orders: dict[str, Any], events: int, status: int) -> None:
    """Carry the orders out and write how it ended to the status pipe."""
    go_first()
    prepare(orders)
    kernel.prctl(kernel.PDEATHSIG, signal.SIGTERM)  # a change of user cleared it
    if os.getppid() != orders["caller"]:
        return
    report, report_end = os.pipe()
    life, life_end = os.pipe()
    supervisor = Supervisor()
    child = os.fork()
    if child == 0:
        os.close(life_end)
        if orders["mode"] == "bubblewrap":
            os.dup2(report_end, REPORT)
        inner(orders, events, status, life)
    os.close(report_end)
    if orders["nested"]:
        os.close(events)
    result = supervisor.watch(child)
    if orders["mode"] == "bubblewrap":
        os.write(status, bubblewrap_result(report))
    elif orders["mode"] == "off" or result != 0:
        os.write(status, described(result))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.write(status, b"used %d\n" % (1000 * (used.ru_utime + used.ru_stime)))


def main() -> None:
    """Enter our groups, read the orders, move our descriptors out of the way, follow."""
    kernel.prctl(kernel.PDEATHSIG, signal.SIGTERM)
    enter([int(entry) for entry in sys.argv[2:]])
    with open(0, "rb") as handle:
        text = handle.read()
    if not text:  # there is no job after all
        return
    orders = marshal.loads(text)  # noqa: S302 - the service wrote it, with the same Python
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the first process must not be interruptible
    os.umask(0o022)
    events, status = (
        fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, FAR) for number in orders["descriptors"]
    )
    for number in orders["descriptors"]:
        os.close(number)
    os.open(os.devnull, os.O_RDWR)  # takes 0
    try:
        follow(orders, events, status)
    except OSError as error:
        os.write(status, f"failed {error}\n".encode())
    os._exit(0)  # nothing to tidy up, and the new user may not read what Python would import for it
