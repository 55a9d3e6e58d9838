"""Watching a job from start to end."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from executor.domain.job import Cause, Ending, Job

from .child import Child, start
from .folder import folder_bytes
from .kinds import Isolation, SandboxError
from .pump import Events, Log, read

TICK_SECONDS = 0.2
LAST_RESORT_SECONDS = 5.0
LEAST_COUNT_SECONDS = 0.4  # between two counts of the work folder
COUNT_SHARE = 10  # times longer than a count takes, at least


def run(
    job: Job,
    *,
    isolation: Isolation,
    on_log: Callable[[bytes], None],
    on_event: Callable[[bytes], None],
    should_stop: Callable[[], bool],
) -> Ending:
    """Run a job to its end, whatever that is; nothing of it is left when this returns or raises.

    Args:
        job: the command, what it may read and use.
        isolation: how; :func:`.probe.isolation` finds out what works here.
        on_log: receives what it prints (standard output and error, as they come).
        on_event: receives each line it writes to descriptor 3, without the line's end.
        should_stop: asked about five times a second; True ends the job.

    Raises:
        SandboxError: the job was never started, through no fault of its own.
    """
    child = start(job, isolation)
    watch = Watch(job, child, Log(on_log, job.limits.log_bytes), Events(on_event))
    try:
        watch.until_ended(should_stop)
        end(child.process)
        watch.rest()
    finally:
        end(child.process)
        child.close()
    return watch.ending()


def end(process: subprocess.Popen[bytes]) -> None:
    """Have the launcher end everything, by force if it does not, and wait for it."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(LAST_RESORT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(slots=True)
class Watch:
    """A running job, what came from it so far, and why it was ended.

    Attributes:
        job: what runs.
        child: the launcher that runs it.
        log: takes what it prints.
        events: takes what it reports.
        status: what the launcher wrote of its end.
        cause: why we ended it, if we did.
        started: when, on the monotonic clock; next_ask and next_count likewise.
    """

    job: Job
    child: Child
    log: Log
    events: Events
    status: bytearray = field(default_factory=bytearray)
    cause: Cause | None = None
    started: float = field(default_factory=time.monotonic)
    next_ask: float = 0.0
    next_count: float = 0.0

    def until_ended(self, should_stop: Callable[[], bool]) -> None:
        """Pass on what comes until all pipes are closed, or the job has to be ended."""
        sinks = self.sinks()
        while sinks and self.cause is None:
            over = self.child.process.poll() is not None
            came = pass_on(sinks, TICK_SECONDS)
            self.cause = self.crossed() or self.asked(should_stop)
            if over and not came:  # a fork of the service itself may hold a pipe open
                return

    def sinks(self) -> dict[int, Callable[[bytes], None]]:
        """Where what comes from each pipe goes."""
        for descriptor in (self.child.log, self.child.events, self.child.status):
            os.set_blocking(descriptor, False)
        return {
            self.child.log: self.log.add,
            self.child.events: self.events.add,
            self.child.status: self.status.extend,
        }

    def rest(self) -> None:
        """Pass on what was still in the pipes when the job ended."""
        sinks = self.sinks()
        while not self.log.full and pass_on(sinks, 0):
            pass

    def asked(self, should_stop: Callable[[], bool]) -> Cause | None:
        """STOPPED when somebody wants so, asked once a tick."""
        now = time.monotonic()
        if now < self.next_ask:
            return None
        self.next_ask = now + TICK_SECONDS
        return Cause.STOPPED if should_stop() else None

    def crossed(self) -> Cause | None:
        """The first limit that is crossed."""
        now = time.monotonic()
        if self.log.full:
            return Cause.TOO_MUCH_PRINTED
        if now - self.started > self.job.limits.wall_seconds:
            return Cause.TIMED_OUT
        return self.too_much_written() if now >= self.next_count else None

    def too_much_written(self) -> Cause | None:
        """TOO_MUCH_WRITTEN when the work folder holds too much; counts not all the time."""
        begun = time.monotonic()
        most = self.job.limits.folder_bytes
        found = folder_bytes(self.job.folder, most)
        now = time.monotonic()
        self.next_count = now + max(LEAST_COUNT_SECONDS, COUNT_SHARE * (now - begun))
        return Cause.TOO_MUCH_WRITTEN if found > most else None

    def ending(self) -> Ending:
        """How the job ended, after it did."""
        seconds = time.monotonic() - self.started
        self.cause = self.cause or self.too_much_written()
        if self.cause is not None:
            return Ending(self.cause, None, seconds)
        word, _, rest = self.status.decode(errors="replace").partition("\n")[0].partition(" ")
        if word not in {Cause.EXITED, Cause.SIGNALLED}:
            raise SandboxError(f"The sandbox did not start: {rest or 'its launcher died'}.")
        return Ending(Cause(word), int(rest), seconds)


def pass_on(sinks: dict[int, Callable[[bytes], None]], seconds: float) -> bool:
    """Wait for pipes, pass on one piece of each, forget those at their end; False if none came."""
    poll = select.poll()
    for descriptor in sinks:
        poll.register(descriptor, select.POLLIN)
    ready = poll.poll(1000 * seconds)
    for descriptor, _ in ready:
        piece = read(descriptor)
        if piece:
            sinks[descriptor](piece)
        elif piece == b"":
            del sinks[descriptor]
    return bool(ready)
