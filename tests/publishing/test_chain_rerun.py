"""A composed run runs again from its crate, step by step, with Python alone."""

import io
import json
import zipfile

import pytest

from executor.models import Product, Run
from lib import digest, store
from publishing.queries import finished_run, run_crate
from tests.factories import chains
from tests.publishing.test_rerun import change_recipe, rerun

pytestmark = pytest.mark.django_db


@pytest.fixture
def unpacked(client, committed, tmp_path):
    chains.register_chain()

    def unpack(content):
        folder = tmp_path / "crate"
        with zipfile.ZipFile(io.BytesIO(crate(client, committed, content))) as archive:
            archive.extractall(folder)
        return folder

    return unpack


def crate(client, committed, content):
    with committed():
        answer = client.post("/api/runs/", content, content_type="application/json")
    run = Run.objects.get(address=answer.json()["address"])
    assert (run.state, run.error) == ("finished", "")
    return b"".join(run_crate(finished_run(run.address)))


def results(done):
    """Product without the address of its run → result."""
    lines = done.stdout[done.stdout.index("product") :].splitlines()[2:]
    found = [line.split(maxsplit=3) for line in lines]
    return sorted((f"{slug} {name}", result) for slug, _address, name, result in found)


def energy(level):
    return {"workflow": "counts", "parameters": {"level": level}, "output": "energy"}


def upload(data, name):
    return Product.objects.create(
        digest=store.put(data), media_type="text/csv", size=len(data), file=name
    )


def test_every_step_runs_again_fed_with_what_was_made_before_it(unpacked):
    done = rerun(unpacked(chains.report(1, 2, factor=2.0)))

    assert done.returncode == 0, done.stderr
    assert results(done) == [
        ("counts counts", "identical"), ("counts counts", "identical"),
        ("counts energy", "identical"), ("counts energy", "identical"),
        ("report n", "identical"), ("sum cut", "identical"), ("sum table", "identical"),
        ("sum total", "identical"),
    ]  # fmt: skip


def test_nothing_recorded_feeds_a_step_but_what_was_just_made(unpacked):
    folder = unpacked(chains.report(1, 2))
    for path in folder.glob("outputs/*/*"):
        path.unlink()

    done = rerun(folder, "--set", "level=5")

    assert done.returncode == 1
    made = {json.loads(path.read_text()) for path in folder.glob(".rerun-work/*/outputs/n.json")}
    assert made == {10.0}


def test_an_upload_and_a_number_of_another_run_feed_it_too(unpacked):
    content = chains.total(1, threshold=energy(3))
    content["parameters"]["tables"].append(upload(b"n\n5\n", "mine 1.csv").digest)

    done = rerun(unpacked(content))

    assert (done.returncode, {result for _name, result in results(done)}) == (0, {"identical"})


def test_an_upload_that_was_tampered_with_is_refused(unpacked):
    product = upload(b"n\n5\n", "mine.csv")
    content = {"workflow": "report", "parameters": {"table": product.digest}}
    folder = unpacked(content)
    place = f"inputs/{product.digest[:16]}/mine.csv"
    (folder / place).write_text("n\n6\n")

    done = rerun(folder)

    assert (done.returncode, done.stderr.startswith(f"rerun.py: {place} has not the recorded")) == (
        3, True,
    )  # fmt: skip


def test_a_product_left_out_is_made_again_and_compared_by_its_checksum(unpacked, monkeypatch):
    monkeypatch.setattr("publishing.queries.packing.PRODUCT_BYTES_AT_MOST", 0)
    folder = unpacked(chains.report(7, factor=2.0))

    done = rerun(folder)

    assert (done.returncode, {result for _name, result in results(done)}) == (0, {"identical"})
    assert [path.name for path in sorted(folder.glob("outputs/*/*"))] == [
        "executed.ipynb",
        "n.json",
    ]


def test_a_recipe_that_was_tampered_with_writes_nothing_outside(unpacked):
    folder = unpacked(chains.report(1))
    recipe = json.loads((folder / "rerun.json").read_text())
    recipe["steps"][-1]["links"][0]["to"] = "../../evil.csv"
    change_recipe(folder, **recipe)

    done = rerun(folder)

    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        3, "rerun.py: '..' is no plain file name: this crate is not as it was made.",
    )  # fmt: skip


def test_the_request_in_the_crate_is_the_same_question(unpacked, client, committed):
    folder = unpacked(chains.report(1, 2, factor=2.0))
    content = json.loads((folder / "request.json").read_text())

    with committed():
        answer = client.post("/api/runs/", content, content_type="application/json")

    assert (answer.status_code, answer.json()["known"]) == (200, True)
    assert answer.json()["address"] == content["want"]


def test_every_file_has_its_checksum_and_the_bytes_are_the_same_each_time(client, committed):
    chains.register_chain()
    data = crate(client, committed, chains.report(1, 2))

    assert crate(client, committed, chains.report(1, 2)) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        metadata = json.loads(archive.read("ro-crate-metadata.json"))
        told = {item["@id"]: item["sha256"] for item in metadata["@graph"] if "sha256" in item}
        names = [name for name in archive.namelist() if name != "ro-crate-metadata.json"]
        assert told == {name: digest.of_bytes(archive.read(name)) for name in names}
