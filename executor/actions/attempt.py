"""One attempt at a run: claimed, prepared, run in the sandbox, and its products kept."""

import logging
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from executor.actions.keeping import keep_products
from executor.actions.progress import Progress
from executor.adapters import data, environments, folders, sandbox
from executor.domain.job import MEBIBYTE, Cause, Ending, Job, Limits
from executor.domain.states import ENDED, State, before
from executor.errors import (
    DataUnreachableError,
    PlatformFailedError,
    RunFailedError,
    StoppedError,
)
from executor.models import Attempt, Run, this_worker
from executor.signals import run_ended
from lib.problem import ProblemError

log = logging.getLogger(__name__)
DATA_PAUSE = timedelta(minutes=10)
FAULT_PAUSE = timedelta(seconds=5)


def start_run(run_id: int) -> bool:
    """Run a queued run to its end; False when it is not to be had (claimed, ended, unknown)."""
    attempt = _claim(run_id)
    if attempt is None:
        return False
    progress = Progress(attempt)
    try:
        _work(attempt, progress)
    except StoppedError:
        _end(attempt, State.CANCELLED, None)
    except DataUnreachableError as error:
        _end(attempt, State.WAITING, error)
    except RunFailedError as error:
        _end(attempt, State.FAILED, error)
    except PlatformFailedError as error:
        _end(attempt, _after_platform_fault(attempt), error)
    except sandbox.SandboxError as error:
        fault = PlatformFailedError("sandbox", str(error))
        _end(attempt, _after_platform_fault(attempt), fault)
    except Exception as error:
        log.exception("attempt at run %s failed", attempt.run.address)
        fault = PlatformFailedError("unexpected", f"The service failed: {type(error).__name__}.")
        _end(attempt, _after_platform_fault(attempt), fault)
    finally:
        progress.close()
    return True


def _claim(run_id: int) -> Attempt | None:
    """One conditional update decides who gets the run; everybody else is told no."""
    token, now = secrets.token_hex(16), timezone.now()
    with transaction.atomic():
        claimed = Run.objects.filter(pk=run_id, state__in=before(State.RUNNING)).update(
            state=State.RUNNING, token=token, started_at=now, ended_at=None, error="", error_id="",
            stage="starting", done=0, lease_until=now + timedelta(seconds=settings.LEASE_SECONDS),
        )  # fmt: skip
        if not claimed:
            return None
        run = Run.objects.select_related("version__workflow").get(pk=run_id)
        number = run.attempts.count() + 1
        return Attempt.objects.create(run=run, number=number, worker=this_worker())


def _work(attempt: Attempt, progress: Progress) -> None:
    run = attempt.run
    with progress.kept_alive():
        progress.stage("looking for its data")
        found = _data(run, progress)
        built = environments.is_built(settings.DATA_DIR, run.version.lock)
        progress.stage("starting" if built else "building its environment, once for all its runs")
        environment = environments.ensure(
            settings.DATA_DIR, run.version.lock, should_stop=progress.should_stop
        )
    with _work_folder(attempt) as folder:
        linked = folders.lay_out(folder, files=_files(run), data=found, job=_job(run))
        ending = _in_sandbox(attempt, environment, folder, linked, progress)
        progress.stage("keeping its products")
        _check_ending(ending)
        made = keep_products(attempt, folder, ending)
    _finish(attempt, made)


def _data(run: Run, progress: Progress) -> dict[str, str]:
    return {
        file.name: data.ensure(
            file,
            mirrors=settings.MIRRORS,
            allowed_hosts=settings.PRIVATE_HOSTS,
            should_stop=progress.should_stop,
        )
        for file in run.version.data
    }


def _files(run: Run) -> dict[str, str]:
    return dict(run.version.files.values_list("path", "digest"))


def _job(run: Run) -> dict[str, object]:
    outputs = [{"name": item.name, "kind": item.kind.value} for item in run.interface.outputs]
    return {
        "format": "reprise.job/1",
        "notebook": run.version.notebook,
        "parameters": run.values,
        "outputs": outputs,
        "folder": folders.OUTPUTS,
        "seed": run.seed,
        "events_fd": 3,
    }


@contextmanager
def _work_folder(attempt: Attempt) -> Iterator[Path]:
    folder = settings.DATA_DIR / "work" / f"{attempt.run.address[:16]}-{attempt.pk}"
    try:
        yield folder
    finally:
        folders.remove(folder)


def _in_sandbox(
    attempt: Attempt, environment: Path, folder: Path, linked: tuple[Path, ...], progress: Progress
) -> Ending:
    isolation = sandbox.isolation(settings.SANDBOX)
    if isolation.name == "off" and not _trusted(attempt.run):
        raise PlatformFailedError(
            "no-isolation", f"This machine cannot isolate code: {isolation.reason}"
        )
    python = environments.python_of(environment)
    base = Path(python.resolve()).parent.parent
    job = Job(
        argv=(str(python), "-s", "-B", folders.RUNNER_NAME, ".job.json"),
        folder=folder,
        readable=(environment, base, *linked),
        environ=_environ(folder),
        limits=_limits(),
    )
    attempt.facts_json = {"isolation": isolation.name, "machine": platform.platform()}
    progress.stage("running")
    return sandbox.run(
        job, isolation=isolation, on_log=progress.on_log, on_event=progress.on_event,
        should_stop=progress.should_stop,
    )  # fmt: skip


def _trusted(run: Run) -> bool:
    return settings.SANDBOX == "off" or run.version.is_bundled


def _environ(folder: Path) -> dict[str, str]:
    home = folder / folders.HOME
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "MPLBACKEND": "Agg",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "SOURCE_DATE_EPOCH": "1577836800",
    } | dict.fromkeys(threads, "1")


def _limits() -> Limits:
    return Limits(
        wall_seconds=settings.RUN_SECONDS,
        cpu_seconds=settings.RUN_SECONDS,
        memory_bytes=settings.RUN_MEMORY_MB * MEBIBYTE,
        folder_bytes=settings.RUN_FOLDER_MB * MEBIBYTE,
        file_bytes=settings.RUN_FOLDER_MB * MEBIBYTE,
        log_bytes=settings.RUN_LOG_KB * 1024,
    )


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
        Cause.TOO_MUCH_WRITTEN: (
            "too-much-written",
            f"It wrote more than {settings.RUN_FOLDER_MB} MB and was stopped.",
        ),
    }
    if ending.cause in sentences:
        raise RunFailedError(*sentences[ending.cause])


def _finish(attempt: Attempt, made: int) -> None:
    log.info("run %s finished with %d products", attempt.run.address, made)
    _end(attempt, State.FINISHED, None)


def _after_platform_fault(attempt: Attempt) -> State:
    return State.QUEUED if attempt.run.tries() < settings.ATTEMPTS else State.FAILED


def _end(attempt: Attempt, state: State, error: ProblemError | None) -> None:
    """Write the end of an attempt; who lost the lease meanwhile writes nothing."""
    now = timezone.now()
    pause = DATA_PAUSE if state is State.WAITING else FAULT_PAUSE
    fault = {"error_id": error.id if error else "", "error": error.detail if error else ""}
    with transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk, ended_at=None).update(
            ended_at=now, outcome=state.value, facts_json=attempt.facts_json, **fault
        )
        mine = Run.objects.filter(pk=attempt.run_id, token=attempt.run.token, state=State.RUNNING)
        changed = mine.update(
            state=state, stage="", lease_until=None, nudged_at=now, try_after=now + pause,
            ended_at=now if state in ENDED else None, **fault,
        )  # fmt: skip
        if changed and state in ENDED:
            transaction.on_commit(partial(run_ended.send, Run, run_id=attempt.run_id), robust=True)
