"""Keeping what a run made: every output once, by digest, or a sentence why not."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from executor.adapters import folders
from executor.domain.job import MEBIBYTE, Cause, Ending
from executor.domain.manifest import (
    BYTES_AT_MOST,
    BadManifestError,
    Manifest,
    media_type,
    read_manifest,
)
from executor.domain.states import State
from executor.errors import RunFailedError, StoppedError
from executor.models import Attempt, Output, Product, Run
from lib import store

NOTEBOOK = "executed.ipynb"
NOTEBOOK_AT_MOST = 64 * 1024 * 1024
KILLED = 9
DONE = (Cause.EXITED, 0)

Found = tuple[str, str, str, bytes]
"""Name, role, file name and bytes of something to keep."""


def keep_products(attempt: Attempt, folder: Path, ending: Ending) -> int:
    """Store the outputs of an ended job and write their rows; returns how many.

    The executed notebook is kept also when the notebook raised, because it shows where.

    Raises:
        RunFailedError: the notebook raised, was killed, or did not give all its outputs.
        StoppedError: another worker has taken the run over.
    """
    manifest = _manifest(folder, ending)
    attempt.facts_json |= {"python": manifest.python, "packages": list(manifest.packages)}
    notebook = _executed(folder)
    if manifest.fault or manifest.missing:
        _keep(attempt, notebook)
        raise _fault(manifest)
    if (ending.cause, ending.code) != DONE:
        # Whatever the manifest says, the runner did not write it and end as it does.
        raise RunFailedError("no-products", _why_nothing(ending))
    return _keep(attempt, notebook + _outputs(attempt.run, folder, manifest))


def _keep(attempt: Attempt, found: tuple[Found, ...]) -> int:
    products = [(name, role, file, *_put(data)) for name, role, file, data in found]
    with transaction.atomic():
        _still_mine(attempt)
        _write(attempt.run, products)
    return len(products)


def _manifest(folder: Path, ending: Ending) -> Manifest:
    try:
        return read_manifest(folders.read_file(folder, "manifest.json", BYTES_AT_MOST))
    except (folders.HostileFileError, BadManifestError):
        raise RunFailedError("no-products", _why_nothing(ending)) from None


def _why_nothing(ending: Ending) -> str:
    if ending.cause is Cause.SIGNALLED and ending.code == KILLED:
        return (
            f"It was killed, most likely because it used more than {settings.RUN_MEMORY_MB} MB of "
            "memory or too much processor time."
        )
    how = f"signal {ending.code}" if ending.cause is Cause.SIGNALLED else f"status {ending.code}"
    return f"It ended with {how} before it could give its products; the log says more."


def _fault(manifest: Manifest) -> RunFailedError:
    if manifest.fault:
        return RunFailedError("raised", str(manifest.fault))
    names = ", ".join(manifest.missing)[:300]
    return RunFailedError(
        "missing-output", f"It ended without giving {names}: assign it in the notebook."
    )


def _executed(folder: Path) -> tuple[Found, ...]:
    try:
        data = folders.read_file(folder, NOTEBOOK, NOTEBOOK_AT_MOST)
    except folders.HostileFileError:
        return ()
    return (("notebook", "notebook", NOTEBOOK, data),)


def _outputs(run: Run, folder: Path, manifest: Manifest) -> tuple[Found, ...]:
    made = {item.name: item.file for item in manifest.outputs}
    wanted = [item.name for item in run.interface.outputs]
    absent = [name for name in wanted if name not in made]
    if absent:
        raise RunFailedError(
            "missing-output", f"It ended without giving {', '.join(absent)[:300]}."
        )
    plots = manifest.plots or {}
    files = [(name, "output", made[name]) for name in wanted]
    files += [(name, "plot", plots[file]) for name, _role, file in files if file in plots]
    return tuple((name, role, file, _read(folder, file)) for name, role, file in files)


def _read(folder: Path, file: str) -> bytes:
    try:
        return folders.read_file(folder, file, settings.RUN_FOLDER_MB * MEBIBYTE)
    except folders.HostileFileError as error:
        raise RunFailedError("hostile-output", f"An output is not acceptable: {error}.") from None


def _put(data: bytes) -> tuple[str, int]:
    return store.put(data), len(data)


def _still_mine(attempt: Attempt) -> None:
    mine = Run.objects.filter(pk=attempt.run_id, token=attempt.run.token, state=State.RUNNING)
    if not mine.exists():
        raise StoppedError


def _write(run: Run, products: list[tuple[str, str, str, str, int]]) -> None:
    Product.objects.bulk_create(
        (
            Product(digest=digest, size=size, media_type=media_type(file))
            for _name, _role, file, digest, size in products
        ),
        ignore_conflicts=True,
    )
    run.outputs.all().delete()
    Output.objects.bulk_create(
        Output(run=run, name=name, role=role, file=file, product_id=digest)
        for name, role, file, digest, _size in products
    )
