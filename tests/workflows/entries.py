"""Bundled entries, run with the project's own runner on products of one another."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from catalogue.domain.notebook import read_cells
from catalogue.domain.reading import Reading, read_interface
from executor.runtime import RUNNER

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
WARM = Path(__file__).with_name("warm.py")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "315532800",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "TZ": "UTC",
}


@cache
def reading(slug: str) -> Reading:
    (notebook,) = (WORKFLOWS / slug).glob("*.ipynb")
    return read_interface(read_cells(notebook.read_bytes()), notebook.name)


@dataclass(frozen=True)
class Made:
    """What a run left: its exit status, and the file of each output."""

    status: int
    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "outputs/manifest.json").read_text())
        return found

    @property
    def error(self) -> str:
        return str((self.manifest["error"] or {}).get("message", ""))

    def path(self, name: str) -> Path:
        (row,) = (row for row in self.manifest["outputs"] if row["name"] == name)
        return self.folder / "outputs" / row["file"]

    def number(self, name: str) -> float:
        return float(json.loads(self.path(name).read_text()))

    def digests(self) -> dict[str, bytes]:
        return {
            row["name"]: self.path(row["name"]).read_bytes() for row in self.manifest["outputs"]
        }


class Entries:
    """Runs entries below a folder; files are handed over as the executor does."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-B", WARM, RUNNER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder,
            env=ENVIRONMENT | {"HOME": str(folder)},
        )  # fmt: skip

    def close(self) -> None:
        self.process.communicate(timeout=60)

    def __call__(self, slug: str, **given: object) -> Made:
        """Run an entry that must end well."""
        made = self.attempt(slug, **given)
        assert made.status == 0, made.error
        return made

    def attempt(self, slug: str, **given: object) -> Made:
        """Run an entry, however it ends."""
        self.count += 1
        work = self.folder / f"{self.count:03}-{slug}"
        shutil.copytree(WORKFLOWS / slug, work)
        parameters = {name: self.handed(work, name, value) for name, value in given.items()}
        (notebook,) = work.glob("*.ipynb")
        outputs = [
            {"name": item.name, "kind": item.kind.value} for item in reading(slug).interface.outputs
        ]
        job = {"format": "reprise.job/1", "notebook": notebook.name, "events_fd": None}
        job |= {"parameters": parameters, "outputs": outputs}
        (work / "job.json").write_text(json.dumps(job))
        return Made(self.status_in(work), work)

    def status_in(self, work: Path) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{work}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def handed(self, work: Path, name: str, value: object) -> object:
        if isinstance(value, Path):
            return self.put(value, work / f"inputs/{name}{value.suffix}", work)
        if isinstance(value, list):
            return [
                self.put(path, work / f"inputs/{name}/{number:04}{path.suffix}", work)
                for number, path in enumerate(value)
            ]
        return value

    def put(self, path: Path, place: Path, work: Path) -> str:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        return str(place.relative_to(work))
