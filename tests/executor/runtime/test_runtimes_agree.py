"""Our own runner and a real Jupyter kernel give the same products of every bundled entry."""

from functools import cache
from pathlib import Path

import pytest

from catalogue.domain.entry import read_data
from catalogue.domain.lock import pins
from catalogue.domain.notebook import read_cells
from catalogue.domain.reading import read_interface
from executor.adapters import environments
from executor.runtime import EXACT_RUNNER, RUNNER
from lib import mirror
from tests.executor.built import build
from tests.executor.runtime.both import Both

ROOT = Path(__file__).resolve().parents[3]
MIRROR = ROOT.parent / "shared" / "data"
NOTEBOOKS = sorted((ROOT / "workflows").glob("*/*.ipynb"))

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def python_of(tmp_path_factory):
    """Gives the interpreter of an environment with the packages of a lock and a kernel."""
    root = tmp_path_factory.mktemp("data")

    @cache
    def python(lock: str) -> Path:
        pinned = [f"{pin.name}=={pin.version}" for pin in pins(lock)]
        return environments.python_of(build(root, "\n".join([*pinned, "nbclient", "ipykernel"])))

    return python


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.parent.name)
def test_both_give_the_same_products_of_a_bundled_entry(notebook, python_of, tmp_path):
    lock = (notebook.parent / "requirements.lock").read_text()
    both = Both(python_of(lock), tmp_path)
    files, outputs = files_of(notebook), outputs_of(notebook)

    job = {"notebook": notebook.name, "outputs": outputs, "parameters": {}, "seed": 0}
    fast, exact = (both.run(program, files, **job) for program in (RUNNER, EXACT_RUNNER))

    assert (fast.status, exact.status) == (0, 0), exact.err
    assert exact.manifest == fast.manifest
    assert exact.saved() == fast.saved()
    assert plots_of(exact.folder) == plots_of(fast.folder)
    assert exact.events == fast.events
    assert sources_of(exact.executed) == sources_of(fast.executed)


def files_of(notebook: Path) -> dict[str, bytes]:
    """The files of an entry with its data, by path in the work folder."""
    folder = notebook.parent
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    table = folder / "data.toml"
    data, _findings = read_data(table.read_text() if table.exists() else "")
    for file in data:
        found = mirror.find(file.sha256, file.name, [MIRROR], size=file.size)
        files[f"data/{file.name}"] = found.read_bytes()
    return files


def outputs_of(notebook: Path) -> list[tuple[str, str]]:
    interface = read_interface(read_cells(notebook.read_bytes()), notebook.name).interface
    return [(item.name, item.kind.value) for item in interface.outputs]


def plots_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.plot.json")}


def sources_of(executed) -> list[object]:
    return [(cell["source"], cell.get("execution_count")) for cell in executed["cells"]]
