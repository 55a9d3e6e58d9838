"""Preparing a run: its data and inputs, its environment, its work folder, its job."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from catalogue.domain.choices import Runtime
from catalogue.domain.interface import Value
from catalogue.models import VersionFile
from executor.actions.feeding import Fed, fed_with
from executor.actions.progress import Progress
from executor.adapters import data, environments, folders
from executor.domain.job import MEBIBYTE, Job, Limits
from executor.models import Run
from ontology.domain.kinds import ParameterKind

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a run needs, in place.

    Attributes:
        job: what the sandbox is to run.
        environment: folder of its environment.
    """

    job: Job
    environment: Path


def prepare(run: Run, folder: Path, progress: Progress, hold: ExitStack) -> Prepared:
    """Lay everything out for a run.

    Args:
        run: the run.
        folder: its work folder, which is made.
        progress: told what takes long.
        hold: keeps the environment from being cleared away, until it is closed.

    Raises:
        DataUnreachableError: data it needs is nowhere to be had now.
        RunFailedError, PlatformFailedError: its environment cannot be built.
        StoppedError: somebody asked for it to stop meanwhile.
    """
    found = _data(run, progress)
    environment = _environment(run, progress, hold)
    fed = fed_with(run)
    linked = folders.lay_out(
        folder,
        files=_files(run.version_id, run.version.digest),
        linked={f"data/{name}": digest for name, digest in found.items()} | dict(fed.files),
        job=_job(run, fed),
        runtime=Runtime(run.version.runtime),
    )
    python = environments.python_of(environment)
    base = Path(python.resolve()).parent.parent
    runner = folders.runners(Runtime(run.version.runtime))[0]
    job = Job(
        argv=(str(python), "-s", "-B", runner, ".job.json"),
        folder=folder,
        readable=(environment, base, *linked),
        environ=_environ(folder),
        limits=_limits(),
        network=_network(run, progress),
        private_hosts=settings.PRIVATE_HOSTS,
    )
    return Prepared(job, environment)


@lru_cache(maxsize=200)
def _files(pk: int, _digest: str) -> Mapping[str, str]:
    """Path → digest of every file of a version; versions never change."""
    return dict(VersionFile.objects.filter(version=pk).values_list("path", "digest"))


def _data(run: Run, progress: Progress) -> dict[str, str]:
    if run.version.data:
        progress.stage("looking for its data", at_once=True)
    return {
        file.name: data.ensure(
            file,
            mirrors=settings.MIRRORS,
            allowed_hosts=settings.PRIVATE_HOSTS,
            should_stop=progress.should_stop,
        )
        for file in run.version.data
    }


def _environment(run: Run, progress: Progress, hold: ExitStack) -> Path:
    if not environments.is_built(settings.DATA_DIR, run.version.lock):
        progress.stage("building its environment, once for all its runs", at_once=True)
    return hold.enter_context(
        environments.held(settings.DATA_DIR, run.version.lock, should_stop=progress.should_stop)
    )


def _network(run: Run, progress: Progress) -> tuple[str, ...]:
    """Hosts that the author declares and the operator allows; the log names the others."""
    declared = [str(host).lower() for host in run.version.network_json]
    for host in declared:
        if host not in settings.NETWORK_HOSTS:
            progress.on_log(f"[reprise] The host {host} is not allowed here.\n".encode())
    return tuple(host for host in declared if host in settings.NETWORK_HOSTS)


def _job(run: Run, fed: Fed) -> dict[str, Any]:
    outputs = [{"name": item.name, "kind": item.kind.value} for item in run.interface.outputs]
    taken = [item.name for item in run.interface.parameters if item.kind is ParameterKind.PRODUCT]
    return {
        "format": "reprise.job/1",
        "notebook": run.version.main,
        "parameters": {name: fed.values.get(name, plain(form)) for name, form in run.typed.items()},
        "products": taken,
        "outputs": outputs,
        "folder": folders.OUTPUTS,
        "seed": run.seed,
        "events_fd": 3,
    }


def plain(form: Mapping[str, Any]) -> Value:
    """What the code is given for a typed form; for a product, the author's own file."""
    value: Value = form["value"]
    if form["type"] != ParameterKind.PRODUCT.value:
        return value
    if isinstance(value, list):
        return [_file(item) for item in value]
    return _file(value)


def _file(form: Value) -> Value:
    return form.get("file") if isinstance(form, dict) else None


def _environ(folder: Path) -> dict[str, str]:
    home = folder / folders.HOME
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
    } | dict.fromkeys(THREADS, "1")


def _limits() -> Limits:
    return Limits(
        wall_seconds=settings.RUN_SECONDS,
        cpu_seconds=settings.RUN_SECONDS,
        memory_bytes=settings.RUN_MEMORY_MB * MEBIBYTE,
        folder_bytes=settings.RUN_FOLDER_MB * MEBIBYTE,
        file_bytes=settings.RUN_FOLDER_MB * MEBIBYTE,
        log_bytes=settings.RUN_LOG_KB * 1024,
    )
