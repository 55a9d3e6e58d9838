"""The twenty acceptance rows and their extras, against a repository on loopback."""

import hashlib
from datetime import date, timedelta

import pytest

from lib import store
from publishing.actions import abandon_deposit, begin_deposit, retry_deposit, take_step
from publishing.actions.budget import BudgetGate
from publishing.actions.opening import open_repository
from publishing.domain.record import details_to_json
from publishing.domain.remote import WantedFile
from publishing.domain.steps import Step
from publishing.errors import BadDepositError, UnchangedError
from publishing.models import Deposit, Release
from tests.publishing.repositories.fake_records import RDM_JSON
from tests.publishing.repositories.fake_words import VOCABULARIES
from tests.publishing.repositories.faults import Fault, Kind
from tests.publishing.repositories.lab import (
    NAME,
    doi_inside,
    draft,
    faults_in,
    run_killed,
    run_struck,
    secrets_told,
)
from tests.publishing.repositories.test_fake_inveniordm import Client

PUBLISH = r"POST .*/actions/publish$"
CREATE = r"POST /api/records$"


def publications(lab):
    return lab.served.count("POST", "/actions/publish")


def uploads(lab, deposit):
    """How often the bytes of each file were sent."""
    names = [item["name"] for item in deposit.files_json]
    return {name: lab.served.count("PUT", f"/files/{name}/content") for name in names}


def error(deposit):
    return deposit.state, deposit.error_id


def test_row_1_a_new_release_is_published_with_its_doi_inside(lab):
    deposit = lab.publish(draft())
    files = Client(lab.served)("GET", f"/records/{deposit.remote_id}/files").json()["entries"]
    crate = Client(lab.served)(
        "GET", f"/records/{deposit.remote_id}/files/{deposit.file_name}/content"
    )
    assert faults_in(lab, deposit) == []
    assert len(files) == 3
    assert {item["key"]: item["checksum"] for item in files} == {
        item["name"]: f"md5:{item['md5']}" for item in deposit.files_json
    }
    assert doi_inside(crate.content) == f"https://doi.org/{deposit.doi}"
    assert deposit.concept_doi == f"10.5281/zenodo.{deposit.remote_parent}"


def test_row_2_asked_again_nothing_is_sent_and_the_doi_is_the_same(lab):
    release = draft()
    first = lab.publish(release)
    lab.strike()
    again = lab.publish(release)
    assert (again.pk, again.doi, lab.served.log) == (first.pk, first.doi, [])


def test_row_4_a_draft_whose_answer_was_lost_is_adopted_by_its_key(lab):
    lab.served.fake.index.lag = 30
    deposit = run_struck(lab, draft(), Fault(Kind.AFTER, where=CREATE))
    assert faults_in(lab, deposit) == []
    assert lab.served.count("POST", "/api/records") == 1


def test_row_5_a_publication_that_was_done_behind_a_504_is_not_asked_for_again(lab):
    deposit = run_struck(lab, draft(), Fault(Kind.DONE_504, where=PUBLISH))
    assert faults_in(lab, deposit) == []
    assert publications(lab) == 1


def test_row_6_a_publication_that_was_not_done_is_asked_for_again_on_the_same_draft(lab):
    deposit = run_struck(lab, draft(), Fault(Kind.UNDONE_504, where=PUBLISH))
    assert faults_in(lab, deposit) == []
    assert publications(lab) == 2
    assert lab.served.count("POST", "/api/records") == 1


def test_row_6_a_publication_that_comes_late_is_waited_for(lab):
    deposit = run_struck(lab, draft(), Fault(Kind.LATE_504, where=PUBLISH))
    assert faults_in(lab, deposit) == []
    assert publications(lab) == 1


def test_row_7_of_an_upload_that_was_cut_only_that_file_is_sent_again(lab):
    where = r"PUT .*/ro-crate-metadata.json/content$"
    deposit = run_struck(lab, draft(), Fault(Kind.HALF_BODY, where=where))
    assert faults_in(lab, deposit) == []
    assert uploads(lab, deposit) == {
        deposit.file_name: 1, "ro-crate-metadata.json": 2, "ro-crate-preview.html": 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.AFTER, Kind.DONE_504, Kind.DONE_500])
def test_row_8_a_committed_file_is_never_sent_again(lab, kind):
    deposit = run_struck(lab, draft(), Fault(kind, where=r"POST .*/commit$"))
    assert faults_in(lab, deposit) == []
    assert set(uploads(lab, deposit).values()) == {1}


@pytest.mark.parametrize("kind", [Kind.ALTERED, Kind.TRUNCATED])
def test_row_9_a_file_that_was_altered_once_is_replaced(lab, kind):
    deposit = run_struck(lab, draft(), Fault(kind))
    assert faults_in(lab, deposit) == []
    assert sorted(uploads(lab, deposit).values()) == [1, 1, 2]


def test_row_9_a_file_that_is_altered_always_is_not_published_and_both_sums_are_told(lab):
    release = draft()
    deposit = run_struck(lab, release, Fault(Kind.ALTERED, times=99))
    sent = deposit.files_json[0]
    kept = Client(lab.served)("GET", f"/records/{deposit.remote_id}/draft/files").json()["entries"]
    assert error(deposit) == (Step.FAILED, "publishing:platform:altered-bytes")
    assert [sum_ in deposit.error for sum_ in (sent["md5"], kept[0]["checksum"][4:])] == [True] * 2
    assert uploads(lab, deposit)[deposit.file_name] == 2
    assert lab.served.fake.published == []

    lab.served.plan.set()
    assert faults_in(lab, lab.drive(retry_deposit(deposit))) == []


def test_row_10_describing_a_draft_anew_keeps_its_doi(lab):
    deposit = lab.begin(draft())
    while deposit.state != Step.RESERVED:
        deposit = take_step(deposit.pk)
    before = deposit.doi
    lab.strike()
    deposit = lab.drive(retry_deposit(deposit))
    assert lab.served.count("PUT", f"/{deposit.remote_id}/draft") == 1
    assert deposit.doi == before
    assert faults_in(lab, deposit) == []


def test_row_11_metadata_that_are_not_accepted_stop_before_any_file(lab):
    lab.served.fake.picky = [("metadata.title", "Too plain."), ("metadata.creators", "Too few.")]
    deposit = lab.publish(draft())
    assert error(deposit) == (Step.FAILED, "publishing:user:refused")
    assert deposit.errors_json == {"title": "Too plain.", "people": "Too few."}
    assert [
        item.target for item in lab.served.log if "files" in item.target and item.is_write
    ] == []

    lab.served.fake.picky = []
    assert faults_in(lab, lab.drive(retry_deposit(deposit))) == []


def test_row_12_a_word_that_the_repository_does_not_know_is_told_by_its_field(lab, monkeypatch):
    monkeypatch.setitem(VOCABULARIES, "licenses", set())
    deposit = lab.publish(draft())
    assert error(deposit) == (Step.FAILED, "publishing:user:refused")
    assert list(deposit.errors_json) == ["licence"]
    assert lab.served.fake.rows == {}


def wanted(name, data):
    return WantedFile(name, len(data), hashlib.md5(data).hexdigest(), store.put(data))  # noqa: S324 -- the repository's own checksum


def test_row_13_unchanged_files_of_a_next_version_are_taken_over(lab):
    first = lab.publish(draft())
    there = open_repository(NAME)
    made = there.new_version(first.remote_id)
    unchanged = [WantedFile(**item) for item in first.files_json[1:]]
    lab.strike()
    for file in (*unchanged, wanted(first.file_name, b"another crate")):
        made = there.upload(there.look(made.id), file)
    assert lab.served.count("PUT", "/content") == 1
    assert {item.name: item.md5 for item in made.files} == {
        first.file_name: hashlib.md5(b"another crate").hexdigest(),  # noqa: S324 -- as above
        **{item.name: item.md5 for item in unchanged},
    }


def test_row_13_a_next_version_has_a_doi_of_its_own_and_the_same_concept(lab):
    first = lab.publish(draft())
    second = lab.publish(draft(first.release))
    assert faults_in(lab, first, second) == []
    assert second.doi != first.doi
    assert second.concept_doi == first.concept_doi


def test_row_13_the_date_of_a_next_version_is_ours(lab):
    first = lab.publish(draft())
    release = draft(first.release)
    deposit = lab.begin(release)
    lab.push(timedelta(days=3).total_seconds())
    deposit = lab.drive(deposit)
    record = lab.served.fake.rows[deposit.remote_id].record
    assert record.metadata["publication_date"] == "2026-11-21"


def test_row_14_a_next_version_that_is_the_same_is_not_made(lab):
    first = lab.publish(draft())
    release = draft(first.release)
    release.runs.set(first.release.runs.all())
    lab.strike()
    with pytest.raises(UnchangedError):
        lab.begin(release)
    assert (lab.served.log, lab.served.fake.drafts()) == ([], [])


def test_row_15_the_draft_of_somebody_else_stops_it_and_stays_untouched(lab):
    first = lab.publish(draft())
    theirs = Client(lab.served)("POST", f"/records/{first.remote_id}/versions").json()
    lab.strike()
    deposit = lab.publish(draft(first.release))
    now = Client(lab.served)("GET", f"/records/{theirs['id']}/draft").json()
    assert error(deposit) == (Step.FAILED, "publishing:user:foreign-draft")
    assert (now["revision_id"], lab.served.writes()) == (theirs["revision_id"], [])

    Client(lab.served)("DELETE", f"/records/{theirs['id']}/draft")
    assert faults_in(lab, first, lab.drive(retry_deposit(deposit))) == []


@pytest.mark.parametrize(("kind", "seconds"), [(Kind.WAIT_429, 30), (Kind.RESET_429, 45)])
def test_row_17_a_pause_that_the_repository_asks_for_is_kept(lab, kind, seconds):
    deposit = run_struck(lab, draft(), Fault(kind, at=5, seconds=seconds))
    struck, following = lab.served.log[4:6]
    assert faults_in(lab, deposit) == []
    assert seconds - 1 <= following.at - struck.at <= seconds + 15


def test_row_17_a_retry_after_of_a_success_means_nothing(lab):
    deposit = run_struck(lab, draft(), Fault(Kind.RETRY_AFTER_200, at=1, times=1))
    assert faults_in(lab, deposit) == []
    assert lab.served.log[-1].at - lab.served.log[0].at < 30


def test_row_17_no_more_is_sent_than_the_repository_takes(lab, monkeypatch):
    monkeypatch.setitem(BudgetGate.__init__.__kwdefaults__, "sleep", lab.push)
    lab.configure(per_minute=20)
    lab.served.fake.per_minute = 40
    deposit = lab.publish(draft())
    assert faults_in(lab, deposit) == []
    assert 429 not in {item.status for item in lab.served.log}


@pytest.mark.parametrize("status", [401, 403])
def test_row_18_a_bad_token_is_not_tried_twice_and_told_nowhere(lab, monkeypatch, status):
    monkeypatch.setenv("REPRISE_TEST_TOKEN", "wrong-and-secret")
    monkeypatch.setattr("tests.publishing.repositories.lab.TOKEN", "wrong-and-secret")
    lab.served.fake.bad_token, lab.served.fake.tells_tokens = status, True
    deposit = lab.publish(draft())
    assert error(deposit) == (Step.FAILED, "publishing:platform:token")
    assert len(lab.served.log) == 1
    assert secrets_told(lab, deposit) == []


def test_row_19_a_doi_that_resolves_late_is_waited_for_and_never_minted_again(lab):
    lab.served.fake.resolver.delay = 7200
    begun = lab.now()
    deposit = lab.drive(lab.begin(draft()), until=begun + timedelta(hours=1))
    assert (deposit.state, deposit.error) == (Step.PUBLISHED, "")
    assert "DOI" in deposit.waits_for

    deposit = lab.drive(deposit)
    assert faults_in(lab, deposit) == []
    assert timedelta(hours=2) <= deposit.resolved_at - begun < timedelta(hours=3)
    assert publications(lab) == 1


def test_row_19_in_an_outage_of_the_resolver_it_stays_published(lab):
    lab.served.fake.resolver.is_out = True
    deposit = lab.drive(lab.begin(draft()), until=lab.now() + timedelta(days=3))
    assert (deposit.state, publications(lab)) == (Step.PUBLISHED, 1)


def test_row_20_only_our_own_draft_is_deleted(lab):
    other = Client(lab.served).draft()
    lab.served.fake.picky = [("metadata.title", "Too plain.")]
    deposit = abandon_deposit(lab.publish(draft()))
    assert deposit.state == Step.ABANDONED
    assert [row.id for row in lab.served.fake.drafts()] == [other]


def test_row_20_a_draft_that_became_somebody_elses_is_not_deleted(lab):
    lab.served.fake.picky = [("metadata.title", "Too plain.")]
    deposit = lab.publish(draft())
    lab.served.fake.rows[deposit.remote_id].draft.metadata["identifiers"] = []
    with pytest.raises(Exception, match="does not carry our key"):
        abandon_deposit(deposit)
    assert [row.id for row in lab.served.fake.drafts()] == [deposit.remote_id]


def test_row_20_a_deposit_that_was_taken_back_can_begin_anew(lab):
    release = draft()
    lab.served.fake.picky = [("metadata.title", "Too plain.")]
    abandon_deposit(lab.publish(release))
    lab.served.fake.picky = []
    assert faults_in(lab, lab.publish(release)) == []


def test_row_20_dois_of_another_prefix_are_refused_before_anything_is_written(lab):
    lab.publish(draft())
    lab.configure(prefix="10.5072")
    lab.strike()
    deposit = lab.publish(draft())
    assert error(deposit) == (Step.FAILED, "publishing:platform:misconfigured")
    assert lab.served.writes() == []


def test_row_20_of_an_empty_repository_the_prefix_is_seen_before_any_file_is_sent(lab):
    lab.configure(prefix="10.5072")
    deposit = lab.publish(draft())
    assert error(deposit) == (Step.FAILED, "publishing:platform:misconfigured")
    assert lab.served.count("PUT", "/content") == 0
    assert abandon_deposit(deposit).state == Step.ABANDONED
    assert lab.served.fake.drafts() == []


def test_row_20_the_prefix_is_seen_too_when_the_answer_that_told_it_was_lost(lab):
    lab.configure(prefix="10.5072")
    deposit = run_struck(lab, draft(), Fault(Kind.AFTER, where=r"POST .*/pids/doi$"))
    assert error(deposit) == (Step.FAILED, "publishing:platform:misconfigured")
    assert lab.served.count("PUT", "/content") == 0


# Extras


def test_a_record_that_was_deleted_there_is_not_published_again(lab):
    release = draft()
    deposit = lab.begin(release)
    while deposit.state != Step.PUBLISHED:
        deposit = take_step(deposit.pk)
    lab.served.fake.delete(deposit.remote_id)
    lab.strike()
    lab.drive(deposit, until=lab.now() + timedelta(hours=1))
    assert lab.served.writes() == []


def test_a_draft_that_was_deleted_there_is_made_anew_when_somebody_asks(lab):
    deposit = lab.begin(draft())
    while deposit.state != Step.PACKED:
        deposit = take_step(deposit.pk)
    Client(lab.served)("DELETE", f"/records/{deposit.remote_id}/draft")
    deposit = lab.drive(deposit)
    assert error(deposit) == (Step.FAILED, "publishing:user:draft-gone")
    assert faults_in(lab, lab.drive(retry_deposit(deposit))) == []


def test_over_the_quota_it_stops_and_goes_on_when_there_is_room(lab):
    lab.served.fake.quota = 4
    deposit = lab.publish(draft())
    assert error(deposit) == (Step.FAILED, "publishing:user:refused")
    assert lab.served.fake.published == []

    lab.served.fake.quota = 10**9
    assert faults_in(lab, lab.drive(retry_deposit(deposit))) == []


def test_more_than_fifty_gigabytes_are_refused_before_anything_is_sent(lab):
    release = draft()
    product = release.runs.get().outputs.first().product
    type(product).objects.filter(pk=product.pk).update(size=51 * 10**9)
    with pytest.raises(BadDepositError) as caught:
        begin_deposit(release, NAME)
    assert list(caught.value.errors) == ["runs"]
    assert (lab.served.log, Deposit.objects.count()) == ([], 0)


def test_an_embargo_that_ended_meanwhile_is_told_by_its_field(lab):
    release = draft()
    details = details_to_json(release.record) | {"embargo": "2026-12-01", "embargo_reason": "x"}
    Release.objects.filter(pk=release.pk).update(details_json=details)
    release.refresh_from_db()
    deposit = lab.begin(release)
    lab.push(timedelta(days=30).total_seconds())
    deposit = lab.drive(deposit)
    assert release.record.embargo == date(2026, 12, 1)
    assert error(deposit) == (Step.FAILED, "publishing:user:refused")
    assert list(deposit.errors_json) == ["embargo"]


def test_a_community_is_asked_after_publication(lab):
    release = draft()
    details = details_to_json(release.record) | {"communities": {NAME: ["astronomy"]}}
    Release.objects.filter(pk=release.pk).update(details_json=details)
    release.refresh_from_db()
    deposit = lab.publish(release)
    assert faults_in(lab, deposit) == []
    assert lab.served.fake.rows[deposit.remote_id].parent.waiting == ["astronomy"]


def test_a_record_is_read_in_the_shape_of_inveniordm(lab):
    deposit = lab.publish(draft())
    found = Client(lab.served)(
        "GET", f"/records/{deposit.remote_id}", headers={"Accept": RDM_JSON}
    ).json()
    keys = [item["identifier"] for item in found["metadata"]["identifiers"]]
    assert deposit.key in keys


def test_a_worker_that_is_gone_tells_no_secret(lab):
    deposit = run_killed(lab, draft(), 9, after=True)
    assert secrets_told(lab, deposit) == []
