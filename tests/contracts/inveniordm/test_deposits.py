"""Our deposits on a real InvenioRDM: the acceptance rows that need no faults."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
import requests
import time_machine
from django.utils import timezone

from publishing.actions import abandon_deposit, begin_deposit, carry_on, draft_release, new_version
from publishing.domain.repositories import read_repositories
from publishing.domain.steps import ENDED, Step
from publishing.models import Deposit, DepositEvent, Release
from tests.publishing.factories import RunFactory

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
NAME = "rdm"
TOML = """
[[repository]]
name = "rdm"
kind = "inveniordm"
url = "{url}"
production = false
prefix = "10.5072"
resolver = "{url}/doi"
token_env = "REPRISE_TEST_TOKEN"
per_minute = 6000
"""


@pytest.fixture
def there(inveniordm, settings, monkeypatch, socket_enabled):
    """The real repository, in our settings; asks it as its owner would."""
    monkeypatch.setenv("REPRISE_TEST_TOKEN", inveniordm["token"])
    monkeypatch.setattr("publishing.actions.asking.enqueue", lambda *_given: None)
    settings.REPOSITORIES = read_repositories(TOML.format(**inveniordm))
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {inveniordm['token']}"

    def ask(method, path, **more):
        return session.request(method, f"{inveniordm['url']}/api{path}", timeout=30, **more)

    return ask


def draft(previous: Release | None = None, **words) -> Release:
    if previous is None:
        return draft_release([RunFactory()], **words)
    release = new_version(previous)
    release.runs.set([RunFactory()])
    return release


def drive(deposit: Deposit) -> Deposit:
    """Carry on until it ends; whoever rests is woken at once."""
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(50):
            deposit = carry_on(deposit.pk)
            if deposit.state in ENDED or deposit.next_try_at is None:
                return deposit
            clock.shift((deposit.next_try_at - timezone.now()).total_seconds() + 0.01)
    raise AssertionError(f"it never ends: {deposit.state}, waits for {deposit.waits_for}")


def publish(release: Release) -> Deposit:
    return drive(begin_deposit(release, NAME))


def drafts_of(there) -> list[str]:
    """Ids of the drafts that somebody left behind."""
    hits = there("GET", "/user/records?size=100").json()["hits"]["hits"]
    return [item["id"] for item in hits if not item["is_published"]]


def content(there, deposit: Deposit, name: str) -> bytes:
    return there("GET", f"/records/{deposit.remote_id}/files/{name}/content").content


def doi_inside(crate: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(crate)) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    return str(next(item for item in graph if item["@id"] == "./")["identifier"])


def test_row_1_a_release_becomes_one_record_with_its_doi_inside(there):
    before = there("GET", "/records?size=1").json()["hits"]["total"]
    deposit = publish(draft())

    record = there("GET", f"/records/{deposit.remote_id}").json()
    entries = {key: item["checksum"] for key, item in record["files"]["entries"].items()}
    assert (deposit.state, deposit.error) == (Step.RESOLVES, "")
    assert record["pids"]["doi"]["identifier"] == deposit.doi
    assert record["parent"]["pids"]["doi"]["identifier"] == deposit.concept_doi
    assert entries == {item["name"]: f"md5:{item['md5']}" for item in deposit.files_json}
    assert doi_inside(content(there, deposit, deposit.file_name)).endswith(str(deposit.doi))
    assert there("GET", "/records?size=1").json()["hits"]["total"] == before + 1
    assert drafts_of(there) == []


def test_row_2_asked_again_nothing_is_written(there):
    deposit = publish(draft())
    told = DepositEvent.objects.count()

    again = publish(deposit.release)

    assert (again.pk, again.doi) == (deposit.pk, deposit.doi)
    assert DepositEvent.objects.exclude(method__in=["", "GET", "HEAD"]).count() <= told
    assert DepositEvent.objects.count() == told


def test_row_8_a_committed_file_is_never_sent_again(there):
    deposit = publish(draft())
    sent = deposit.events.filter(method="PUT", path__endswith="/content")

    assert sent.count() == len(deposit.files_json)


def test_row_10_the_doi_that_was_reserved_is_the_one_that_is_published(there):
    deposit = publish(draft())

    reserved = deposit.events.filter(method="POST", path__endswith="/pids/doi").count()
    published = there("GET", f"/records/{deposit.remote_id}").json()["pids"]["doi"]["identifier"]
    assert (reserved, published) == (1, deposit.doi)


def test_row_13_a_new_version_shares_the_concept(there):
    first = publish(draft())
    second = publish(draft(first.release))
    assert (second.state, second.error) == (Step.RESOLVES, "")

    latest = there("GET", f"/records/{first.remote_id}/versions/latest", allow_redirects=False)
    assert second.concept_doi == first.concept_doi
    assert second.doi != first.doi
    assert latest.headers["Location"].endswith(f"/records/{second.remote_id}")


def test_row_14_a_new_version_with_nothing_new_leaves_no_draft(there):
    first = publish(draft())
    again = new_version(first.release)
    total = there("GET", "/user/records?size=1").json()["hits"]["total"]

    with pytest.raises(Exception, match=r".") as told:
        publish(again)

    assert getattr(told.value, "id", "") == "publishing:user:unchanged"
    assert there("GET", "/user/records?size=1").json()["hits"]["total"] == total
    assert drafts_of(there) == []


def test_row_15_somebody_elses_draft_of_the_next_version_is_left_alone(there):
    first = publish(draft())
    foreign = there("POST", f"/records/{first.remote_id}/versions").json()["id"]

    second = publish(draft(first.release))

    assert (second.state, second.error_id) == (Step.FAILED, "publishing:user:foreign-draft")
    assert there("GET", f"/records/{foreign}/draft").status_code == 200
    assert there("DELETE", f"/records/{foreign}/draft").status_code == 204


def test_row_18_a_token_that_does_not_work_is_told_and_tried_no_more(there, monkeypatch):
    monkeypatch.setenv("REPRISE_TEST_TOKEN", "not-a-token-at-all")

    deposit = publish(draft())

    told = repr(list(deposit.events.values())) + repr(vars(deposit))
    assert deposit.error_id == "publishing:platform:token"
    assert "not-a-token-at-all" not in told


def test_row_20_a_failed_release_is_abandoned_with_its_own_draft_alone(there, settings):
    right = settings.REPOSITORIES
    other = there("POST", "/records", json={"metadata": {"title": "Somebody's"}}).json()["id"]
    settings.REPOSITORIES = tuple(replace(item, prefix="10.5281") for item in right)
    deposit = publish(draft())
    assert (deposit.state, deposit.error_id) == (Step.FAILED, "publishing:platform:misconfigured")
    settings.REPOSITORIES = right

    abandoned = abandon_deposit(deposit)

    assert abandoned.state == Step.ABANDONED
    assert drafts_of(there) == [other]
    assert there("DELETE", f"/records/{other}/draft").status_code == 204
