"""Deposits when things go wrong that nobody wishes for: liars, clocks, locks and bystanders."""

import io
import threading
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone

from publishing.actions import (
    abandon_deposit,
    draft_release,
    new_version,
    resume_deposits,
    retry_deposit,
    take_step,
)
from publishing.actions.budget import BudgetGate
from publishing.actions.holding import holding
from publishing.actions.keeping import pack_files
from publishing.actions.stepping import carry_on
from publishing.adapters.repositories.workflowhub import WorkflowHub
from publishing.domain.health import Urgency
from publishing.domain.inveniordm_answers import faults_of, remote_of
from publishing.domain.remote import ABSENT, Remote, Stage, WantedFile
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind
from publishing.domain.steps import SHELF, Step
from publishing.errors import (
    BadDepositError,
    DraftGoneError,
    LostBytesError,
    MisconfiguredError,
    TokenError,
    WaitForTurnError,
)
from publishing.models import Budget, Deposit, DepositEvent, Release
from publishing.queries.deposits import ASKED, due
from publishing.queries.health import stand_of
from tests.publishing.factories import RunFactory
from tests.publishing.memory_repository import Clock, MemoryRepository, lose
from tests.publishing.test_depositing_remote import NOON, go_on, intended, small_crate

pytestmark = pytest.mark.django_db
ZENODO = RepositorySettings(
    "zenodo", Kind.INVENIORDM, "https://zenodo.org", production=True, prefix="10.5281"
)


@pytest.fixture(autouse=True)
def _packed_fast():
    with patch("publishing.actions.keeping.release_crate", small_crate):
        yield


@pytest.fixture
def there():
    return MemoryRepository(Clock(NOON))


def after(deposit: Deposit) -> Deposit:
    """A deposit of the next version."""
    Release.objects.filter(pk=deposit.release_id).update(frozen_at=NOON)
    release = new_version(Release.objects.get(pk=deposit.release_id))
    release.runs.set([RunFactory()])
    return Deposit.objects.create(release=release, repository="memory")


def until(deposit: Deposit, there: MemoryRepository, state: Step) -> Deposit:
    """Take steps until a state is reached."""
    for _ in range(40):
        deposit = take_step(deposit.pk, repository=there, now=there.clock.now)
        if deposit.state == state:
            return deposit
    raise AssertionError(f"{deposit} never gets {state}: {there.calls}")


class LiarRepository(MemoryRepository):
    """Says that a verb was done, and does nothing; or shows a record otherwise than it is."""

    idle: frozenset[str] = frozenset()

    def drop_file(self, remote, name):
        return self._done("drop_file", remote) or super().drop_file(remote, name)

    def upload(self, remote, file):
        if "upload" not in self.idle:
            return super().upload(remote, file)
        made = MemoryRepository.upload(self, remote, file)
        self._change(remote.id, files=())
        return made

    def reserve(self, remote):
        made = super().reserve(remote)
        if "reserve" in self.idle:
            self._change(remote.id, doi="")
        return made

    def publish(self, remote):
        done = self._done("publish", remote)
        return replace(done, stage=Stage.PUBLISHED) if done else super().publish(remote)

    def _done(self, verb, remote):
        if verb not in self.idle:
            return None
        self.calls.append(verb)
        return self._seen(remote.id)


# A repository that lies


@pytest.mark.parametrize("verb", ["drop_file", "upload", "reserve", "publish"])
def test_what_is_said_and_never_done_is_a_matter_for_people_in_the_end(verb):
    there = LiarRepository(Clock(NOON))
    there.idle = frozenset({verb})
    deposit = until(intended(), there, Step.CREATED)
    there.upload_foreign(deposit.remote_id)

    deposit = go_on(deposit, there, steps=600)

    assert (deposit.state, there.of(Stage.PUBLISHED)) == (Step.FAILED, [])
    assert there.calls.count(verb) < 100


def test_one_call_of_a_worker_ends_though_a_repository_does_nothing_that_it_says():
    there = LiarRepository(Clock(NOON))
    there.idle = frozenset({"upload"})

    deposit = carry_on(intended().pk, repository=there, now=NOON)

    assert deposit.next_try_at > NOON
    assert there.calls.count("upload") < 10


def test_a_published_record_of_another_key_and_doi_is_not_taken_for_ours(there):
    deposit = until(intended(), there, Step.RESERVED)
    there.records["9"] = Remote(Stage.PUBLISHED, "9", "c9", doi="10.5072/other", key="urn:uuid:x")
    Deposit.objects.update(remote_id="9")

    deposit = go_on(deposit, there)

    assert (deposit.error_id, deposit.published_at) == ("publishing:user:foreign-draft", None)
    assert deposit.doi != "10.5072/other"


def test_a_draft_that_was_never_ours_is_not_described_over(there):
    deposit = take_step(intended().pk, repository=there, now=NOON)
    words = {"key": "urn:uuid:x", "title": "Somebody's own"}
    there.records["9"] = Remote(Stage.DRAFT, "9", "c9", key="urn:uuid:x", metadata=words)
    Deposit.objects.filter(pk=deposit.pk).update(remote_id="9", state=Step.DRAFTED)

    deposit = go_on(deposit, there)

    assert deposit.error_id == "publishing:user:foreign-draft"
    assert there.records["9"].metadata == words


def test_our_own_record_is_known_by_its_doi_when_somebody_took_the_key_out(there):
    deposit = until(intended(), there, Step.UPLOADED)
    there.publish(there.records[deposit.remote_id])
    there._change(deposit.remote_id, key="")

    assert go_on(deposit, there).state == Step.RESOLVES


def test_an_answer_to_publishing_does_not_rename_a_draft(there):
    there.records["9"] = Remote(Stage.PUBLISHED, "9", "c9", doi="10.5072/other", key="urn:uuid:x")
    publish = MemoryRepository.publish
    answer = replace(there.records["9"])
    with patch.object(
        MemoryRepository, "publish", lambda self, remote: (publish(self, remote), answer)[1]
    ):
        deposit = go_on(intended(), there)

    assert deposit.doi != "10.5072/other"


def test_words_that_no_database_takes_are_made_plain():
    told = faults_of({"errors": [{"field": "metadata.title", "messages": ["a\ud800b\x00c"]}]})

    assert told == {"title": "abc"}


def test_words_without_end_are_cut():
    errors = [{"field": f"f{number}", "messages": ["x" * 10**5]} for number in range(10**4)]

    told = faults_of({"errors": errors})

    assert sum(map(len, told.values())) < 10**6


def test_an_id_without_end_is_none():
    assert remote_of({"id": "1" * 101}, stage=Stage.DRAFT).id == ""


# Doubts about what was made


def test_a_draft_that_vanishes_while_it_is_published_is_looked_for_before_another_is_made(there):
    """The record is there, but for a while the repository tells nothing of it."""
    there.lag = 600
    deposit = until(intended(), there, Step.UPLOADED)
    there.publish(there.records[deposit.remote_id])
    DepositEvent.objects.create(deposit=deposit, at=NOON, words=ASKED)
    there.made_at[deposit.remote_id] = NOON + timedelta(hours=1)

    with patch.object(MemoryRepository, "look", lambda *_given: ABSENT):
        there.clock.pass_by(3500)
        deposit = take_step(deposit.pk, repository=there, now=there.clock.now)
        with patch("publishing.actions.asking.timezone.now", return_value=there.clock.now):
            retry_deposit(deposit)
        for _ in range(3):
            take_step(deposit.pk, repository=there, now=there.clock.now)
    deposit = go_on(Deposit.objects.get(), there)

    assert (len(there.records), deposit.doi) == (1, "10.5072/memory.1")


def test_a_record_that_is_not_seen_for_a_while_is_not_taken_back(there):
    deposit = until(intended(), there, Step.UPLOADED)
    there.publish(there.records[deposit.remote_id])
    DepositEvent.objects.create(deposit=deposit, at=NOON, words=ASKED)
    there.clock.pass_by(3600)

    with (
        patch.object(MemoryRepository, "look", lambda *_given: ABSENT),
        pytest.raises(BadDepositError, match="a DOI is for ever"),
    ):
        abandon_deposit(deposit, repository=there)


def test_a_next_version_that_vanishes_while_it_is_published_is_looked_for_first(there):
    there.lag = 600
    first = go_on(intended(), there)
    second = until(after(first), there, Step.UPLOADED)
    there.publish(there.records[second.remote_id])
    DepositEvent.objects.create(deposit=second, at=there.clock.now, words=ASKED)
    there.clock.pass_by(3600)
    there.made_at[second.remote_id] = there.clock.now
    Deposit.objects.filter(pk=second.pk).update(
        state=Step.FAILED, error_id=DraftGoneError.id, next_try_at=None
    )

    with patch("publishing.actions.asking.timezone.now", return_value=there.clock.now):
        retry_deposit(Deposit.objects.get(pk=second.pk))
    second = go_on(second, there)

    assert (len(there.records), second.doi) == (2, "10.5072/memory.2")


def test_a_publication_in_doubt_is_waited_for_though_the_record_is_not_to_be_seen(there):
    deposit = until(intended(), there, Step.UPLOADED)
    DepositEvent.objects.create(deposit=deposit, at=NOON, words=ASKED)

    with patch.object(MemoryRepository, "look", lambda *_given: ABSENT):
        deposit = take_step(deposit.pk, repository=there, now=NOON)

    assert (deposit.state, deposit.next_try_at > NOON) == (Step.UPLOADED, True)


def test_a_release_withdrawn_while_it_is_looked_at_is_not_published(there):
    deposit = until(intended(), there, Step.UPLOADED)
    look = MemoryRepository.look

    def withdraw(self, name):
        Release.objects.update(withdrawn_at=NOON)
        return look(self, name)

    with patch.object(MemoryRepository, "look", withdraw):
        deposit = take_step(deposit.pk, repository=there, now=NOON)

    assert (deposit.error_id, there.of(Stage.PUBLISHED)) == ("publishing:user:withdrawn", [])


# Time


def test_a_clock_that_was_set_back_loses_no_deposit():
    later = timezone.now() + timedelta(days=30)
    intended(next_try_at=later)
    intended(holder="elsewhere/1/2-3", held_until=later)

    assert due(timezone.now()).count() == 2


def test_a_rest_until_a_time_that_nobody_asked_for_is_over(there):
    deposit = intended(next_try_at=NOON + timedelta(days=30))

    assert take_step(deposit.pk, repository=there, now=NOON).state == Step.CREATED


def test_a_doubt_of_the_future_begins_anew_and_is_not_looked_into_all_the_time(there):
    deposit = intended(create_sent_at=NOON + timedelta(days=30))

    deposit = go_on(deposit, there)

    assert there.calls.count("find") < 20
    assert (deposit.state, len(there.records)) == (Step.RESOLVES, 1)
    assert there.clock.now < NOON + timedelta(hours=1)


def test_a_budget_of_the_future_is_filled_again():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    clock = Clock(now)
    Budget.objects.create(repository="zenodo", tokens=0.0, filled_at=now + timedelta(days=30))

    BudgetGate(ZENODO, now=lambda: clock.now, sleep=clock.pass_by).take()

    assert clock.now - now < timedelta(seconds=10)


def test_a_pause_that_nobody_can_have_asked_for_is_over():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    clock, later = Clock(now), now + timedelta(days=30)
    Budget.objects.create(repository="zenodo", tokens=0, filled_at=later, closed_until=later)

    BudgetGate(ZENODO, now=lambda: clock.now, sleep=clock.pass_by).take()

    assert clock.now - now < timedelta(seconds=10)


def test_waiting_for_its_turn_is_no_try_in_vain(there):
    deposit = intended()
    full = WaitForTurnError("memory may be sent no more requests for 30 s.", wait=30.0)
    with patch.object(MemoryRepository, "check", side_effect=full):
        for _ in range(100):
            there.clock.pass_by(31)
            deposit = take_step(deposit.pk, repository=there, now=there.clock.now)

    assert (deposit.state, deposit.tries) == (Step.DRAFTED, 0)
    assert deposit.next_try_at == there.clock.now + timedelta(seconds=30)


# Workers


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_does_not_end_the_hold_of_a_long_step(monkeypatch):
    deposit = intended()
    monkeypatch.setattr("publishing.actions.holding.HEARTBEAT", 0.01)
    told, real = threading.Event(), Deposit.objects.filter
    extended = []

    def locked(**given):
        if threading.current_thread() is threading.main_thread():
            return real(**given)
        extended.append(1)
        if len(extended) < 3:
            raise OperationalError("database is locked")
        told.set()
        return real(**given)

    with patch.object(Deposit.objects, "filter", locked), holding(deposit.pk):
        is_extended = told.wait(20)

    assert is_extended


def test_one_release_that_cannot_be_packed_does_not_keep_others_from_going_on():
    first = draft_release([RunFactory()])
    Deposit.objects.create(release=first, repository=SHELF)
    second = intended()
    with (
        patch("publishing.actions.depositing.release_crate", side_effect=OSError("disk full")),
        patch("publishing.actions.depositing.enqueue") as enqueue,
    ):
        done = resume_deposits()

    assert (done, enqueue.call_args.args[1]) == (1, second.pk)


def test_a_crate_that_is_being_packed_for_the_shelf_is_not_packed_by_another_at_once():
    seen = []

    def pack(*_given):
        seen.extend(due(timezone.now()))
        return [b"crate"]

    deposit = Deposit.objects.create(release=draft_release([RunFactory()]), repository=SHELF)
    with patch("publishing.actions.depositing.release_crate", pack):
        resume_deposits()

    deposit.refresh_from_db()
    assert (seen, deposit.state, deposit.holder) == ([], Step.PUBLISHED, "")


# The health page


def test_a_long_upload_is_not_told_as_one_that_nobody_looks_at():
    now = timezone.now()
    long_ago = now - timedelta(hours=2)
    deposit = intended(state=Step.PACKED, created_at=long_ago, packed_at=long_ago,
                       holder="elsewhere/1/2-3", held_until=now + timedelta(minutes=2))  # fmt: skip

    health = stand_of(deposit, now).health

    assert (health.urgency, health.waits_for) == (Urgency.WAITS, "a worker, which is at it")


def test_a_published_record_whose_token_fails_is_not_told_to_lack_its_doi(there):
    deposit = until(intended(), there, Step.PUBLISHED)
    Release.objects.update(details_json={"communities": {"memory": ["figures"]}})
    with patch.object(MemoryRepository, "look", side_effect=TokenError("It expired.")):
        for _ in range(40):
            deposit = take_step(deposit.pk, repository=there, now=there.clock.now)
            there.clock.now = max(there.clock.now, deposit.next_try_at)

    health = stand_of(deposit, there.clock.now).health

    assert "register" not in health.to_do
    assert (health.urgency, health.waits_for) == (Urgency.PEOPLE, "It expired.")


def test_a_registry_that_waits_for_a_doi_says_who_has_to_get_one():
    registry = MemoryRepository(Clock(NOON), mints=False)
    deposit = take_step(intended().pk, repository=registry, now=NOON)

    health = stand_of(deposit, NOON).health

    assert (health.urgency, health.to_do) == (
        Urgency.PEOPLE,
        "Deposit the release at a repository that gives DOIs, unless it is on its way there.",
    )


def test_a_version_that_waits_for_one_that_failed_says_what_to_mend(there):
    first = intended(state=Step.FAILED)
    second = take_step(after(first).pk, repository=there, now=NOON)

    health = stand_of(second, NOON).health

    assert health.urgency is Urgency.PEOPLE
    assert health.to_do == "Mend the deposit of the version before, or abandon it."


def test_a_record_that_was_published_without_our_files_is_told(there):
    deposit = until(intended(), there, Step.PACKED)
    there._change(deposit.remote_id, files=())
    there.publish(there.records[deposit.remote_id])

    deposit = go_on(deposit, there)

    assert deposit.error == "The published files are not those that were packed here."


# Repositories that are taken away


def test_a_draft_at_a_place_that_the_settings_no_longer_name_is_not_taken_for_deleted(there):
    deposit = take_step(intended().pk, repository=there, now=NOON)
    elsewhere = MemoryRepository(Clock(NOON), is_production=True)

    with pytest.raises(MisconfiguredError, match="was a sandbox"):
        abandon_deposit(deposit, repository=elsewhere)

    assert (Deposit.objects.get().state, elsewhere.calls) == (Step.CREATED, [])


def test_a_crate_that_the_store_lost_is_packed_anew_for_a_registry_without_drafts():
    registry = RepositorySettings(
        "hub", Kind.WORKFLOWHUB, "https://workflowhub.eu", production=True, projects=(1,)
    )
    file = WantedFile("x.crate.zip", 1, "0" * 32, "0" * 64)

    with pytest.raises(LostBytesError):
        WorkflowHub(registry, None, lambda: [file]).upload(ABSENT, file)


def test_what_was_never_sent_is_taken_back_though_its_repository_is_no_more():
    deposit = abandon_deposit(intended())

    assert deposit.state == Step.ABANDONED


def test_the_loose_files_of_a_bag_go_there_too(there):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("bagit.txt", "BagIt")
        archive.writestr("data/ro-crate-metadata.json", "{}")
        archive.writestr("data/ro-crate-preview.html", "<p>")
    deposit = intended()
    with patch("publishing.actions.keeping.release_crate", return_value=[data.getvalue()]):
        files = pack_files(deposit, "10.5072/x")

    assert [item.name for item in files] == [
        deposit.file_name, "ro-crate-metadata.json", "ro-crate-preview.html",
    ]  # fmt: skip


def test_a_lost_answer_does_not_count_against_what_was_done(there):
    """What goes wrong once is not told as never done."""
    there.faults = dict.fromkeys((4, 8, 12), (None, lose))

    assert go_on(intended(), there).state == Step.RESOLVES
