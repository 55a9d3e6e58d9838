"""Inside the fork: the first process of the namespaces, or bubblewrap, and the command itself."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

from . import kernel, user, view

TYPE_CHECKING = False  # typing itself costs 5 ms, and annotations are never evaluated here
if TYPE_CHECKING:
    import signal
    from typing import Any, NoReturn
else:
    import _signal as signal  # the same; signal itself costs 4 ms, for its enumerations

EVENTS = 3  # the command's descriptor for events


def loopback_up() -> None:
    """Switch on the namespace's own loopback, which Jupyter kernels speak over."""
    request = b"lo".ljust(16, b"\0") + kernel.UP_RUNNING.to_bytes(2, sys.byteorder) + bytes(22)
    descriptor = kernel.call("socket", kernel.AF_INET, kernel.SOCK_DGRAM, 0)
    kernel.call("ioctl", descriptor, ctypes.c_ulong(kernel.SIOCSIFFLAGS), request)
    os.close(descriptor)


def bound(limits: dict[str, int]) -> None:
    """Set each limit (by the name of its RLIMIT_ constant), never above what we have."""
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))


def execute(orders: dict[str, Any], events: int) -> NoReturn:
    """Become the command, with descriptors 0 to 3 and nothing else of ours."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(events, EVENTS)
    bound(orders["limits"])
    os.execve(orders["argv"][0], orders["argv"], orders["environ"])  # noqa: S606 - the job


def described(status: int) -> bytes:
    """A wait status as the line for the status pipe."""
    code = os.waitstatus_to_exitcode(status)
    return b"exited %d\n" % code if code >= 0 else b"signalled %d\n" % -code


def enclose(orders: dict[str, Any], life: int) -> None:
    """Make process 1 of the namespaces what the command starts from: its view, no privileges."""
    view.build(orders["view"])
    loopback_up()
    kernel.call("sethostname", b"sandbox", 7)
    user.drop_privileges()
    # The command must not open /proc/1/mem; exec makes the command itself dumpable again.
    kernel.prctl(kernel.DUMPABLE, 0)
    kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
    if ended(life):  # the launcher died before it could take us with it
        os._exit(1)
    if orders["filter"]:
        user.filter_calls(orders["filter"])


def first_process(orders: dict[str, Any], events: int, status: int, life: int) -> NoReturn:
    """Be process 1 of the namespaces: build the view, start the command, reap, report."""
    enclose(orders, life)
    if orders["nested"]:  # the command has another number than those it starts have in theirs
        os.waitpid(os.fork() or os._exit(0), 0)
    command = os.fork()
    if command == 0:
        os.chdir(orders["folder"])
        execute(orders, events)
    if orders["nested"]:  # the end of a warm interpreter is to be seen at once
        os.close(events)
    reap(command, status)


def reap(command: int, status: int) -> NoReturn:
    """As process 1: wait for all, and end with the command, telling how it ended."""
    for number in (signal.SIGINT, signal.SIGTERM):  # process 1 gets only what it has a handler for
        signal.signal(number, signal.SIG_DFL)
    while True:
        child, result = os.wait()
        if child == command:
            os.write(status, described(result))
            os._exit(0)


def ended(life: int) -> bool:
    """Whether the other end of a pipe that is never written to is closed."""
    os.set_blocking(life, False)
    try:
        return os.read(life, 1) == b""
    except BlockingIOError:
        return False


def hand_over(contents: dict[int, bytes]) -> None:
    """Put each content behind the descriptor number that bubblewrap's arguments name."""
    for number, content in contents.items():
        made = os.memfd_create("reprise")
        os.write(made, content)
        os.lseek(made, 0, os.SEEK_SET)
        os.dup2(made, number)


def enter(entries: list[int]) -> None:
    """Enter control groups, by their lists of processes, opened while we still were the service."""
    for entry in entries:
        os.write(entry, b"0")
        os.close(entry)


def inner(orders: dict[str, Any], events: int, status: int, life: int) -> NoReturn:
    """The forked child: first process, bubblewrap or the command itself; never returns."""
    try:
        if orders["mode"] == "direct":
            first_process(orders, events, status, life)
        kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
        if ended(life):
            os._exit(1)
        hand_over(orders["contents"])
        os.chdir(orders["folder"] if orders["mode"] == "off" else "/")
        execute(orders, events)
    except OSError as error:
        os.write(status, f"failed {error}\n".encode())
    os._exit(1)
