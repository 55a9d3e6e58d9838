"""Deposits: killed anywhere and resumed, there is one release with one DOI and one crate."""

import zipfile
from unittest.mock import patch

import pytest

from catalogue.domain.entry import Person
from executor.models import Run
from lib import holds, store
from ontology.domain.findings import Severity
from publishing.actions import (
    checklist,
    deposit_on_shelf,
    draft_release,
    freeze_release,
    release_run,
    resume_deposits,
)
from publishing.domain.steps import Step
from publishing.errors import ChecklistError, LostBytesError
from publishing.models import Deposit, Release
from tests.publishing.factories import ABOUT, RunFactory, VersionFactory

pytestmark = pytest.mark.django_db


class KilledError(BaseException):
    """Stands for a process that is gone: nothing catches it."""


def kill(*_given, **_more):
    raise KilledError


def places_to_die():
    """Before and after each step, and in the midst of packing."""
    return [
        "publishing.actions.depositing.doi_of",
        "publishing.actions.depositing.release_crate",
        "publishing.actions.depositing.store.put_file",
        "publishing.actions.depositing.digest.of_chunks",
    ]


def test_a_release_is_published_with_its_doi_inside_its_crate():
    deposit = release_run(RunFactory())
    with store.open_file(deposit.crate) as handle, zipfile.ZipFile(handle) as archive:
        text = archive.read("ro-crate-metadata.json").decode()
    assert deposit.state == Step.PUBLISHED
    assert deposit.doi == f"10.5072/reprise.{deposit.release_id}"
    assert f'"identifier": "https://doi.org/{deposit.doi}"' in text


def test_what_is_in_a_frozen_release_is_pinned():
    run, other = RunFactory(), RunFactory()
    release = draft_release([run])

    assert not run.outputs.filter(product__is_pinned=True).exists()
    freeze_release(release)

    assert {item.product.is_pinned for item in run.outputs.all()} == {True}
    mine = set(run.outputs.values_list("product", flat=True))
    assert not other.outputs.filter(product__is_pinned=True).exclude(product__in=mine).exists()


def test_a_deposited_crate_is_held():
    deposit = release_run(RunFactory())

    assert holds.held([deposit.crate, "0" * 64]) == {deposit.crate}


@pytest.mark.parametrize("place", places_to_die())
def test_killed_at_a_step_and_asked_again_there_is_one_doi(place):
    run = RunFactory()
    with patch(place, kill), pytest.raises(KilledError):
        release_run(run)
    before = Deposit.objects.get().doi
    deposit = release_run(run)
    assert (Release.objects.count(), Deposit.objects.count()) == (1, 1)
    assert deposit.is_published
    assert before in {None, deposit.doi}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_killed_right_after_a_step_was_written_the_next_takes_over(number):
    run = RunFactory()
    refresh, calls = Deposit.refresh_from_db, []

    def die_at(deposit, *given, **more):
        calls.append(deposit)
        if len(calls) == number:
            raise KilledError
        refresh(deposit, *given, **more)

    with patch.object(Deposit, "refresh_from_db", die_at), pytest.raises(KilledError):
        release_run(run)
    before = Deposit.objects.get()
    deposit = release_run(run)
    assert deposit.doi == before.doi
    assert before.crate in {"", deposit.crate}
    assert (deposit.is_published, Deposit.objects.count()) == (True, 1)


def test_a_crate_packed_twice_has_the_same_bytes():
    run = RunFactory()
    first = release_run(run)
    Deposit.objects.update(crate="", crate_size=0, published_at=None, state=Step.RESERVED)
    assert release_run(run).crate == first.crate


def test_the_same_run_is_released_once():
    run = RunFactory()
    first, second = release_run(run, title="One"), release_run(run, title="Two")
    assert (first.pk, first.doi, second.release.title) == (second.pk, second.doi, "One")


def test_a_crate_that_the_store_did_not_keep_is_packed_anew():
    run = RunFactory()
    other_bytes = patch(
        "publishing.actions.depositing.digest.of_chunks", return_value=("0" * 64, 1)
    )
    with other_bytes, pytest.raises(LostBytesError):
        release_run(run)
    failed = Deposit.objects.get()
    again = release_run(run)
    assert (failed.state, failed.error_id) == (Step.FAILED, "publishing:platform:lost-bytes")
    assert (again.state, again.doi, again.error) == (Step.PUBLISHED, failed.doi, "")


def test_deposits_left_half_way_are_resumed():
    for place in places_to_die():
        with patch(place, kill), pytest.raises(KilledError):
            release_run(RunFactory())
    assert resume_deposits() == 4
    assert set(Deposit.objects.values_list("state", flat=True)) == {Step.PUBLISHED}
    assert resume_deposits() == 0


def test_a_release_takes_people_licence_and_words_from_the_catalogue():
    release = draft_release([RunFactory()])
    assert (release.title, release.licence, release.description) == (
        "Half of an energy", "BSD-3-Clause", "Halves an energy.",
    )  # fmt: skip
    assert [person.name for person in release.people] == ["Vera Rubin", "The Reprise developers"]


def test_what_is_given_comes_before_the_catalogue():
    people = [Person("Jocelyn", "Bell Burnell")]
    release = draft_release([RunFactory()], title="Mine", people=people, licence="CC-BY-4.0")
    assert (release.title, release.people, release.licence) == ("Mine", tuple(people), "CC-BY-4.0")


def test_the_checklist_names_what_is_missing():
    version = VersionFactory(about_json={"title": "x"})
    release = draft_release([RunFactory(version=version, state=Run.States.FAILED)])
    assert [(item.severity, item.id) for item in checklist(release)] == [
        (Severity.MUST, "publishing/people"),
        (Severity.MUST, "publishing/licence"),
        (Severity.MUST, "publishing/finished"),
        (Severity.SHOULD, "publishing/description"),
    ]


def test_a_release_that_misses_something_is_not_frozen_and_leaves_nothing_behind():
    version = VersionFactory(about_json=ABOUT | {"licence": ""})
    with pytest.raises(ChecklistError, match="no licence"):
        release_run(RunFactory(version=version))
    assert (Release.objects.count(), Deposit.objects.count()) == (0, 0)


def test_a_release_of_no_run_is_refused():
    with pytest.raises(ChecklistError, match="It has no run"):
        draft_release([])


def test_runs_of_several_workflows_do_not_fit_one_crate():
    release = draft_release([RunFactory(), RunFactory()])
    with pytest.raises(ChecklistError, match="several versions"):
        deposit_on_shelf(release)


def test_several_runs_of_one_version_share_a_crate():
    version = VersionFactory()
    runs = [RunFactory(version=version) for _ in range(2)]
    deposit = deposit_on_shelf(draft_release(runs))
    with store.open_file(deposit.crate) as handle, zipfile.ZipFile(handle) as archive:
        found = {name for name in archive.namelist() if name.endswith("half.json")}
    assert found == {f"outputs/{run.address[:12]}/half.json" for run in runs}


def test_freezing_twice_keeps_the_first_moment():
    release = draft_release([RunFactory()])
    first = freeze_release(release).frozen_at
    assert freeze_release(Release.objects.get(pk=release.pk)).frozen_at == first


def test_an_unfinished_run_is_not_released():
    with pytest.raises(ChecklistError, match="have not finished"):
        release_run(RunFactory(state=Run.States.RUNNING))


def test_a_trial_of_a_diagnosis_is_not_released():
    run = RunFactory(version__workflow__is_hidden=True)

    with pytest.raises(ChecklistError, match="1 of its runs are trials that a diagnosis made"):
        release_run(run)

    assert (Release.objects.count(), Deposit.objects.count()) == (0, 0)
