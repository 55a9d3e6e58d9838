"""A warm interpreter: imports what a notebook imports, once, and forks itself for every run of it.

    cd / ; python -s -B zygote.py <folder of the package launcher>

It needs the Python that it is started with, the package ``launcher`` and ``notebook_runner.py``
beside it. Descriptor 3 is a socket to the service that keeps message boundaries:

* the service sends the statements to import by, a list in JSON;
* we answer ``{"modules": [...], "trouble": null}``, or say which statement (``"at"``, its number)
  cannot be had in advance without a difference being seen, and why; then we are of no use;
* for each run comes ``run`` with descriptors: a file with its orders (marshal, version 2), then
  those of ``launcher.nest``. No answer: the pipes tell.

A run finds what it would find in a fresh interpreter: the same modules but for the imports of its
own notebook, paths, arguments, names, handlers of signals and state of random numbers.
"""
# ruff: noqa: E402, PLC0415, PTH103, PTH109, PTH123, PTH208
# The order in which modules are imported is the matter of this file, pathlib is slow to import.

from __future__ import annotations

import sys

import notebook_runner as runner  # type: ignore[import-not-found]  # beside this file

BARE = set(sys.modules)  # what a run finds in a fresh interpreter

import fcntl
import gc
import json
import marshal
import os
import select
import socket
import time

sys.path.append(sys.argv[1])
from launcher import kernel, nest, user  # type: ignore[import-not-found]  # the folder given
from launcher.run import ALL_NAMESPACES, FAR  # type: ignore[import-not-found]

sys.path.pop()

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

CONTROL = 3
MESSAGE_BYTES = 1_000_000
DESCRIPTORS = 32  # at most with one message
UNUSABLE, FAILED = 4, 1


class Trouble(Exception):  # noqa: N818  # not an error of anybody
    """Something that would make a run from here differ from a run of its own."""


def hide_ourselves() -> None:
    """Let the modules that only we need be imported anew by who needs them."""
    for name in set(sys.modules) - BARE | {"notebook_runner"}:
        if name != "__main__":
            del sys.modules[name]


def take_the_name() -> None:
    """Let the runner's classes and functions say where they are from as in a cold run."""
    for value in vars(runner).values():
        if getattr(value, "__module__", None) == runner.__name__:
            value.__module__ = "__main__"


# --- Imports in advance ------------------------------------------------------------------------


def drawn() -> list[Any]:
    """The state of the generators of random numbers that are imported."""
    found: list[Any] = []
    if "random" in sys.modules:
        found.append(sys.modules["random"].getstate())
    if "numpy.random" in sys.modules:
        state = sys.modules["numpy.random"].get_state()
        found.append((state[0], state[1].tobytes(), *state[2:]))
    return found


def seeded() -> list[Any]:
    """The same as a seed leaves them."""
    if "random" in sys.modules:
        sys.modules["random"].seed(0)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(0)
    return drawn()


def held() -> set[str]:
    """Descriptors that are open."""
    return set(os.listdir("/proc/self/fd"))


def check_process(before: set[str]) -> None:
    """Raise Trouble over what a fork shares or loses: threads, files, memory, processes."""
    if len(os.listdir("/proc/self/task")) > 1:
        raise Trouble("it starts a thread")
    if held() != before:
        raise Trouble("it keeps a file open")
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        if any(line.split(" ", 2)[1] == "rw-s" for line in maps):
            raise Trouble("it shares memory")
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG)
    except ChildProcessError:
        return
    raise Trouble("it starts a process")


def import_by(statement: str, printed: int, before: set[str]) -> None:
    """Carry one statement out; raise Trouble when that has left a trace."""
    state = [os.getcwd(), dict(os.environ)]
    try:
        exec(compile(statement, "<preload>", "exec"), {"__name__": "__main__"})  # noqa: S102
    except ModuleNotFoundError as problem:
        raise Trouble(f"it is not there ({problem.name})") from problem
    except BaseException as problem:
        raise Trouble(f"it fails with {type(problem).__name__}") from problem
    sys.stdout.flush()
    sys.stderr.flush()
    if os.fstat(printed).st_size:
        raise Trouble("it prints")
    if [os.getcwd(), dict(os.environ)] != state:
        raise Trouble("it changes the environment")
    if drawn() != seeded():
        raise Trouble("it draws random numbers")
    check_process(before)


def preload(statements: Sequence[str]) -> dict[str, Any]:
    """Import in advance; returns what to answer."""
    printed = os.open("/tmp", os.O_TMPFILE | os.O_RDWR)  # noqa: S108  # nobody else sees it
    hooks = runner.AfterImport(
        {
            "random": lambda module: module.seed(0),
            "numpy.random": lambda module: module.seed(0),
        }
    )
    streams = [os.dup(number) for number in (1, 2)]
    sys.meta_path.insert(0, hooks)
    trouble, done = None, 0
    before = held()
    for number in (1, 2):
        os.dup2(printed, number)
    try:
        for statement in statements:
            import_by(statement, printed, before)
            done += 1
    except Trouble as problem:
        trouble = str(problem)
    sys.meta_path.remove(hooks)
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
        os.close(stream)
    os.close(printed)
    names = {name.partition(".")[0] for name in set(sys.modules) - BARE}
    return {"modules": sorted(names), "trouble": trouble, "at": done}


# --- Runs --------------------------------------------------------------------------------------


def nesting_trouble() -> str | None:
    """Why runs cannot have namespaces of their own below ours; None when they can."""
    pid = os.fork()
    if pid == 0:
        try:
            user.unshare(ALL_NAMESPACES)
            kernel.mount("none", "/", "", kernel.REC | kernel.PRIVATE)
        except OSError as error:
            os._exit(error.errno or FAILED)
        os._exit(0)
    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return f"namespaces cannot be nested here: {os.strerror(number)}" if number else None


def serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork off what is ordered; None when the service is gone, and the orders in a run."""
    poll, keepers = select.poll(), dict[int, int]()
    poll.register(control.fileno(), select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready != control.fileno():
                poll.unregister(ready)
                os.close(ready)
                os.waitpid(keepers.pop(ready), 0)
                continue
            message, received, _, _ = socket.recv_fds(control, MESSAGE_BYTES, DESCRIPTORS)
            if not message:
                return None
            with open(received[0], "rb") as source:
                orders: dict[str, Any] = marshal.load(source)  # noqa: S302  # the service's
            keeper = nest.fork_off(orders, received[1:])
            if keeper == 0:
                return orders
            for descriptor in received[1:]:
                os.close(descriptor)
            process = os.pidfd_open(keeper)
            keepers[process] = keeper
            poll.register(process, select.POLLIN)


def take_place(orders: dict[str, Any]) -> None:
    """In a run: the environment, arguments and paths of a command of its own."""
    environ = orders["environ"]
    os.environ.clear()
    os.environ.update(environ)
    os.makedirs(orders["home"], exist_ok=True)  # what was imported may have remembered this place
    time.tzset()
    sys.argv[:] = orders["argv"][orders["own"] :]
    sys.orig_argv[:] = orders["argv"]
    sys.path[0] = orders["folder"]
    runner.WORK = runner.Path(orders["folder"])


def leave(status: int) -> None:
    """End as an interpreter does: threads awaited, exit handlers called, streams flushed."""
    import atexit

    threads = sys.modules.get("threading")
    for finish in (getattr(threads, "_shutdown", int), atexit._run_exitfuncs):  # noqa: SLF001  # as it does
        try:
            finish()
        except BaseException:  # noqa: BLE001  # told, as the interpreter does
            sys.excepthook(*sys.exc_info())
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            status = status or 120
    os._exit(status)


def main() -> dict[str, Any] | None:
    """Get ready, then serve; returns in runs only, or when the service is gone."""
    os.chdir("/")
    control = socket.socket(fileno=fcntl.fcntl(CONTROL, fcntl.F_DUPFD_CLOEXEC, FAR))
    os.close(CONTROL)
    statements = json.loads(control.recv(MESSAGE_BYTES))
    take_the_name()
    hide_ourselves()
    answer = preload(statements)
    answer["nesting"] = nesting_trouble()
    gc.collect()
    gc.freeze()
    control.send(json.dumps(answer).encode())
    return serve(control)


ORDERS = main()
if ORDERS is None:
    os._exit(0)
take_place(ORDERS)
try:
    STATUS = runner.main(sys.argv[1:])
except BaseException:  # noqa: BLE001  # told, as the interpreter does
    sys.excepthook(*sys.exc_info())
    STATUS = FAILED
leave(STATUS)
