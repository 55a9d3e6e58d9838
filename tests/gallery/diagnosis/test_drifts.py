"""Staged drifts, really run: the named cause is the staged one (all: ``benchmarks/drifts``)."""

import pytest

from benchmarks.drift_cases import drifts, entry, lock, published
from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from gallery.models import Diagnosis, Figure
from lib import store
from tests.executor import packages
from tests.factories import entries

pytestmark = pytest.mark.django_db
STAGED = {drift.name: drift for drift in drifts()}


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of wheels that stands for the index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    return folder


def wheel(folder, name, version, text):
    return packages.wheel(folder, name, version=version, files={f"{name}.py": text})


@pytest.mark.parametrize(
    "name",
    [
        "package 2 of 2 changed ones, to 2.0",
        "data file 2 of 2 changed ones",
        "one of two changed modules",
        "an author's value",
        "the clock",
    ],
)
def test_the_named_cause_is_the_staged_one(name, index, committed):
    drift = STAGED[name]
    for side in (drift.before, drift.after):
        for text in side.data.values():
            store.put(text.encode())
        made = entry(side, "staged", published(drift), lock(side, index, wheel))
        with committed():
            register_entry(made, slug="staged", source="folder:staged")

    diagnosis = Diagnosis.objects.get()  # it began by itself

    assert {f"{item['kind']}:{item['name']}" for item in diagnosis.cause_json} == drift.cause
    assert Figure.objects.get().version.is_deterministic == ("clock" not in name)


def test_there_are_at_least_fifty_of_them():
    assert len(STAGED) >= 50


def test_an_input_that_another_workflow_made_is_put_back(committed):
    """A figure over two workflows, of which the lower one has a new version."""

    def lower(extra: str) -> Entry:
        text = entries.simple_notebook(
            parameters="level = 1  # oda:Integer",
            body=f"with open('counts.csv', 'w') as f:\n    f.write(f'n\\n{{level + {extra}}}\\n')",
            outputs='counts = "counts.csv"  # reprise:Table',
        )
        kept = entries.files(without=("paper.toml", "double.ipynb"))
        return Entry({**kept, "counts.ipynb": text})

    upper = entries.simple_notebook(
        parameters="table = None  # reprise:Table",
        body="n = float(open(table).read().split()[1])",
        outputs="total = n  # oda:Float ; oda:unit unit:keV",
    )
    asked = 'request = { parameters = { table = { workflow = "counts", output = "counts" } } }'
    paper = entries.PAPER.replace('kind = "number"', f'kind = "number"\n{asked}')

    def stated(version: str) -> Entry:
        kept = entries.files(without=("double.ipynb",), paper_toml=f"{paper}# {version}\n")
        return Entry({**kept, "total.ipynb": upper})

    for extra, name in (("39", "one"), ("40", "two")):
        with committed():
            register_entry(lower(extra), slug="counts", source="folder:counts")
        with committed():
            register_entry(stated(name), slug="total", source="folder:total")

    diagnosis = Diagnosis.objects.get()
    (cause,) = diagnosis.cause_json
    assert (cause["kind"], cause["name"]) == ("parameter", "table")
    assert cause["before"].startswith("counts of counts 1 (")
    assert cause["after"].startswith("counts of counts 2 (")
