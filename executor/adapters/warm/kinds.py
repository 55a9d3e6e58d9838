"""What a zygote is known by, and the error when there is none to be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from executor.domain.job import Job, Limits

ELSEWHERE = "/tmp/warm"  # noqa: S108 - in a mount of its own; where a zygote has its folders


class ColdError(RuntimeError):
    """This run cannot be had on the warm path, and says why; the cold path has it."""


@dataclass(frozen=True, slots=True)
class Key:
    """Runs with the same key can fork from the same zygote.

    Attributes:
        python: the interpreter.
        environment: its folder.
        base: folders of the machine's Python that it needs.
        roots: folders that hold all data which runs may be given to read.
        work: the folder that holds the work folders.
        preload: statements to import by in advance, in order.
        environ: environment variables at the start, without what names a work folder.
        limits: of which those are used that a run cannot raise again.
    """

    python: str
    environment: Path
    base: tuple[Path, ...]
    roots: tuple[Path, ...]
    work: Path
    preload: tuple[str, ...]
    environ: tuple[tuple[str, str], ...]
    limits: Limits


def environ_of(job: Job) -> Mapping[str, str]:
    """The environment of a zygote for a job: what names the work folder names another place."""
    folder = str(job.folder)
    return {name: value.replace(folder, ELSEWHERE) for name, value in job.environ.items()}
