"""Keeping what a run made: every output once, by digest, or a sentence why not."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from executor.actions.ending import Found
from executor.adapters import folders
from executor.domain.job import MEBIBYTE, Cause, Ending
from executor.domain.manifest import (
    BYTES_AT_MOST,
    BadManifestError,
    Manifest,
    read_manifest,
)
from executor.errors import RunFailedError
from executor.models import Attempt, Run

NOTEBOOK = "executed.ipynb"
NOTEBOOK_AT_MOST = 64 * 1024 * 1024
KILLED = 9
DONE = (Cause.EXITED, 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """What an ended job left, its bytes in the store but not yet in any row.

    Attributes:
        found: what there is to keep.
        fault: why the run has failed all the same; None when it has not.
    """

    found: tuple[Found, ...]
    fault: RunFailedError | None = None


def keep_products(attempt: Attempt, folder: Path, ending: Ending) -> Kept:
    """Store the bytes of what an ended job made; rows are written with the end of the attempt.

    The executed notebook is kept also when the notebook raised, because it shows where.

    Raises:
        RunFailedError: the job was killed, or an output is not acceptable.
    """
    manifest = _manifest(folder, ending)
    attempt.facts_json |= {"python": manifest.python, "packages": list(manifest.packages)}
    if manifest.fault or manifest.missing:
        return Kept(_executed(folder), _fault(manifest))
    if (ending.cause, ending.code) != DONE:
        # Whatever the manifest says, the runner did not write it and end as it does.
        raise RunFailedError("no-products", _why_nothing(ending))
    outputs = _outputs(attempt.run, folder, manifest)
    return Kept(_executed(folder) + outputs)


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
        kept = folders.keep_file(folder, NOTEBOOK, NOTEBOOK_AT_MOST)
    except folders.HostileFileError:
        return ()
    return (("notebook", "notebook", NOTEBOOK, *kept),)


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
    return _kept(folder, files)


def _kept(folder: Path, files: list[tuple[str, str, str]]) -> tuple[Found, ...]:
    """Take files into the store, all of them or none."""
    most = settings.RUN_FOLDER_MB * MEBIBYTE
    try:
        for _name, _role, file in files:
            folders.check_file(folder, file, most)
        return tuple(
            (name, role, file, *folders.keep_file(folder, file, most)) for name, role, file in files
        )
    except folders.HostileFileError as error:
        raise RunFailedError("hostile-output", f"An output is not acceptable: {error}.") from None
