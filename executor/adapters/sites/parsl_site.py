"""Running a job on a site of a batch system: submitted, followed, stopped, and its end told."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from executor.adapters.sites import kernel, side
from executor.adapters.sites.node import Order, ending_of, run_order
from executor.domain.job import Cause, Ending, Job
from executor.domain.sites import Site
from executor.errors import PlatformFailedError, SiteFailedError

TICK_SECONDS = 0.1
WAIT_SECONDS = 3600  # for a node, unless the site says otherwise
SILENT_SECONDS = 60.0  # after which a node counts as lost, should nobody else say so
FACTS: tuple[str, ...] = ("isolation", "machine")
STOP_SECONDS = 10.0  # to wait for a job that was told to stop


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended on a site, and what the node said of itself.

    Attributes:
        ending: how it ended.
        facts: isolation and machine.
    """

    ending: Ending
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who hears of a job; as for ``sandbox.run``, and when a node has taken it."""

    on_start: Callable[[], None]
    on_log: Callable[[bytes], None]
    on_event: Callable[[bytes], None]
    should_stop: Callable[[], bool]


def run_on_site(site: Site, order: Order, hooks: Hooks, data: Path) -> Ended:
    """Run a job on a site to its end.

    Args:
        site: where.
        order: what; its folders are on a file system that the nodes share.
        hooks: who hears of it.
        data: the data folder of the service, shared likewise.

    Raises:
        SiteFailedError: the site did not take it, or lost it.
        PlatformFailedError: the node cannot isolate code.
    """
    with _side(order.job) as folder:
        follower = Follower(site, folder, hooks)
        follower.ours.go_on()
        future = _submit(site, order, data)
        ending = follower.to_the_end(future)
        return Ended(ending, {}) if ending else _read(site, future)


@contextmanager
def _side(job: Job) -> Iterator[Path]:
    folder = side.beside(job.folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _submit(site: Site, order: Order, data: Path) -> "Future[str]":
    folder = data / "sites" / site.name
    try:
        running = kernel.kernel(site, folder, int(order.job.limits.wall_seconds))
        return running.submit(run_order, order.to_json())
    except ImportError:
        raise SiteFailedError(
            site.name, "parsl is not installed here: install the extra `batch`"
        ) from None
    except Exception as error:
        raise SiteFailedError(site.name, _said(error)) from error


class Follower:
    """Follows a job from afar: what it says, whether its node lives, whether to stop it."""

    def __init__(self, site: Site, folder: Path, hooks: Hooks) -> None:
        self.site = site
        self.hooks = hooks
        self.orders = folder / side.ORDERS
        self.ours = side.Count(self.orders)
        self.theirs = side.Watched(folder / side.BEAT)
        self.log = side.Tail(folder / side.LOG, hooks.on_log)
        self.events = side.Tail(folder / side.EVENTS, side.Lines(hooks.on_event).add)
        self.begun = time.monotonic()
        self.started = False

    def to_the_end(self, future: "Future[str]") -> Ending | None:
        """Follow until it is over; the ending when we stopped it, None when its own is to be read.

        Raises:
            SiteFailedError: it did not start in time, or its node is silent.
        """
        while not wait([future], TICK_SECONDS).done:
            self._pass_on()
            self.ours.go_on()
            if self.hooks.should_stop():
                return self._stop(future)
            self._refuse_silence()
        self._pass_on()
        return None

    def _pass_on(self) -> None:
        if not self.started and self.theirs.look():
            self.started = True
            self.hooks.on_start()
        self.log.more()
        self.events.more()

    def _stop(self, future: "Future[str]") -> Ending:
        side.write(self.orders, side.STOP)
        if self.started:  # a job that has not started finds no folder when it does
            wait([future], STOP_SECONDS)
        self._pass_on()
        return Ending(Cause.STOPPED, None, time.monotonic() - self.begun)

    def _refuse_silence(self) -> None:
        silent = self.theirs.silent_for()
        most = self.site.number("wait_seconds", WAIT_SECONDS)
        if self.started and silent > SILENT_SECONDS:
            self._give_up(f"its node said nothing for {SILENT_SECONDS:g} s")
        if not self.started and silent > most:
            self._give_up(f"no node took the run within {most} s")

    def _give_up(self, reason: str) -> None:
        side.write(self.orders, side.STOP)
        raise SiteFailedError(self.site.name, reason)


def _read(site: Site, future: "Future[str]") -> Ended:
    """The answer of the node."""
    try:
        answer: dict[str, Any] = json.loads(future.result())
    except Exception as error:
        raise SiteFailedError(site.name, _said(error)) from error
    told = [name for name in FACTS if name in answer]
    facts = {name: str(answer[name]) for name in told}
    if "refused" in answer:
        raise PlatformFailedError(
            "no-isolation", f"The site {site.name} cannot isolate code: {answer['refused']}"
        )
    if "failed" in answer:
        raise SiteFailedError(site.name, str(answer["failed"]).rstrip("."))
    return Ended(ending_of(answer["ending"]), facts)


def _said(error: BaseException) -> str:
    """What an error of parsl says, in one bounded line."""
    text = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__} {text}"[:300].strip()
