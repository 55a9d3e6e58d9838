"""Crates of composed runs against Provenance Run Crate 0.5, as roc-validator reads it."""

import json
import zipfile

import pytest

from executor.models import Product, Run
from lib import store
from publishing.queries import finished_run, release_crate, run_crate
from tests.contracts.bundled import figures, frozen
from tests.contracts.crates import CONTRADICTION, issues, issues_on_the_web
from tests.factories import chains

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
PROFILE = "provenance-run-crate-0.5"
# Why exactly these are broken, and only on a disk, tests/contracts/crates.py tells; the last test
# shows that the one rule cannot be kept there without the other.


@pytest.fixture
def crate(client, committed, tmp_path):
    for version in chains.register_chain():
        for person in version.about_json["people"]:
            person["affiliation"] = "Carnegie Institution"
        version.save(update_fields=["about_json"])

    def pack(content):
        with committed():
            answer = client.post("/api/runs/", content, content_type="application/json")
        run = Run.objects.get(address=answer.json()["address"])
        assert (run.state, run.error) == ("finished", "")
        path = tmp_path / "run.crate.zip"
        path.write_bytes(b"".join(run_crate(finished_run(run.address))))
        return path

    return pack


def energy(level):
    return {"workflow": "counts", "parameters": {"level": level}, "output": "energy"}


@pytest.mark.parametrize(
    "profile", [PROFILE, "workflow-run-crate-0.5", "workflow-ro-crate-1.0", "ro-crate-1.1"]
)
def test_a_composed_run_breaks_no_required_rule(crate, profile):
    assert issues(crate(chains.report(1, 2, factor=2.0)), profile) == []


def test_a_composed_run_breaks_no_recommended_rule_that_a_packed_workflow_can_keep(crate):
    path = crate(chains.report(1, 2))

    assert issues(path, PROFILE, level="RECOMMENDED") == CONTRADICTION


def test_a_composed_release_breaks_no_recommended_rule(crate, tmp_path):
    crate(chains.report(1, 2))
    (run,) = Run.objects.filter(version__workflow__slug="report")
    path = tmp_path / "release.crate.zip"
    release = frozen(run, figures("crab-stability")[:1])
    path.write_bytes(b"".join(release_crate(release, "10.5072/reprise.x")))

    assert issues_on_the_web(path, PROFILE) == []
    assert issues(path, PROFILE, level="RECOMMENDED") == CONTRADICTION


def test_numbers_from_other_runs_and_uploads_keep_the_rules_too(crate):
    data = b"n\n5\n"
    upload = Product.objects.create(
        digest=store.put(data), media_type="text/csv", size=len(data), file="höhe 1.csv"
    )
    content = chains.total(1, threshold=energy(3))
    content["parameters"]["tables"].append(upload.digest)

    assert issues(crate(content), PROFILE, level="RECOMMENDED") == CONTRADICTION


def test_products_left_out_keep_the_rules_too(crate, monkeypatch):
    monkeypatch.setattr("publishing.queries.packing.PRODUCT_BYTES_AT_MOST", 0)

    found = issues(crate(chains.report(1, 2)), PROFILE, level="RECOMMENDED")

    # What lies on the web is found there, or not: tests do not ask the web.
    assert [item for item in found if "is not available" not in item] == CONTRADICTION
    assert len(found) > len(CONTRADICTION)


def test_a_main_workflow_on_the_web_would_break_a_required_rule(crate, tmp_path):
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(crate(chains.report(1))) as archive:
        archive.extractall(folder)
    metadata = folder / "ro-crate-metadata.json"
    name = "https://reprise.example.org/request.json"
    metadata.write_text(metadata.read_text().replace('"@id": "request.json"', f'"@id": "{name}"'))
    assert json.loads(metadata.read_text())["@graph"]

    found = issues(folder, PROFILE, level="RECOMMENDED")

    assert [item for item in found if item in CONTRADICTION] == []
    assert [item for item in found if "Main Workflow" in item] == [
        f"workflow-ro-crate-1.0_4.1: Main Workflow {name} not found in crate (-)"
    ]
