"""Crates with wheels: installed with no index, checked by their checksums, bounded and told."""

import io
import json
import os
import runpy
import sys
import zipfile
from pathlib import Path

import pytest

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from catalogue.domain.interface import Interface, Output, Parameter
from executor.models import Run
from ontology.domain.kinds import ParameterKind, ProductKind
from publishing.domain.published import published_values
from publishing.domain.wheels import NO_WHEELS, Wheel, chosen, what_is_needed, wheels_recipe
from publishing.errors import NoWheelsError
from publishing.models import Release
from publishing.queries import release_crate
from publishing.runtime import RERUN
from tests.executor import packages
from tests.factories import chains, entries
from tests.publishing.test_rerun import change_recipe, rerun

pytestmark = pytest.mark.django_db
INTERFACE = Interface(
    (Parameter("energy", ParameterKind.FLOAT, 20.0, unit="keV"),),
    (Output("total", ProductKind.NUMBER, unit="keV"), Output("n", ProductKind.NUMBER)),
)
FIRST = entries.simple_notebook(
    parameters="level = 1  # oda:Integer",
    body=(
        "import small\nwith open('c.csv', 'w') as f:\n"
        "    f.write(f'n\\n{level * int(small.value[0])}\\n')"
    ),
    outputs='counts = "c.csv"  # reprise:Table',
)
SECOND = entries.simple_notebook(
    parameters="table = None  # reprise:Table",
    body="import other\nn = float(open(table).read().split()[1]) + float(other.value)",
    outputs="n = n  # oda:Float",
)


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of wheels that stands for the index; it has no uv."""
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setattr("publishing.queries.wheels.UV_LOCK", "requirements/none.lock")
    return tmp_path / "index"


@pytest.fixture
def release(index, client, committed):
    """A release of a composed run whose two versions have different locks."""
    locks = packages.wheel(index), packages.wheel(index, "other", version="2.0")
    for slug, notebook, lock in zip(("first", "second"), (FIRST, SECOND), locks, strict=True):
        files = entries.files(without=("paper.toml", "double.ipynb"))
        whole = files | {f"{slug}.ipynb": notebook, "requirements.lock": lock.encode()}
        version = register_entry(Entry(whole), slug=slug, source=f"folder:{slug}").version
        assert not version.is_draft
    fed = {"workflow": "first", "parameters": {"level": 3}, "output": "counts"}
    content = {"workflow": "second", "parameters": {"table": fed}}
    with committed():
        answer = client.post("/api/runs/", content, content_type="application/json")
    run = Run.objects.get(address=answer.json()["address"])
    assert (run.state, run.error) == ("finished", "")
    made = Release.objects.create(
        title="Two locks", licence="BSD-3-Clause", options_json={"wheels": True},
        frozen_at=run.ended_at,
    )  # fmt: skip
    made.runs.add(run)
    return made


@pytest.fixture
def unpacked(release, tmp_path):
    data = b"".join(release_crate(release, "10.5072/two"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "crate")
    return tmp_path / "crate"


@pytest.fixture
def offline(monkeypatch):
    """The uv of the project on the PATH, and no index for it to ask."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")


def test_several_locks_share_one_folder_of_wheels(unpacked, offline):
    assert sorted(path.name for path in (unpacked / "wheels").iterdir()) == [
        "other-2.0-py3-none-any.whl", "small-1.0-py3-none-any.whl",
    ]  # fmt: skip

    done = rerun(unpacked)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("from wheels/ (once)") == 2
    assert done.stdout.count("identical") == 2
    assert rerun(unpacked).stdout.count("Making the environment") == 0


def test_wheels_are_in_the_metadata_with_their_checksums(unpacked):
    recipe = json.loads((unpacked / "rerun.json").read_text())
    metadata = json.loads((unpacked / "ro-crate-metadata.json").read_text())
    told = {item["@id"]: item.get("sha256") for item in metadata["@graph"]}
    assert {f"wheels/{name}": sha256 for name, sha256 in recipe["wheels"]["files"].items()} == {
        name: sha256 for name, sha256 in told.items() if name.startswith("wheels/")
    }


def test_the_same_release_with_wheels_gives_the_same_bytes(release):
    first, second = (b"".join(release_crate(release, "10.5072/two")) for _time in range(2))
    assert first == second


def test_a_wheel_that_was_altered_is_refused(unpacked, offline):
    (unpacked / "wheels" / "small-1.0-py3-none-any.whl").write_bytes(b"PK")
    done = rerun(unpacked)
    assert (done.returncode, done.stderr.startswith(
        "rerun.py: wheels/small-1.0-py3-none-any.whl has not the recorded sha256"
    )) == (3, True)  # fmt: skip


def test_a_wheel_and_a_recipe_that_were_altered_do_not_pass_the_lock(unpacked, offline, tmp_path):
    recipe = json.loads((unpacked / "rerun.json").read_text())
    lock = packages.wheel(tmp_path / "evil", files={"evil.py": "import os\n"})
    name = "small-1.0-py3-none-any.whl"
    (unpacked / "wheels" / name).write_bytes((tmp_path / "evil" / name).read_bytes())
    recipe["wheels"]["files"][name] = lock.strip().rpartition(":")[2]
    change_recipe(unpacked, **recipe)

    done = rerun(unpacked)

    assert (done.returncode, done.stderr.split(":")[1]) == (
        3, " A package does not have the checksum that its lock names",
    )  # fmt: skip


def test_a_wheel_that_is_missing_is_named(unpacked, offline):
    (unpacked / "wheels" / "small-1.0-py3-none-any.whl").unlink()
    done = rerun(unpacked)
    assert (done.returncode, done.stderr) == (
        3,
        (
            "rerun.py: wheels/small-1.0-py3-none-any.whl is not in this folder: unpack the whole "
            "crate again.\n"
        ),
    )


def test_wheels_of_another_machine_are_left_alone(unpacked, offline):
    recipe = json.loads((unpacked / "rerun.json").read_text())
    change_recipe(unpacked, wheels=recipe["wheels"] | {"system": "Plan9 mips"})
    done = rerun(unpacked, "--python", "/nowhere/python3")
    assert done.stdout.startswith("The packages in wheels/ are for Plan9 mips, and this is ")
    assert done.returncode == 3


def test_another_python_does_not_take_the_wheels(unpacked, offline):
    done = rerun(unpacked, "--python", "/nowhere/python3")
    assert done.stdout.splitlines()[0].endswith("and /nowhere/python3 is not.")
    assert done.returncode == 3


def test_a_folder_that_is_a_link_out_of_the_crate_is_refused(unpacked, tmp_path):
    (unpacked / "wheels").rename(tmp_path / "elsewhere")
    (unpacked / "wheels").symlink_to(tmp_path / "elsewhere")
    done = rerun(unpacked)
    assert (done.returncode, done.stderr) == (
        3,
        (
            "rerun.py: 'wheels/other-2.0-py3-none-any.whl' leads out of this folder: unpack the "
            "crate again.\n"
        ),
    )


def test_a_wheel_with_a_name_that_leaves_its_folder_is_refused(unpacked):
    recipe = json.loads((unpacked / "rerun.json").read_text())
    change_recipe(unpacked, wheels=recipe["wheels"] | {"files": {"../../x.whl": "0" * 64}})
    done = rerun(unpacked)
    assert (done.returncode, done.stderr) == (
        3, "rerun.py: '..' is no plain file name: this crate is not as it was made.\n",
    )  # fmt: skip


@pytest.mark.parametrize("recipe", ["[]", "{}", "[" * 100_000, '{"format": "reprise.rerun/1"}'])
def test_a_recipe_that_is_none_gives_one_sentence(unpacked, recipe):
    (unpacked / "rerun.json").write_text(recipe)
    done = rerun(unpacked)
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (3, 1, False)


def test_wheels_that_are_not_to_be_had_are_told_before_anything_is_packed(release, index, settings):
    for wheel in [*index.glob("*.whl"), *settings.DATA_DIR.glob("wheels/*/*.whl")]:
        wheel.unlink()
    with pytest.raises(NoWheelsError) as caught:
        release_crate(release, "10.5072/two")
    assert caught.value.detail.startswith("The crate is to hold the wheels of its packages.")


# --- What goes in ------------------------------------------------------------------------------


def test_the_small_go_in_first_and_uv_before_all():
    found = [Wheel("big.whl", "a", 900), Wheel("uv-1.whl", "b", 300), Wheel("tiny.whl", "c", 1)]
    picked = chosen(found, at_most=500, system="Linux x86_64", python="3.11")
    assert [item.name for item in picked.inside] == ["tiny.whl", "uv-1.whl"]
    assert [item.name for item in picked.left_out] == ["big.whl"]
    assert wheels_recipe(picked)["wheels"]["left_out"] == {"big.whl": "a"}
    assert what_is_needed(picked, "3.11").endswith(
        "Too large for this crate, and fetched in any case: big.whl (0 MB)."
    )


def test_a_crate_without_wheels_says_nothing_of_them():
    assert wheels_recipe(NO_WHEELS) == {}
    assert what_is_needed(NO_WHEELS, "3.11").startswith("This needs Python 3.11 (or uv")


# --- Published values --------------------------------------------------------------------------


def test_published_numbers_are_those_of_the_figure_whose_parameters_the_run_has():
    told = published_values(entries.PAPER, INTERFACE, {"energy": 20.0})
    assert told == [
        {"figure": "Twice twenty", "output": "total", "label": "twice twenty", "published": 40.0,
         "unit": "keV", "absolute": 0.5},
    ]  # fmt: skip
    assert published_values(entries.PAPER, INTERFACE, {"energy": 21.0}) == []
    assert published_values("not = [toml", INTERFACE, {"energy": 20.0}) == []


@pytest.mark.parametrize(
    ("found", "published", "result"),
    [(40.4, {"absolute": 0.5}, "within tolerance"), (40.6, {"absolute": 0.5}, "outside tolerance"),
     (41.9, {"relative": 0.05}, "within tolerance"),
     (43.0, {"sigma": 2, "error": 1.5}, "within tolerance"),
     (40.04, {"absolute": 0, "places": 1}, "within tolerance")],
)  # fmt: skip
def test_a_published_value_is_shown_beside_what_was_found_now(tmp_path, found, published, result):
    (tmp_path / "total.json").write_text(json.dumps(found))
    item = {"output": "total", "label": "twice", "published": 40.0, "unit": "keV", **published}
    held_against = runpy.run_path(str(RERUN))["held_against"]
    assert held_against(item, "total.json", tmp_path) == (
        "twice", "40.0 keV", f"{found:.8g} keV", result,
    )  # fmt: skip
    assert held_against(item, "", tmp_path)[2:] == ("-", "not a number")


def test_chains_have_no_wheels_unless_asked(client, committed, tmp_path):
    chains.register_chain()
    with committed():
        answer = client.post("/api/runs/", chains.report(1), content_type="application/json")
    made = Release.objects.create(title="None", licence="BSD-3-Clause", options_json={})
    made.runs.add(Run.objects.get(address=answer.json()["address"]))
    data = b"".join(release_crate(made, "10.5072/none"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [name for name in archive.namelist() if name.startswith("wheels/")] == []
