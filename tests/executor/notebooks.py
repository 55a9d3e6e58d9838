"""Versions made of a few lines of code, and what became of running them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.models import Version, VersionFile
from executor.actions import request_run, start_run
from executor.models import Attempt, Run
from lib import digest, store
from tests.factories import entries, rows

LOCK = "# nothing\n"
NUMBER = {"name": "total", "kind": "number", "unit": "keV"}


def version(body: str, *, outputs: tuple[Mapping[str, object], ...] = (NUMBER,)) -> Version:
    """A version whose notebook has a parameters cell, this cell, and a cell of outputs."""
    notebook = entries.notebook(
        entries.cell("energy = 20.0", "parameters"),
        entries.cell(body),
        entries.cell("print('the end')", "outputs"),
    )
    return with_files({"double.ipynb": notebook}, rows.INTERFACE | {"outputs": list(outputs)})


def with_files(files: Mapping[str, bytes], interface: object = rows.INTERFACE) -> Version:
    """A version with these files."""
    made = rows.VersionFactory(lock=LOCK, interface_json=interface)
    for path, data in files.items():
        VersionFile.objects.create(version=made, path=path, digest=store.put(data), size=len(data))
    return made


def data_file(name: str, data: bytes) -> dict[str, object]:
    """A data file of a version, as its table has it; its bytes are in the store already."""
    store.put(data)
    url = f"https://data.example.org/{name}"
    return {"name": name, "sha256": digest.of_bytes(data), "size": len(data), "url": url}


@dataclass(frozen=True)
class Ended:
    """A run after its one attempt."""

    run: Run
    attempt: Attempt

    @property
    def how(self) -> tuple[str, str, str]:
        """State, id and sentence."""
        return self.run.state, self.run.error_id, self.run.error

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Name and role of what was kept."""
        return [(item.name, item.role) for item in self.run.outputs.all()]

    def product(self, name: str) -> object:
        """A product of the run, read as JSON."""
        return json.loads(self.run.outputs.get(name=name).product.read())


def run(made: Version, **parameters: object) -> Ended:
    """Ask for a run and have it run here and now."""
    asked = request_run(made, parameters).run
    assert start_run(asked.pk)
    asked.refresh_from_db()
    return Ended(asked, asked.attempts.get())
