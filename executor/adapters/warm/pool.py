"""The zygotes of this process: found by what they are for, started, recycled, ended."""

import atexit
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from executor.adapters import sandbox
from executor.adapters.sandbox import Isolation, SandboxError, cgroup
from executor.adapters.sandbox.pump import Events, Log
from executor.adapters.sandbox.watch import Watch
from executor.domain.job import Ending, Job, Limits

from . import visit
from .kinds import ColdError, Key, environ_of
from .zygote import Zygote, begin, identity

ALIVE_AT_MOST = 4
RUNS_AT_MOST = 1000  # of one zygote
AGE_SECONDS = 3600.0
IDLE_SECONDS = 900.0
REFUSAL_SECONDS = 600.0  # for which a zygote that could not be had is not tried again
FLAGS = ("-s", "-B")
RUNNER = ".notebook_runner.py"
ALL = "*"  # among the shadows: everything may be another one for this run
TRIES = 2  # of a run, while zygotes die before it begins
MOST_STARTS = 8  # for one list of imports, each with fewer of them


@dataclass
class Place:
    """Where the zygote for one key is, or comes to be.

    Attributes:
        lock: held by who starts it.
        zygote: the one to be used, if there is.
        refused: why there is none; until when that counts, on the monotonic clock, is ``until``.
        preload: how many of the statements can be had in advance, as far as is known.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    zygote: Zygote | None = None
    refused: str = ""
    until: float = 0.0
    preload: int | None = None


class Pool:
    """All zygotes of one process; see :func:`run`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.places: dict[Key, Place] = {}
        # The kernel ends a zygote with the thread that started it: this one stays.
        self.starter = ThreadPoolExecutor(1, "warm")

    @contextmanager
    def lent(self, key: Key, should_stop: Callable[[], bool]) -> Iterator[Zygote]:
        """A zygote for a key, started when there is none; not recycled meanwhile."""
        zygote = self.take(key, should_stop)
        try:
            yield zygote
        finally:
            with self.lock:
                zygote.busy -= 1
                zygote.runs += 1
                zygote.used = time.monotonic()
                is_left = self.places[key].zygote is not zygote
            self.retire(zygote if is_left else None)
            self.tidy()

    def take(self, key: Key, should_stop: Callable[[], bool]) -> Zygote:
        """A zygote for a key, counted as busy."""
        with self.lock:
            place = self.places.setdefault(key, Place())
        with place.lock:
            if place.until > time.monotonic():
                raise ColdError(place.refused)
            with self.lock:
                found = place.zygote
                if found is not None and is_fresh(found):
                    found.busy += 1
                    return found
                place.zygote = None
            self.retire(found)
            self.make_room()
            try:
                started = self.started(key, place, should_stop)
            except ColdError as error:
                if not should_stop():
                    place.refused, place.until = str(error), time.monotonic() + REFUSAL_SECONDS
                raise
            with self.lock:
                started.busy += 1
                place.zygote = started
            return started

    def started(self, key: Key, place: Place, should_stop: Callable[[], bool]) -> Zygote:
        """A new zygote, with as many of the imports in advance as leave no trace."""
        for _ in range(MOST_STARTS):
            wanted = replace(key, preload=key.preload[: place.preload])
            try:
                made = self.starter.submit(begin, wanted).result()
            except OSError as error:
                raise ColdError(f"A warm interpreter did not start: {error}.") from error
            try:
                made.wait_until_ready(should_stop)
            except BaseException:
                made.close()
                raise
            if not made.trouble:
                return made
            made.close()
            place.preload = made.at
        raise ColdError(f"Its imports cannot be had in advance: {made.trouble}.")

    def make_room(self) -> None:
        """End the zygote that was not used for longest, when there are many."""
        with self.lock:
            alive = [place for place in self.places.values() if place.zygote is not None]
            if len(alive) < ALIVE_AT_MOST:
                return
            idle = [place for place in alive if place.zygote and not place.zygote.busy]
            if not idle:
                raise ColdError("All warm interpreters are in use.")
            oldest = min(idle, key=lambda place: place.zygote.used if place.zygote else 0.0)
            found, oldest.zygote = oldest.zygote, None
        self.retire(found)

    def tidy(self) -> None:
        """End the zygotes that are worn out, not used for long, or of no environment any more."""
        with self.lock:
            worn = []
            for place in self.places.values():
                zygote = place.zygote
                if zygote is not None and not zygote.busy and not is_wanted(zygote):
                    worn.append(zygote)
                    place.zygote = None
        for zygote in worn:
            self.retire(zygote)

    def retire(self, zygote: Zygote | None) -> None:
        """Close a zygote that nobody can take any more, unless it still has runs."""
        if zygote is not None and not zygote.busy:
            zygote.close()

    def close(self) -> None:
        """End all zygotes."""
        with self.lock:
            found = [place.zygote for place in self.places.values() if place.zygote]
            self.places.clear()
        for zygote in found:
            zygote.close()
        self.starter.shutdown(wait=False)


def is_fresh(zygote: Zygote) -> bool:
    """Whether a zygote may have another run."""
    return (
        zygote.is_alive()
        and zygote.runs < RUNS_AT_MOST
        and time.monotonic() - zygote.begun < AGE_SECONDS
        and identity(zygote.key.environment) == zygote.identity
    )


def is_wanted(zygote: Zygote) -> bool:
    """Whether an idle zygote is worth its memory."""
    return is_fresh(zygote) and time.monotonic() - zygote.used < IDLE_SECONDS


def key_of(job: Job, environment: Path, preload: Sequence[str], roots: Collection[Path]) -> Key:
    """What the zygote for a job is known by; ColdError when there is none for such a job."""
    python = job.argv[0]
    if job.argv[1:] != (*FLAGS, RUNNER, *job.argv[4:]) or len(job.argv) != len(FLAGS) + 3:
        raise ColdError("Only notebooks are run by a warm interpreter.")
    if job.network:
        raise ColdError("A run that may use the network is not run by a warm interpreter.")
    base = Path(python).resolve().parent.parent
    found = tuple(sorted(root for root in roots if root.is_dir()))
    known = (environment, base, *found)
    for path in job.readable:
        if not any(path.is_relative_to(folder) for folder in known):
            raise ColdError(f"{path} is in no folder that warm interpreters can see.")
    kept = Limits(
        cpu_seconds=job.limits.cpu_seconds,
        memory_bytes=job.limits.memory_bytes,
        file_bytes=job.limits.file_bytes,
    )
    environ = tuple(sorted(environ_of(job).items()))
    work = job.folder.parent
    return Key(python, environment, (base,), found, work, tuple(preload), environ, kept)


_pools: dict[int, Pool] = {}  # of this process, by its number


def pool() -> Pool:
    """The pool of this process."""
    return _pools.setdefault(os.getpid(), Pool())


def run(  # noqa: PLR0913 - as sandbox.run, with what is needed to find a zygote
    job: Job,
    *,
    environment: Path,
    preload: Sequence[str],
    shadows: Collection[str],
    isolation: Isolation,
    roots: Collection[Path] = (),
    on_log: Callable[[bytes], None],
    on_event: Callable[[bytes], None],
    should_stop: Callable[[], bool],
) -> Ending:
    """Run a notebook to its end in a fork of a warm interpreter; as ``sandbox.run`` otherwise.

    Args:
        job: the command, ``python -s -B .notebook_runner.py <job file>``, what it may read and use.
        environment: the folder of its environment.
        preload: statements to import by, in the order of the notebook (``domain.imports``).
        shadows: modules that the entry's own files may stand in for (``domain.imports``).
        isolation: what keeps runs apart here; a run is warm only where namespaces do.
        roots: folders that hold all data in ``job.readable``; the environments of zygotes see
            them whole, read-only.
        on_log: receives what it prints.
        on_event: receives each line it writes to descriptor 3.
        should_stop: asked about five times a second; True ends the job.

    Raises:
        ColdError: the run has to go the cold way; nothing of it was started.
        SandboxError: the platform failed while it ran.
    """
    if isolation.name == "off" or sandbox.isolation("direct").name != "direct":
        raise ColdError("This machine cannot keep warm runs apart.")
    key = key_of(job, environment, preload, roots)
    for _ in range(TRIES):
        with pool().lent(key, should_stop) as zygote:
            check_shadows(zygote, shadows)
            with visit.lodged(job, zygote) as inside, grouped(job) as group:
                try:
                    child = visit.begin(job, zygote, inside, group.entries if group else ())
                except OSError:  # it died since its last run
                    zygote.end()
                    continue
                seen = replace(job, folder=inside)
                log, events = Log(on_log, job.limits.log_bytes), Events(on_event)
                ending = watched(Watch(seen, child, log, events, group), child, should_stop)
                if ending is not None:
                    return ending
                zygote.end()
    raise ColdError("Warm interpreters die here.")


@contextmanager
def grouped(job: Job) -> Iterator[cgroup.Group | None]:
    """A control group for a job, where one can be had."""
    group = cgroup.make(job.limits)
    try:
        yield group
    finally:
        if group:
            group.close()


def check_shadows(zygote: Zygote, shadows: Collection[str]) -> None:
    """Raise ColdError when what is imported already is not what the entry would import."""
    found = sorted(zygote.modules & set(shadows))
    if found or ALL in shadows:
        raise ColdError(f"The entry has files of its own for {', '.join(found) or 'anything'}.")


def watched(watch: Watch, child: visit.Visit, should_stop: Callable[[], bool]) -> Ending | None:
    """How a run ended, None when its zygote died before it began; raises as :func:`run`."""
    try:
        return watch.to_the_end(should_stop)
    except SandboxError as error:
        if watch.status.startswith(b"failed"):
            raise ColdError(str(error)) from error
        if not child.keeper:
            return None
        if not watch.status:  # nobody was left to tell
            raise SandboxError("The warm interpreter of this run died.") from error
        raise


def states() -> list[dict[str, object]]:
    """What the zygotes of this process are at, for operators and measurements."""
    found = [place.zygote for place in list(pool().places.values()) if place.zygote]
    return [
        {
            "environment": str(zygote.key.environment),
            "launcher": zygote.process.pid,
            "imports": len(zygote.key.preload),
            "runs": zygote.runs,
            "busy": zygote.busy,
        }
        for zygote in found
    ]


def close_all() -> None:
    """End all zygotes of this process."""
    found = _pools.pop(os.getpid(), None)
    if found is not None:
        found.close()


def forget() -> None:
    """In a fork of the service: the zygotes are its parent's."""
    for left in _pools.values():
        for place in left.places.values():
            if place.zygote is not None:
                place.zygote.let_go()
    _pools.clear()


atexit.register(close_all)
os.register_at_fork(after_in_child=forget)
