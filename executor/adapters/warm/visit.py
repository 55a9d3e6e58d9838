"""One run in a zygote: its work folder brought there and back, its pipes, its end."""

import os
import select
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executor.adapters.sandbox import SandboxError
from executor.adapters.sandbox.child import limits
from executor.adapters.sandbox.filter import seccomp_filter
from executor.adapters.sandbox.launcher import user
from executor.adapters.sandbox.processes import below
from executor.adapters.sandbox.view import check, view
from executor.domain.job import Job

from .kinds import ELSEWHERE
from .zygote import DIRECT, LAST_RESORT_SECONDS, Zygote, user_of_runs

LOOK_SECONDS = 0.1  # looking through the processes of a machine takes longer than a small run
CREDENTIALS = struct.Struct("3i")  # struct ucred: process, user, group


@dataclass(slots=True)
class Visit:
    """A run that a zygote was asked for; watched as a ``sandbox.child.Child`` is.

    Attributes:
        zygote: where it runs.
        log: what it prints, as the descriptor to read from; ``events`` and ``status`` likewise.
        done: a socket that the keeper of the run writes to once, and that comes to its end when
            nothing of the run is left.
        life: closed to have the run killed; -1 when it is.
        keeper: the number of the keeper on the host; 0 while it is not known.
        begun: when it was asked for, on the monotonic clock.
    """

    zygote: Zygote
    log: int
    events: int
    status: int
    done: socket.socket
    life: int
    keeper: int = 0
    begun: float = field(default_factory=time.monotonic)

    def processes(self) -> list[int]:
        """All that runs of the run, as the host numbers it."""
        begins = time.monotonic() - self.begun < LOOK_SECONDS  # and holds nothing yet
        return [] if begins or self.is_over() or not self.keeper else below(self.keeper)

    def is_over(self) -> bool:
        """Whether nothing of the run is left."""
        return self.done.fileno() == -1 or self.comes_to_its_end(0)

    def comes_to_its_end(self, seconds: float) -> bool:
        """Whether nothing of the run is left within some time."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.done, select.POLLIN)
        while poll.poll(1000 * max(0.0, deadline - time.monotonic())):
            data, known, _, _ = self.done.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size))
            if not data:
                return True
            self.keeper = CREDENTIALS.unpack(known[0][2])[0]
        return False

    def end(self) -> None:
        """Have everything of the run killed; with its zygote, when nothing else helps."""
        if self.life != -1:
            os.close(self.life)
            self.life = -1
        if not self.comes_to_its_end(LAST_RESORT_SECONDS):
            self.zygote.end()

    def close(self) -> None:
        """Close the pipes."""
        for descriptor in (self.log, self.events, self.status):
            os.close(descriptor)
        self.done.close()


@contextmanager
def lodged(job: Job, zygote: Zygote) -> Iterator[Path]:
    """The work folder of a job, moved to where the zygote sees it, and back in the end.

    Raises:
        SandboxError: what came back is not the folder that was moved.
    """
    uid = user_of_runs()
    if uid:
        user.give(str(job.folder), uid)
    found = os.lstat(job.folder)
    inside = zygote.parent / job.folder.name
    job.folder.rename(inside)
    try:
        yield inside
    finally:
        inside.rename(job.folder)
    left = os.lstat(job.folder)
    if (left.st_dev, left.st_ino) != (found.st_dev, found.st_ino):
        raise SandboxError("The work folder of the run was replaced while it ran.")


def begin(job: Job, zygote: Zygote, inside: Path, groups: Sequence[str] = ()) -> Visit:
    """Ask for a run; OSError when the zygote does not listen any more.

    Args:
        job: what to run.
        zygote: where.
        inside: where the work folder is now.
        groups: files to write 0 into, to enter control groups.
    """
    pipes = [os.pipe() for _ in range(4)]
    (log, log_end), (events, events_end), (status, status_end), (life_end, life) = pipes
    entries: list[int] = []
    done, done_end = socket.socketpair()
    done.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    try:
        entries += [os.open(path, os.O_WRONLY) for path in groups]
        if user_of_runs():  # so that /dev/stdout can be opened again
            os.fchown(log_end, user_of_runs(), user_of_runs())
        given = (log_end, events_end, status_end, done_end.fileno(), life_end)
        zygote.order(orders(job, inside), (*given, *entries))
    except BaseException:
        for descriptor in (log, events, status, life):
            os.close(descriptor)
        done.close()
        raise
    finally:
        for descriptor in (log_end, events_end, status_end, life_end, *entries):
            os.close(descriptor)
        done_end.close()
    return Visit(zygote, log, events, status, done, life)


def orders(job: Job, inside: Path) -> dict[str, Any]:
    """What the zygote reads, plain values; the run sees its folder where it always is."""
    check(Job(job.argv, inside, job.readable))
    steps = [
        ("work", target, str(inside)) if word == "work" else (word, target, *rest)
        for word, target, *rest in view(job, user_of_runs() or os.geteuid(), staged=False)
    ]
    return {
        "view": steps,
        "filter": seccomp_filter(),
        "limits": limits(job.limits, DIRECT),
        "folder": str(job.folder),
        "environ": {**job.environ, "PWD": str(job.folder)},
        "home": ELSEWHERE,
        "argv": list(job.argv),
        "own": 3,
    }
