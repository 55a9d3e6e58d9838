"""Deposits at a repository: killed at any request, or its answer lost, there is one record."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from executor.models import Run
from lib import store
from publishing.actions import abandon_deposit, draft_release, retry_deposit, take_step
from publishing.actions.stepping import carry_on
from publishing.domain.remote import Stage
from publishing.domain.steps import ENDED, Step
from publishing.errors import (
    BadDepositError,
    ForeignDraftError,
    NotAnsweringError,
    RefusedError,
    TokenError,
)
from publishing.models import Deposit, Release
from publishing.queries.health import stands
from tests.publishing.factories import RunFactory
from tests.publishing.memory_repository import Clock, KilledError, MemoryRepository, kill, lose

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REQUESTS = 16  # of one deposit that nothing happens to


def small_crate(release: Release, doi: str, _concept: str = "") -> list[bytes]:
    """A crate of a few bytes with the DOI inside; the same gives the same."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("ro-crate-metadata.json", "ro-crate-preview.html"):
            archive.writestr(
                zipfile.ZipInfo(name), f"{name} of {release.pk}, https://doi.org/{doi}"
            )
    return [data.getvalue()]


@pytest.fixture(autouse=True)
def _packed_fast(request):
    """Real crates take long to pack; those who want one say so."""
    if "real_crate" in request.fixturenames:
        yield
        return
    with patch("publishing.actions.keeping.release_crate", small_crate):
        yield


@pytest.fixture
def real_crate():
    """Crates are packed as they are."""


@pytest.fixture
def there():
    return MemoryRepository(Clock(NOON))


@pytest.fixture
def time_machine_at():
    """A context in which it is another time."""
    return lambda moment: patch("publishing.actions.asking.timezone.now", return_value=moment)


def intended(run: Run | None = None, **columns) -> Deposit:
    release = draft_release([run or RunFactory()])
    return Deposit.objects.create(release=release, repository="memory", **columns)


def go_on(deposit: Deposit, there: MemoryRepository, *, steps: int = 80) -> Deposit:
    """Take steps as workers would, killed ones replaced, until it has ended."""
    for _ in range(steps):
        try:
            deposit = take_step(deposit.pk, repository=there, now=there.clock.now)
        except KilledError:
            continue
        if deposit.state in ENDED:
            return deposit
        if deposit.next_try_at:
            there.clock.now = max(there.clock.now, deposit.next_try_at)
    raise AssertionError(f"{deposit} does not end: {there.calls}")


def test_a_release_is_published_with_its_doi_inside(there, real_crate):
    deposit = go_on(intended(), there)

    [record] = there.of(Stage.PUBLISHED)
    assert (deposit.state, deposit.doi) == (Step.RESOLVES, record.doi)
    assert deposit.concept_doi == record.concept_doi
    assert [item.name for item in record.files][:2] == [deposit.file_name, "ro-crate-metadata.json"]
    inside = there.contents[record.id, "ro-crate-metadata.json"].decode()
    assert f"https://doi.org/{deposit.doi}" in inside
    assert there.contents[record.id, deposit.file_name] == store.get(deposit.crate)


def test_nothing_is_sent_for_a_deposit_that_has_ended(there):
    deposit = go_on(intended(), there)
    calls = len(there.calls)

    again = take_step(deposit.pk, repository=there, now=there.clock.now + timedelta(days=2))

    assert (again.doi, len(there.calls)) == (deposit.doi, calls)


@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
@pytest.mark.parametrize("happens", [lose, kill])
@pytest.mark.parametrize("is_done", [True, False])
def test_whatever_happens_to_a_request_there_is_one_record(there, number, happens, is_done):
    there.faults = {number: (None, happens) if is_done else (happens, None)}

    deposit = go_on(intended(), there)

    assert deposit.state == Step.RESOLVES
    assert [record.doi for record in there.of(Stage.PUBLISHED)] == [deposit.doi]
    assert (there.of(Stage.DRAFT), there.destroyed) == ([], [])


def test_there_are_as_many_requests_as_these_tests_think(there, real_crate):
    go_on(intended(), there)

    assert len(there.calls) == REQUESTS


def next_of(deposit: Deposit, run: Run | None = None) -> Deposit:
    """A deposit of the next version of what another one deposits."""
    made = intended(run)
    version = {"concept": deposit.release.concept, "number": deposit.release.number + 1}
    Release.objects.filter(pk=made.release_id).update(**version)
    return Deposit.objects.get(pk=made.pk)


def test_a_next_version_has_the_same_concept_and_its_own_doi(there):
    first = go_on(intended(), there)
    second = go_on(next_of(first), there)

    assert second.concept_doi == first.concept_doi
    assert second.remote_parent == first.remote_parent
    assert second.doi != first.doi
    assert [item.key for item in there.of(Stage.PUBLISHED)] == [first.key, second.key]


@pytest.mark.parametrize("number", range(1, REQUESTS + 3))
@pytest.mark.parametrize("happens", [lose, kill])
@pytest.mark.parametrize("is_done", [True, False])
def test_whatever_happens_to_a_request_of_a_next_version(there, number, happens, is_done):
    first = go_on(intended(), there)
    there.calls.clear()
    there.faults = {number: (None, happens) if is_done else (happens, None)}

    second = go_on(next_of(first), there)

    assert [item.doi for item in there.of(Stage.PUBLISHED)] == [first.doi, second.doi]
    assert (there.of(Stage.DRAFT), there.destroyed) == ([], [])


def test_a_next_version_in_which_nothing_changed_is_not_wanted(there):
    first = go_on(intended(), there)
    second = next_of(first, first.release.runs.get())
    there.calls.clear()

    second = go_on(second, there)

    assert (second.state, second.error_id) == (Step.ABANDONED, "publishing:user:unchanged")
    assert f"version 1, which has the DOI {first.doi}" in second.error
    assert there.writes == []


def test_a_next_version_waits_for_the_one_before(there):
    first = intended()
    second = take_step(next_of(first).pk, repository=there, now=NOON)

    assert there.calls == []
    assert second.waits_for == (
        "version 1 of the same release, which is drafted there: it comes first"
    )


def test_a_draft_of_the_next_version_that_is_not_ours_is_not_touched(there):
    first = go_on(intended(), there)
    foreign = there.new_version(first.remote_id)
    there.calls.clear()

    second = go_on(next_of(first), there)

    assert (second.state, second.error_id) == (Step.FAILED, "publishing:user:foreign-draft")
    assert there.writes == []
    assert there.records[foreign.id].metadata == foreign.metadata
    abandon_deposit(second, repository=there)
    assert [item.id for item in there.of(Stage.DRAFT)] == [foreign.id]


def test_bytes_that_were_altered_are_sent_once_more(there):
    there.spoils = {"ro-crate-metadata.json": 1}

    assert go_on(intended(), there).state == Step.RESOLVES


def test_bytes_that_are_altered_again_are_never_published(there):
    deposit = intended()
    there.spoils = {"ro-crate-metadata.json": 2}

    deposit = go_on(deposit, there)

    sent = next(item["md5"] for item in deposit.files_json if item["name"].endswith(".json"))
    kept = there.of(Stage.DRAFT)[0].file("ro-crate-metadata.json").md5
    assert deposit.error_id == "publishing:platform:altered-bytes"
    assert f"with md5 {kept}, and was sent {sent}, twice" in deposit.error
    assert there.of(Stage.PUBLISHED) == []
    retry_deposit(deposit)
    assert go_on(deposit, there).state == Step.RESOLVES


def test_what_the_repository_refuses_stops_it_before_any_file(there):
    there.refuses = {"people.0.orcid": "No such ORCID."}

    deposit = go_on(intended(), there)

    assert deposit.error_id == "publishing:user:refused"
    assert deposit.errors_json == {"people.0.orcid": "No such ORCID."}
    assert "upload" not in there.calls
    there.refuses = {}
    retry_deposit(deposit)
    assert go_on(deposit, there).state == Step.RESOLVES
    assert len(there.records) == 1


def test_a_token_that_does_not_work_waits_for_the_operator(there):
    def refuse():
        raise TokenError("The token is not accepted.")

    there.faults = {2: (refuse, None)}
    deposit = go_on(intended(), there)
    calls = len(there.calls)

    take_step(deposit.pk, repository=there, now=NOON + timedelta(days=9))

    assert (deposit.state, deposit.create_sent_at) == (Step.FAILED, None)
    assert len(there.calls) == calls


def test_a_repository_that_is_away_is_asked_at_growing_pauses(there):
    deposit, pauses = intended(), []
    there.faults = dict.fromkeys(range(1, 9), (lose, None))

    for _ in range(4):
        deposit = take_step(deposit.pk, repository=there, now=there.clock.now)
        pauses.append((deposit.next_try_at - there.clock.now).total_seconds())
        there.clock.now = deposit.next_try_at

    assert pauses == [5, 10, 20, 40]
    assert (deposit.tries, deposit.waits_for) == (4, "No answer came.")


def test_a_doi_that_leads_nowhere_yet_is_looked_up_and_never_minted_anew(there):
    there.resolves_after = 7200

    deposit = intended()
    for _ in range(40):
        deposit = take_step(deposit.pk, repository=there, now=there.clock.now)
    published = (deposit.state, deposit.doi)
    deposit = go_on(deposit, there)

    assert published == (Step.PUBLISHED, deposit.doi)
    assert (deposit.state, there.calls.count("publish")) == (Step.RESOLVES, 1)


def test_a_worker_that_holds_a_deposit_keeps_others_away(there):
    deposit, seen = intended(), []

    def meanwhile():
        seen.append(carry_on(deposit.pk, repository=there, now=NOON).holder)

    there.faults = {3: (meanwhile, None)}
    done = go_on(deposit, there)

    assert [bool(holder) for holder in seen] == [True]
    assert (len(there.records), done.state) == (1, Step.RESOLVES)


def test_who_lost_the_hold_writes_nothing(there):
    deposit = intended()

    def overtaken():
        Deposit.objects.filter(pk=deposit.pk).update(holder="another")

    there.faults = {2: (overtaken, None)}
    with patch.object(there, "find", there.find):
        deposit = take_step(deposit.pk, repository=there, now=NOON)

    assert (deposit.holder, deposit.remote_id, deposit.tries) == ("another", "", 0)
    assert deposit.create_sent_at == NOON  # so whoever holds it now looks before it creates


def test_the_hold_of_a_worker_that_is_gone_ends(there):
    deposit = intended(holder="elsewhere/1/2-3", held_until=datetime(2000, 1, 1, tzinfo=UTC))

    assert go_on(deposit, there).state == Step.RESOLVES


def test_abandoning_deletes_our_own_draft(there):
    deposit = take_step(intended().pk, repository=there, now=NOON)

    deposit = abandon_deposit(deposit, repository=there)

    assert (deposit.state, deposit.doi, there.records) == (Step.ABANDONED, None, {})


def test_a_draft_without_our_key_is_not_deleted(there):
    deposit = take_step(intended().pk, repository=there, now=NOON)
    there.describe(there.records["1"], {"key": "urn:uuid:other"})

    with pytest.raises(ForeignDraftError):
        abandon_deposit(deposit, repository=there)

    assert list(there.records) == ["1"]


def test_a_draft_that_may_have_been_made_is_not_left_behind(there, time_machine_at):
    there.faults = {2: (None, lose)}
    deposit = take_step(intended().pk, repository=there, now=NOON)

    with time_machine_at(NOON), pytest.raises(NotAnsweringError, match="abandon it after 12:15"):
        abandon_deposit(deposit, repository=there)
    there.clock.pass_by(1000)
    with time_machine_at(there.clock.now):
        abandon_deposit(deposit, repository=there)

    assert there.records == {}


def test_what_is_published_is_not_abandoned(there):
    deposit = go_on(intended(), there)

    with pytest.raises(BadDepositError, match="a DOI is for ever"):
        abandon_deposit(deposit, repository=there)

    assert len(there.of(Stage.PUBLISHED)) == 1


def test_a_draft_that_somebody_deleted_is_begun_anew_when_asked(there):
    deposit = take_step(intended().pk, repository=there, now=NOON)
    there.records.clear()
    deposit = go_on(deposit, there)

    why = deposit.error_id
    retry_deposit(deposit)
    again = go_on(deposit, there)

    assert why == "publishing:user:draft-gone"
    assert (again.state, len(there.of(Stage.PUBLISHED))) == (Step.RESOLVES, 1)


def test_a_release_that_was_withdrawn_meanwhile_is_not_published(there):
    deposit = take_step(intended().pk, repository=there, now=NOON)
    Release.objects.update(withdrawn_at=NOON)

    deposit = go_on(deposit, there)

    assert (deposit.error_id, there.of(Stage.PUBLISHED)) == ("publishing:user:withdrawn", [])


def test_settings_that_now_name_another_place_are_noticed_before_anything_is_sent(there):
    deposit = take_step(intended().pk, repository=there, now=NOON)
    there.is_production = True
    there.calls.clear()

    deposit = go_on(deposit, there)

    assert (deposit.error_id, there.calls) == ("publishing:platform:misconfigured", [])


def test_a_record_that_somebody_published_by_hand_is_noted_with_what_is_wrong(there):
    deposit = intended()
    while not deposit.doi:
        deposit = take_step(deposit.pk, repository=there, now=NOON)
    there.upload_foreign(deposit.remote_id)
    there.publish(there.records[deposit.remote_id])

    deposit = go_on(deposit, there)

    assert (deposit.state, deposit.error_id) == (Step.RESOLVES, "publishing:platform:altered-bytes")
    assert deposit.error == "The published files are not those that were packed here."


def test_a_published_record_is_offered_to_its_communities_once(there):
    deposit = intended()
    Release.objects.update(details_json={"communities": {"memory": ["figures", "astro"]}})
    there.faults = {17: (None, lose)}

    go_on(deposit, there)

    assert there.offered == ["1 figures", "1 figures", "1 astro"]


def test_a_community_that_does_not_want_it_is_told_and_holds_up_nothing(there):
    deposit = intended()
    Release.objects.update(details_json={"communities": {"memory": ["figures"]}})

    with patch.object(there, "submit", side_effect=RefusedError("figures is closed.")):
        deposit = go_on(deposit, there)

    assert (deposit.state, deposit.error_id) == (Step.RESOLVES, "publishing:user:not-offered")
    assert deposit.error == "The community figures was not offered the record: figures is closed."
    assert [stand.health.to_do for stand in stands([deposit])] == [
        "Offer the record to the community by hand, on its page there."
    ]


def test_the_crate_that_goes_where_no_doi_is_given_has_that_of_another_repository(there):
    elsewhere = MemoryRepository(Clock(NOON), mints=False, name="registry")
    deposit = intended()
    other = Deposit.objects.create(release=deposit.release, repository="registry")

    early = take_step(other.pk, repository=elsewhere, now=NOON)
    deposit = go_on(deposit, there)
    other = go_on(other, elsewhere)

    assert early.waits_for == "a DOI: deposit the release at a repository that gives one first"
    assert (other.state, other.doi, other.crate) == (Step.RESOLVES, None, deposit.crate)
