"""Watching a job from start to end."""

import os
import select
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

from executor.adapters.proxy import Proxy, connected
from executor.domain.job import Cause, Ending, Job

from .cgroup import Group
from .child import start
from .folder import folder_bytes
from .kinds import Isolation, SandboxError
from .processes import memory_bytes, processor_seconds, unnamed_bytes
from .pump import Events, Log, read

TICK_SECONDS = 0.2
LEAST_COUNT_SECONDS = 0.4  # between two counts of the work folder
COUNT_SHARE = 10  # times longer than a count takes, at least
SECONDS = 0.001  # in the unit of what the launcher says was used


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
    with ExitStack() as stack:
        notes: Callable[[], list[bytes]] = list
        if job.network and isolation.name != "off":
            way_out = stack.enter_context(proxy(job))
            job, notes = connected(job, way_out), way_out.notes
        child, group = start(job, isolation)
        if group:
            stack.callback(group.close)
        log, events = Log(on_log, job.limits.log_bytes), Events(on_event)
        return Watch(job, child, log, events, group, notes).to_the_end(should_stop)


def proxy(job: Job) -> Proxy:
    """The proxy for a job that may use the network."""
    try:
        return Proxy(
            job.network, private_hosts=job.private_hosts, most_bytes=job.limits.network_bytes
        )
    except OSError as error:
        raise SandboxError(f"The sandbox has no way to the network: {error}.") from None


class Running(Protocol):
    """What is watched: the descriptors to read from, and how it is ended (see ``Child``)."""

    @property
    def log(self) -> int:
        """What it prints, as the descriptor to read from."""

    @property
    def events(self) -> int:
        """What it reports."""

    @property
    def status(self) -> int:
        """How it ended."""

    def processes(self) -> list[int]:
        """All that runs of the job, as the host numbers it."""

    def is_over(self) -> bool:
        """Whether nothing of the job runs any more."""

    def end(self) -> None:
        """End everything of the job and wait for that."""

    def close(self) -> None:
        """Close the descriptors."""


@dataclass(slots=True)
class Watch:
    """A running job, what came from it so far, and why it was ended.

    Attributes:
        job: what runs.
        child: the launcher that runs it.
        log: takes what it prints.
        events: takes what it reports.
        group: its control group, where it has one.
        notes: gives lines for the log of what it asked of the network.
        status: what the launcher wrote of its end.
        cause: why we ended it, if we did.
        seen: seconds of processor time before we ended it; nobody waits for what is killed.
        started: when, on the monotonic clock; next_ask, next_count and next_sum likewise.
    """

    job: Job
    child: Running
    log: Log
    events: Events
    group: Group | None = None
    notes: Callable[[], list[bytes]] = list
    status: bytearray = field(default_factory=bytearray)
    cause: Cause | None = None
    started: float = field(default_factory=time.monotonic)
    next_ask: float = 0.0
    next_count: float = 0.0
    next_sum: float = 0.0
    seen: float = 0.0

    def to_the_end(self, should_stop: Callable[[], bool]) -> Ending:
        """Watch until nothing of the job is left; raises as ``run``."""
        try:
            self.until_ended(should_stop)
            if self.cause is not None and self.group is None:
                self.seen = processor_seconds(self.child.processes())
            self.child.end()
            self.rest()
        finally:
            self.child.end()
            self.child.close()
        return self.ending()

    def until_ended(self, should_stop: Callable[[], bool]) -> None:
        """Pass on what comes until all pipes are closed, or the job has to be ended."""
        sinks = self.sinks()
        while sinks and self.cause is None:
            over = self.child.is_over()
            came = pass_on(sinks, TICK_SECONDS)
            self.note()
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
        self.note()

    def note(self) -> None:
        """Put what was asked of the network into the log."""
        for line in self.notes():
            self.log.add(line)

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
        if self.too_much_memory(now):
            return Cause.TOO_MUCH_MEMORY
        return self.too_much_written() if now >= self.next_count else None

    def too_much_memory(self, now: float) -> bool:
        """Whether all processes together took too much memory; the kernel tells if it can.

        Otherwise we sum it up, not all the time. One process alone cannot take too much: its
        address space is bounded.
        """
        if self.group and self.group.bounds_memory:
            return self.group.ran_out()
        if now < max(self.next_sum, self.started + TICK_SECONDS):
            return False
        most = self.job.limits.memory_bytes
        found = memory_bytes(self.processes(), most)
        self.next_sum = after(now, TICK_SECONDS)
        return found > most

    def processes(self) -> list[int]:
        """What runs of the job, found in the cheapest way."""
        return self.group.processes() if self.group else self.child.processes()

    def too_much_written(self) -> Cause | None:
        """TOO_MUCH_WRITTEN when the work folder holds too much; counts not all the time."""
        begun = time.monotonic()
        most = self.job.limits.folder_bytes
        found = folder_bytes(self.job.folder, most)
        if begun > self.started + TICK_SECONDS:  # most jobs are over by then
            found += unnamed_bytes(self.processes(), self.job.folder.stat().st_dev)
        self.next_count = after(begun, LEAST_COUNT_SECONDS)
        return Cause.TOO_MUCH_WRITTEN if found > most else None

    def ending(self) -> Ending:
        """How the job ended, after it did."""
        seconds = time.monotonic() - self.started
        lines = self.status.decode(errors="replace").splitlines()
        said = {word: rest for word, _, rest in (line.partition(" ") for line in lines)}
        used = self.used(said)
        if self.cause is None and self.group and self.group.ran_out():
            self.cause = Cause.TOO_MUCH_MEMORY
        self.cause = self.cause or self.too_much_written()
        if self.cause is not None:
            return Ending(self.cause, None, seconds, used)
        for cause in (Cause.EXITED, Cause.SIGNALLED):
            if cause in said and "failed" not in said:
                return Ending(cause, int(said[cause]), seconds, used)
        reason = said.get("failed") or "its launcher died"
        raise SandboxError(f"The sandbox did not start: {reason}.")

    def used(self, said: dict[str, str]) -> float:
        """Seconds of processor time that the job used, by its group or else by the launcher."""
        counted = self.group.cpu_seconds() if self.group else None
        told = int(said.get("used", "0")) * SECONDS
        return max(told, self.seen) if counted is None else counted


def after(begun: float, least: float) -> float:
    """When to do again what began then and ends now, so that it takes a small share of the time."""
    now = time.monotonic()
    return now + max(least, COUNT_SHARE * (now - begun))


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
