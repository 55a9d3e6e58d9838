"""Our crates against Workflow Run Crate 0.5, as roc-validator reads it."""

from pathlib import Path
from urllib.parse import quote

import pytest

from executor.models import Run
from lib import digest, store
from publishing.actions import release_run
from publishing.queries import finished_run, run_crate
from tests.contracts.crates import CONTRADICTION, assert_valid, issues, issues_on_the_web
from tests.publishing.factories import RunFactory, VersionFactory, add_output

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


def crate_file(run: Run, folder: Path) -> Path:
    path = folder / "run.crate.zip"
    path.write_bytes(b"".join(run_crate(finished_run(run.address))))
    return path


def data_item(data: bytes, name: str, *, keep: bool) -> dict[str, object]:
    found = store.put(data) if keep else digest.of_bytes(data)
    url = f"https://data.example.org/{quote(name)}?version=1"
    return {
        "name": name,
        "sha256": found,
        "size": len(data),
        "url": url,
        "licence": "CC0-1.0",
        "cite": "X",
    }


def test_a_crate_of_a_run_breaks_no_required_rule(tmp_path):
    assert_valid(crate_file(RunFactory(), tmp_path))


@pytest.mark.parametrize("keep", [True, False])
def test_a_crate_with_data_inside_or_on_the_web_breaks_no_required_rule(tmp_path, keep):
    version = VersionFactory(data_json=[data_item(b"123", "a b.fits", keep=keep)])
    assert_valid(crate_file(RunFactory(version=version), tmp_path))


@pytest.mark.parametrize(
    "profile", ["ro-crate-1.1", "workflow-ro-crate-1.0", "process-run-crate-0.5"]
)
def test_a_crate_keeps_the_profiles_it_is_built_on(tmp_path, profile):
    assert_valid(crate_file(RunFactory(), tmp_path), profile)


def test_a_deposited_crate_breaks_no_required_rule(tmp_path):
    path = tmp_path / "release.crate.zip"
    store.copy(release_run(RunFactory()).crate, path)
    assert_valid(path)


def test_a_crate_with_names_that_need_escaping_breaks_no_required_rule(tmp_path):
    run = RunFactory()
    add_output(run, "other", "höhe & <breite> 50%.txt", b"x", "text/plain")
    assert_valid(crate_file(run, tmp_path))


def test_a_crate_without_people_or_licence_still_breaks_no_required_rule(tmp_path):
    version = VersionFactory(about_json={})
    assert_valid(crate_file(RunFactory(version=version), tmp_path))


def test_a_crate_breaks_no_recommended_rule(tmp_path):
    path = crate_file(RunFactory(), tmp_path)
    assert issues_on_the_web(path) == []
    assert issues(path, level="RECOMMENDED") == CONTRADICTION


def test_the_validator_does_find_faults(tmp_path):
    (tmp_path / "ro-crate-metadata.json").write_text(
        '{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": []}'
    )
    assert issues(tmp_path) != []
