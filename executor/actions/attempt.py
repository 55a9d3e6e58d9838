"""One attempt at a run: claimed, prepared, run in the sandbox, and its products kept."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from executor.actions.claim import claim, claim_next
from executor.actions.ending import Found, end_attempt
from executor.actions.keeping import keep_products
from executor.actions.preparing import Prepared, prepare
from executor.actions.progress import Progress
from executor.actions.running import run_prepared
from executor.actions.settle import wake_workers
from executor.adapters import folders, sandbox
from executor.domain.job import Cause, Ending
from executor.domain.states import State
from executor.errors import (
    DataUnreachableError,
    PlatformFailedError,
    RunFailedError,
    StoppedError,
)
from executor.models import Attempt
from lib.problem import ProblemError

log = logging.getLogger(__name__)
RUNS_A_MESSAGE = 200
BETWEEN_TRIES = 0.5  # seconds
_here = threading.local()


def work() -> int:
    """Run what waits, the most urgent first, until nothing is left; returns how many.

    A message only says that there is work; which run it is, is decided here. After many runs
    the rest is left to a new message, so that a worker that is to stop can.
    """
    if getattr(_here, "working", False):  # a task that runs where it was sent, inside a run
        return 0
    _here.working = True
    done = 0
    try:
        while done < RUNS_A_MESSAGE and (attempt := claim_next()) is not None:
            _carry_out(attempt)
            done += 1
    finally:
        _here.working = False
    if done == RUNS_A_MESSAGE:
        wake_workers(1)
    return done


def start_run(run_id: int) -> bool:
    """Run a queued run to its end; False when it is not to be had (claimed, ended, unknown)."""
    attempt = claim(run_id)
    if attempt is None:
        return False
    _carry_out(attempt)
    return True


def _carry_out(attempt: Attempt) -> None:
    progress = Progress(attempt)
    try:
        _work(attempt, progress)
    except StoppedError:
        _end(attempt, State.CANCELLED)
    except DataUnreachableError as error:
        _end(attempt, State.WAITING, error)
    except (RunFailedError, PlatformFailedError, sandbox.SandboxError) as error:
        _end_with_fault(attempt, _whose_fault(error, progress))
    except Exception as error:
        log.exception("attempt at run %s failed", attempt.run.address)
        sentence = f"The service failed: {type(error).__name__}."
        _end_with_fault(attempt, PlatformFailedError("unexpected", sentence))
    finally:
        progress.close()


def _whose_fault(error: Exception, progress: Progress) -> ProblemError:
    progress.look_at_disk()
    if progress.disk_was_full:
        return PlatformFailedError("disk-full", "The disk of the service was full.")
    if isinstance(error, ProblemError):
        return error
    return PlatformFailedError("sandbox", str(error))


def _end_with_fault(attempt: Attempt, fault: ProblemError) -> None:
    """Only what the platform did wrong is tried again."""
    again = isinstance(fault, PlatformFailedError) and attempt.run.tries() < settings.ATTEMPTS
    _end(attempt, State.QUEUED if again else State.FAILED, fault)


def _end(
    attempt: Attempt, state: State, fault: ProblemError | None = None, found: Sequence[Found] = ()
) -> None:
    """Write the end, patiently: a database that restarts must not cost a run of hours."""
    until = time.monotonic() + settings.LEASE_SECONDS
    while True:
        try:
            end_attempt(attempt, state, fault, found)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(BETWEEN_TRIES)
        else:
            return


def _work(attempt: Attempt, progress: Progress) -> None:
    with _work_folder(attempt) as folder, ExitStack() as hold:
        with progress.kept_alive():
            prepared = prepare(attempt.run, folder, progress, hold)
        ending = _run(attempt, prepared, progress)
        attempt.cpu_seconds = ending.cpu_seconds
        progress.stage("keeping its products")
        _check_ending(ending)
        with progress.kept_alive():
            kept = keep_products(attempt, folder, ending)
    if kept.fault and progress.disk_was_full:
        raise kept.fault
    state = State.FAILED if kept.fault else State.FINISHED
    _end(attempt, state, kept.fault, kept.found)
    log.info("run %s %s with %d products", attempt.run.address, state.value, len(kept.found))


@contextmanager
def _work_folder(attempt: Attempt) -> Iterator[Path]:
    folder = settings.DATA_DIR / "work" / f"{attempt.run.address[:16]}-{attempt.pk}"
    try:
        yield folder
    finally:
        folders.remove(folder)


def _run(attempt: Attempt, prepared: Prepared, progress: Progress) -> Ending:
    progress.stage("running")
    return run_prepared(attempt, prepared, progress)


def _check_ending(ending: Ending) -> None:
    if ending.cause is Cause.STOPPED:
        raise StoppedError
    sentences = {
        Cause.TIMED_OUT: (
            "too-long",
            f"It did not end within {settings.RUN_SECONDS} s and was stopped.",
        ),
        Cause.TOO_MUCH_PRINTED: (
            "too-much-printed",
            f"It printed more than {settings.RUN_LOG_KB} kB and was stopped.",
        ),
        Cause.TOO_MUCH_MEMORY: (
            "too-much-memory",
            f"Together its processes took more than {settings.RUN_MEMORY_MB} MB of memory.",
        ),
        Cause.TOO_MUCH_WRITTEN: (
            "too-much-written",
            f"It wrote more than {settings.RUN_FOLDER_MB} MB and was stopped.",
        ),
    }
    if ending.cause in sentences:
        raise RunFailedError(*sentences[ending.cause])
