"""A launcher and its pipes, from its start to its end."""

import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from executor.domain.job import Limits

from . import cgroup
from .cgroup import Group
from .processes import below

HERE = Path(__file__).parent
PROGRAM = "import sys; sys.path.append(sys.argv[1]); from launcher.run import main; main()"
LAST_RESORT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Child:
    """A launcher that runs a job.

    Attributes:
        process: the launcher; it ends after everything of the job has.
        log: what the job prints, as the descriptor to read from; the next two likewise.
        events: what it writes to descriptor 3.
        status: how it ended, one line of the launcher.
    """

    process: subprocess.Popen[bytes]
    log: int
    events: int
    status: int

    def processes(self) -> list[int]:
        """All that runs of the job, as the host numbers it."""
        return [] if self.is_over() else below(self.process.pid)

    def is_over(self) -> bool:
        """Whether nothing of the job runs any more."""
        return self.process.poll() is not None

    def end(self) -> None:
        """Have the launcher end everything, by force if it does not, and wait for it."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(LAST_RESORT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def close(self) -> None:
        """Close the pipes."""
        for descriptor in (self.log, self.events, self.status):
            os.close(descriptor)


class Waiting:
    """A launcher without orders; unless it is released to run a job, it ends with this object.

    Attributes:
        limits: of the job it is for.
        group: the control group that it is in; None where there is none.
        child: the launcher.
        descriptors: its own numbers for events and status, which its orders name.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.group = cgroup.make(limits)
        try:
            self.child, self.descriptors = started(self.group.entries if self.group else ())
        except BaseException:
            if self.group:
                self.group.close()
            raise
        self._owner = os.getpid()
        self._end = weakref.finalize(self, discard, self.child, self.group, self._owner)

    def is_ours(self) -> bool:
        """Whether it was started by this process, not by what this is a fork of, and waits."""
        return self._owner == os.getpid() and not self.child.is_over()

    def release(self) -> tuple[Child, Group | None]:
        """The launcher and its group, for whoever gives it orders and ends both."""
        self._end.detach()
        return self.child, self.group


def started(groups: Sequence[str]) -> tuple[Child, tuple[int, int]]:
    """A launcher in these control groups, and its numbers for events and status."""
    pipes = [os.pipe() for _ in range(3)]
    (log, log_end), (events, events_end), (status, status_end) = pipes
    try:
        process = begin(log_end, (events_end, status_end), groups)
    except BaseException:
        for descriptor in (log, events, status):
            os.close(descriptor)
        raise
    finally:
        for _, end in pipes:
            os.close(end)
    return Child(process, log, events, status), (events_end, status_end)


def begin(
    log: int, others: tuple[int, int], groups: Sequence[str] = ()
) -> "subprocess.Popen[bytes]":
    """Start a launcher, which waits for its orders on standard input; its environment is empty.

    It enters its control groups itself: the kernel may take 15 ms for that.
    """
    entries = [os.open(group, os.O_WRONLY) for group in groups]
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            (sys.executable, "-I", "-S", "-c", PROGRAM, str(HERE), *map(str, entries)),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=(*others, *entries),
            env={},
            cwd="/",
            start_new_session=True,
        )
    finally:
        for entry in entries:
            os.close(entry)


def discard(child: Child, group: Group | None, owner: int) -> None:
    """End a launcher that got no orders; one of the process that we are a fork of stays."""
    if child.process.stdin is not None:
        child.process.stdin.close()
    if owner == os.getpid():
        child.process.kill()
        child.process.wait()
    child.close()
    if group and owner == os.getpid():
        group.close()
