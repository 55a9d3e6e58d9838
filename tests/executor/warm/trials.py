"""Notebooks run warm and cold, in folders as the service lays them out."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executor.adapters import sandbox, warm
from executor.adapters.sandbox import Isolation
from executor.domain.imports import preloads, shadows
from executor.domain.job import MEBIBYTE, Ending, Job, Limits
from executor.runtime import RUNNER
from tests.executor.runtime.notebooks import Cell, notebook

DIRECT = Isolation("direct", "for a trial")
ENVIRONMENT = Path(sys.prefix)
SMALL: dict[str, Any] = {"wall_seconds": 60.0, "memory_bytes": 2048 * MEBIBYTE, "processes": 24}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass
class Ran:
    """What came of a notebook."""

    ending: Ending
    log: str
    events: list[bytes]
    folder: Path

    @property
    def outputs(self) -> dict[str, bytes]:
        """All that lies in the outputs of the folder, by name."""
        return {
            path.name: path.read_bytes() for path in sorted((self.folder / "outputs").iterdir())
        }

    def value(self, name: str) -> Any:
        """A saved output of a kind that is JSON."""
        return json.loads((self.folder / "outputs" / f"{name}.json").read_text())

    @property
    def error(self) -> Any:
        """What went wrong, as the manifest says."""
        return json.loads((self.folder / "outputs" / "manifest.json").read_text())["error"]


@dataclass
class Bench:
    """Runs notebooks.

    Attributes:
        root: a folder with room for their work folders, which all have the same name: the path of
            a folder is nothing that could tell the warm path from the cold one.
        files: of the entry, beside the notebook.
        readable: what runs may read beside their environment.
        roots: folders that hold it.
    """

    root: Path
    files: Mapping[str, str] = field(default_factory=dict)
    readable: tuple[Path, ...] = ()
    roots: tuple[Path, ...] = ()
    stop: Callable[[], bool] = lambda: False
    listen: Callable[[bytes], None] = lambda _: None
    preload: tuple[str, ...] | None = None  # instead of what the notebook imports
    count: int = 0

    def warm(self, *cells: str | Cell, outputs: Mapping[str, str] = {}, **limits: float) -> Ran:
        """Run a notebook on the warm path, with all that it imports imported in advance."""
        sources = [cell if isinstance(cell, str) else cell["source"] for cell in cells]
        own = shadows([*self.files, "n.ipynb"])
        preload = preloads(sources, own) if self.preload is None else self.preload
        job = self.job(cells, outputs, limits)
        return self.ran(job, lambda **how: self.run_warm(job, preload, own, **how))

    def run_warm(self, job: Job, preload: Sequence[str], own: frozenset[str], **how: Any) -> Ending:
        """The adapter's call."""
        return warm.run(
            job, environment=ENVIRONMENT, preload=preload, shadows=own, roots=self.roots, **how
        )

    def cold(self, *cells: str | Cell, outputs: Mapping[str, str] = {}, **limits: float) -> Ran:
        """Run a notebook on the cold path."""
        job = self.job(cells, outputs, limits)
        return self.ran(job, lambda **how: sandbox.run(job, **how))

    def ran(self, job: Job, run: Callable[..., Ending]) -> Ran:
        """What came of it; the folder is moved aside for the next run to have the same name."""
        log, events = bytearray(), list[bytes]()

        def hear(piece: bytes) -> None:
            log.extend(piece)
            self.listen(piece)

        ending = run(
            isolation=DIRECT,
            on_log=hear,
            on_event=events.append,
            should_stop=lambda: self.stop(),  # noqa: PLW0108 - it may be changed
        )
        self.count += 1
        aside = self.root / f"ran-{self.count}"
        job.folder.rename(aside)
        return Ran(ending, log.decode(), events, aside)

    def job(
        self, cells: Sequence[str | Cell], outputs: Mapping[str, str], limits: Mapping[str, float]
    ) -> Job:
        """A work folder and the job in it."""
        folder = self.root / "work" / "run"
        (folder / ".home").mkdir(parents=True)
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        (folder / "n.ipynb").write_text(json.dumps(notebook(*cells)))
        shutil.copyfile(RUNNER, folder / ".notebook_runner.py")
        wanted = [{"name": name, "kind": kind} for name, kind in outputs.items()]
        job = {"format": "reprise.job/1", "notebook": "n.ipynb", "outputs": wanted, "events_fd": 3}
        (folder / ".job.json").write_text(json.dumps(job))
        return Job(
            argv=(sys.executable, "-s", "-B", ".notebook_runner.py", ".job.json"),
            folder=folder,
            readable=(ENVIRONMENT, Path(sys.executable).resolve().parent.parent, *self.readable),
            environ=environ(folder),
            limits=Limits(**{**SMALL, **limits}),
        )


def environ(folder: Path) -> dict[str, str]:
    """The environment that the service gives."""
    home = folder / ".home"
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
