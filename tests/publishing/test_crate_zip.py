"""Crates as zip files: the same bytes for the same run, and never a whole file at a time."""

import io
import json
import os
import zipfile
from datetime import timedelta

import pytest

from executor.models import Run
from lib import digest, store
from publishing.adapters import crate_zip
from publishing.errors import LostBytesError, RunNotFinishedError, UnsafeNameError
from publishing.queries import data_facts, finished_run, run_crate
from tests.publishing.factories import (
    ENDED,
    RunFactory,
    VersionFactory,
    add_file,
    add_output,
    notebook_bytes,
)

pytestmark = pytest.mark.django_db


def crate_of(run) -> bytes:
    return b"".join(run_crate(finished_run(run.address)))


def test_the_same_run_gives_the_same_bytes():
    run = RunFactory()
    assert crate_of(run) == crate_of(run)


def test_files_are_dated_by_the_end_of_the_run_and_sorted():
    with zipfile.ZipFile(io.BytesIO(crate_of(RunFactory()))) as archive:
        files = archive.infolist()
    assert {item.date_time for item in files} == {(2026, 3, 1, 12, 0, 2)}
    assert [item.filename for item in files] == [
        "ro-crate-metadata.json", "README.md", "notebook_runner.py", "outputs/executed.ipynb",
        "outputs/half.json", "requirements.lock", "rerun.json", "rerun.py", "ro-crate-preview.html",
        "workflow/LICENSE", "workflow/half.ipynb", "workflow/paper.toml",
    ]  # fmt: skip


def test_the_metadata_declares_its_profiles():
    with zipfile.ZipFile(io.BytesIO(crate_of(RunFactory()))) as archive:
        metadata = json.loads(archive.read("ro-crate-metadata.json"))
    named = {item["@id"]: item for item in metadata["@graph"]}
    assert metadata["@context"] == [
        "https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context",
    ]  # fmt: skip
    assert named["ro-crate-metadata.json"]["conformsTo"] == [
        {"@id": "https://w3id.org/ro/crate/1.1"},
        {"@id": "https://w3id.org/workflowhub/workflow-ro-crate/1.0"},
    ]
    assert named["./"]["conformsTo"] == [
        {"@id": "https://w3id.org/ro/wfrun/process/0.5"},
        {"@id": "https://w3id.org/ro/wfrun/workflow/0.5"},
        {"@id": "https://w3id.org/workflowhub/workflow-ro-crate/1.0"},
    ]


def test_a_large_product_leaves_in_pieces():
    run = RunFactory()
    add_output(run, "big", "big.bin", os.urandom(3 * 1024 * 1024), "application/octet-stream")
    assert max(len(piece) for piece in run_crate(finished_run(run.address))) < 600_000


def test_every_member_has_the_bytes_that_the_metadata_says():
    with zipfile.ZipFile(io.BytesIO(crate_of(RunFactory()))) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
        for item in [entity for entity in graph if "sha256" in entity]:
            data = archive.read(item["@id"])
            assert (digest.of_bytes(data), str(len(data))) == (item["sha256"], item["contentSize"])


def test_a_run_before_1980_is_dated_as_early_as_zip_can():
    run = RunFactory(ended_at=ENDED - timedelta(days=365 * 60))
    with zipfile.ZipFile(io.BytesIO(crate_of(run))) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_hostile_file_name_is_refused_before_a_byte_is_sent():
    version = VersionFactory(files={"half.ipynb": notebook_bytes()})
    add_file(version, "../../evil", b"x")
    with pytest.raises(UnsafeNameError):
        run_crate(finished_run(RunFactory(version=version).address))


def test_bytes_that_the_store_lost_are_named_before_a_byte_is_sent():
    run = RunFactory()
    lost = run.outputs.get(name="half").product_id
    store.local_path(lost).unlink()
    with pytest.raises(LostBytesError, match=lost):
        run_crate(finished_run(run.address))


def test_a_run_that_failed_has_no_crate():
    run = RunFactory(state=Run.States.FAILED)
    with pytest.raises(RunNotFinishedError):
        finished_run(run.address)


def test_data_above_20_megabytes_together_stays_out(monkeypatch):
    monkeypatch.setattr("publishing.queries.packing.DATA_BYTES_AT_MOST", 10)
    version = VersionFactory()
    version.data_json = [
        {"name": name, "sha256": store.put(data), "size": len(data), "url": "https://x.org/a"}
        for name, data in (("a", b"12345"), ("b", b"678901"))
    ]
    assert [item.included for item in data_facts(version.data)] == [False, False]
    assert [item.included for item in data_facts(version.data[:1])] == [True]


def test_the_metadata_of_a_crate_can_be_read_back():
    data = crate_of(RunFactory())
    assert json.loads(crate_zip.read_metadata(io.BytesIO(data)))["@graph"][0]["@id"] == "./"
