"""A crate that was exported here and registered elsewhere gives the same addresses and digests."""

import io
import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalogue.actions import register_named, register_source, register_upload
from catalogue.models import Version
from executor.models import Attempt, Output, Product, Run
from lib import digest, store
from publishing.queries import finished_run, run_crate
from tests.factories import chains, entries
from tests.publishing.test_chain_rerun import energy, upload

pytestmark = pytest.mark.django_db
METADATA = "ro-crate-metadata.json"


@pytest.fixture
def ask(client, committed):
    """Ask for a run over the API; returns the answer."""

    def ask(content):
        with committed():
            answer = client.post("/api/runs/", content, content_type="application/json")
        return answer.json()

    return ask


@pytest.fixture
def elsewhere(settings, tmp_path):
    """Go to another service: an empty database, an empty store."""

    def go():
        connection.check_constraints()  # PostgreSQL empties no table that has checks to come
        call_command("flush", verbosity=0, interactive=False)
        settings.DATA_DIR = tmp_path / "elsewhere"
        settings.STORAGES = settings.STORAGES | {
            "products": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": tmp_path / "elsewhere" / "store"},
            }
        }

    return go


@pytest.fixture
def plain(ask, committed, tmp_path):
    """The crate of a plain run of an entry with a paper, a licence and people."""
    folder = tmp_path / "double"
    for name, data in entries.files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    with committed():
        register_source(str(folder), local=True)
    answer = ask({"workflow": "double", "parameters": {"energy": 30, "times": 3}})
    return crate_of(answer["address"], tmp_path / "double.crate.zip")


@pytest.fixture
def composed(ask, tmp_path):
    """The crate of a composed run that is given an upload and a number of another run too."""
    chains.register_chain()
    table = chains.total(1, 2, threshold=energy(3))
    table["parameters"]["tables"].append(upload(b"n\n5\n", "mine 1.csv").digest)
    content = {"workflow": "report", "parameters": {"table": table | {"output": "table"}}}
    return crate_of(ask(content)["address"], tmp_path / "report.crate.zip")


def crate_of(address: str, path: Path) -> Path:
    run = finished_run(address)
    assert (run.state, run.error) == ("finished", "")
    path.write_bytes(b"".join(run_crate(run)))
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def without_source(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without what says where an entry was registered from."""
    own = {"README.md", METADATA, "ro-crate-preview.html"}
    return {name: data for name, data in files.items() if name not in own}


def changed(path: Path, **files: bytes) -> Path:
    """The crate with other files; the checksums in its metadata follow, as a forger's would."""
    whole = members(path) | {name.replace("__", "/"): data for name, data in files.items()}
    metadata = json.loads(whole[METADATA])
    for entity in metadata["@graph"]:
        if "sha256" in entity and entity["@id"] in whole:
            entity["sha256"] = digest.of_bytes(whole[entity["@id"]])
    whole[METADATA] = json.dumps(metadata).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in whole.items():
            archive.writestr(name, data)
    return path


def recipe_of(path: Path) -> dict:
    return json.loads(members(path)["rerun.json"])


def facts() -> dict[str, object]:
    """All that names something, without what only this database knows."""
    runs = Run.objects.order_by("address")
    return {
        "versions": sorted(Version.objects.values_list("workflow__slug", "number", "digest")),
        "runs": [(run.address, run.environment, run.state, run.values) for run in runs],
        "edges": sorted(
            (edge.run.address, edge.name, edge.position, edge.output,
             edge.source.address if edge.source else edge.product_id)
            for run in runs for edge in run.inputs.select_related("source")
        ),
        "outputs": sorted(
            Output.objects.values_list("run__address", "name", "role", "file", "product_id")
        ),
        "products": sorted(Product.objects.values_list("digest", "size", "media_type")),
    }  # fmt: skip


def test_a_plain_run_has_the_same_address_and_digests_elsewhere(plain, elsewhere, ask, committed):
    before, exported = facts(), members(plain)
    elsewhere()

    with committed():
        done = register_named(str(plain))

    assert facts() == before
    assert done.runs == (before["runs"][0][0],)
    answer = ask({"workflow": "double", "parameters": {"energy": 30, "times": 3}})
    assert (answer["known"], answer["address"]) == (True, done.runs[0])
    again = members(crate_of(done.runs[0], plain.with_name("again.zip")))
    assert without_source(again) == without_source(exported)


def test_a_composed_run_comes_over_with_all_that_feeds_it(composed, elsewhere, ask, committed):
    before, exported = facts(), members(composed)
    elsewhere()

    with committed():
        done = register_named(str(composed))

    assert facts() == before
    assert len(done.runs) == len(before["runs"])
    answer = ask(json.loads(exported["request.json"]))
    assert answer["known"] is True
    again = members(crate_of(answer["address"], composed.with_name("again.zip")))
    assert without_source(again) == without_source(exported)


def test_an_imported_run_says_that_it_was_not_run_here(plain, elsewhere, client, committed):
    elsewhere()
    with committed():
        [address] = register_named(str(plain)).runs

    attempts = Attempt.objects.filter(run__address=address)
    assert list(attempts.values_list("worker", "site")) == [("imported", "crate")]
    assert (
        "not run here: taken over from a crate" in client.get(f"/runs/{address}").content.decode()
    )


def test_a_figure_of_the_crate_is_judged_as_any(plain, elsewhere, client, committed):
    elsewhere()
    with committed():
        register_named(str(plain))
    assert client.get("/figures/doubled").status_code == 200


def test_the_same_crate_again_changes_nothing(plain, elsewhere, committed):
    elsewhere()
    with committed():
        first = register_named(str(plain))
    before = facts()
    with committed():
        second = register_named(str(plain))
    assert (first.created, second.created, second.runs, facts()) == (True, False, (), before)


def test_a_stranger_s_crate_gives_versions_and_no_answers(plain, elsewhere, client, committed):
    elsewhere()
    with committed(), plain.open("rb") as handle:
        answer = client.post("/api/workflows/", {"file": handle})
    told = answer.json()
    assert (answer.status_code, told["workflow"], told["draft"]) == (201, "double", False)
    assert told["note"].startswith("Runs that come with a crate are taken over when the operator")
    assert not Attempt.objects.filter(worker="imported").exists()


def test_the_form_takes_a_crate_too(plain, elsewhere, client, committed):
    elsewhere()
    with committed(), plain.open("rb") as handle:
        answer = client.post("/register", {"file": handle})
    assert (answer.status_code, answer["Location"]) == (302, "/workflows/double/1")


def test_the_command_says_what_was_taken_over(plain, elsewhere, committed):
    [run] = recipe_of(plain)["runs"]
    elsewhere()
    told = StringIO()
    with committed():
        call_command("register", str(plain), stdout=told)
    lines = told.getvalue().splitlines()
    assert lines[0].startswith("double version 1: registered (")
    assert lines[1] == f"  run taken over: {run['address']}"


def test_a_crate_from_another_machine_keeps_its_addresses(plain, elsewhere, ask, monkeypatch):
    [run] = recipe_of(plain)["runs"]
    elsewhere()
    monkeypatch.setattr("executor.adapters.environments.platform.machine", lambda: "aarch64")

    done = register_named(str(plain))

    assert (done.runs, done.note.startswith("They ran with another Python")) == (
        (run["address"],), True,
    )  # fmt: skip


def test_a_product_that_was_left_out_is_made_again_when_asked_for(
    elsewhere, ask, committed, monkeypatch, tmp_path
):
    monkeypatch.setattr("publishing.queries.packing.PRODUCT_BYTES_AT_MOST", 0)
    chains.register_chain()
    address = ask(chains.report(1, 2))["address"]
    small, before = crate_of(address, tmp_path / "small.crate.zip"), facts()
    elsewhere()
    with committed():
        register_named(str(small))
    imported = facts()
    gone = {"counts": chains.counts(1), "table": chains.total(1, 2) | {"output": "table"}}

    assert imported == before
    for name, request in gone.items():
        assert not store.has(Output.objects.filter(name=name).first().product_id)
        assert ask(request)["known"] is False
    assert ask(chains.report(1, 2))["known"] is True
    assert facts() == before
    assert set(Output.objects.filter(name="table").values_list("product__evicted_at")) == {(None,)}


# --- Attacks -----------------------------------------------------------------------------------


def refused(path: Path) -> str:
    """What the command says of a crate; nothing of it may be left."""
    with pytest.raises(CommandError) as caught:
        call_command("register", str(path))
    assert (Version.objects.count(), Run.objects.count(), Product.objects.count()) == (0, 0, 0)
    return str(caught.value)


def test_a_product_with_other_bytes_is_refused(plain, elsewhere):
    elsewhere()
    with zipfile.ZipFile(plain) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    whole["outputs/total.json"] = b"91.0\n"
    with zipfile.ZipFile(plain, "w") as archive:
        for name, data in whole.items():
            archive.writestr(name, data)
    assert refused(plain).startswith("outputs/total.json has not the sha256")


def test_a_product_with_other_bytes_and_a_forged_metadata_is_refused(plain, elsewhere):
    elsewhere()
    told = refused(changed(plain, **{"outputs__total.json": b"91.0\n"}))
    assert told.startswith("outputs/total.json has not the sha256")


def test_a_version_whose_files_were_changed_is_refused(plain, elsewhere):
    elsewhere()
    told = refused(
        changed(plain, **{"workflow__double.ipynb": entries.simple_notebook(body="x=1")})
    )
    assert told.startswith("The crate says that double 1 has the digest")


def test_an_address_that_its_inputs_do_not_give_is_refused(plain, elsewhere):
    recipe = recipe_of(plain)
    recipe["runs"][0]["parameters"]["energy"] = 31.0
    elsewhere()
    told = refused(changed(plain, **{"rerun.json": json.dumps(recipe).encode()}))
    assert told.startswith("The crate says that its runs have the addresses")


def test_an_environment_that_no_machine_has_is_refused(plain, elsewhere):
    recipe = recipe_of(plain)
    recipe["runs"][0]["environment"] = "0" * 64
    elsewhere()
    told = refused(changed(plain, **{"rerun.json": json.dumps(recipe).encode()}))
    assert told.endswith("which its lock does not give on any machine.")


def test_a_composed_request_with_another_input_is_refused(composed, elsewhere):
    request = json.loads(members(composed)["request.json"])
    node = next(item for item in request["nodes"].values() if item["workflow"] == "counts")
    node["parameters"]["level"] = 99
    elsewhere()
    told = refused(changed(composed, **{"request.json": json.dumps(request).encode()}))
    assert "The crate says that its runs have the addresses" in told


@pytest.mark.parametrize(
    "recipe",
    [b"[" * 100_000, b"{}", b"null", b'{"format": "reprise.rerun/1"}',
     b'{"format": "reprise.rerun/2", "steps": [1]}', b'{"format": "reprise.rerun/2", "steps": []}'],
)  # fmt: skip
def test_a_recipe_that_is_none_is_refused_in_words(plain, elsewhere, recipe):
    elsewhere()
    assert "rerun.json" in refused(changed(plain, **{"rerun.json": recipe}))


def test_a_recipe_without_its_run_s_facts_is_refused_in_words(plain, elsewhere):
    recipe = recipe_of(plain)
    del recipe["runs"][0]["seed"]
    elsewhere()
    told = refused(changed(plain, **{"rerun.json": json.dumps(recipe).encode()}))
    assert told == "rerun.json is not as a Reprise writes it: KeyError('seed')."


def test_a_run_without_one_of_its_outputs_is_refused(plain, elsewhere):
    recipe = recipe_of(plain)
    recipe["runs"][0]["products"] = []
    elsewhere()
    told = refused(changed(plain, **{"rerun.json": json.dumps(recipe).encode()}))
    assert told.endswith("lacks total.")


def test_what_a_stranger_sends_never_becomes_a_bundled_entry(plain, elsewhere):
    elsewhere()
    done = register_upload("double.crate.zip", plain.read_bytes())
    assert (done.version.is_bundled, done.version.source) == (False, "upload")
    assert io.BytesIO(plain.read_bytes()).read(2) == b"PK"
