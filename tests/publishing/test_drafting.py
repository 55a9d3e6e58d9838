"""Drafting: what a draft begins with, who may change it, freezing, versions, withdrawing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executor.domain.asker import Asker
from executor.models import Product, Run, RunInput
from lib import highlights, store
from publishing.actions import (
    change_draft,
    checklist,
    delete_draft,
    deposit_on_shelf,
    draft_from,
    freeze_draft,
    new_version,
    release_run,
    withdraw_release,
)
from publishing.actions.freezing import read_products
from publishing.errors import (
    BeingReadError,
    ChecklistError,
    DraftError,
    DraftingClosedError,
    FrozenError,
    NotYoursError,
)
from publishing.models import Concept, Release
from tests.publishing.factories import ABOUT, RunFactory, VersionFactory, add_output

pytestmark = pytest.mark.django_db
VERA, OTHER = Asker(name="account:vera"), Asker(name="account:other")
ANYBODY = Asker(name="anonymous:0123")
FIGURE = {
    "run": "", "slug": "spectrum", "title": "A spectrum", "url": "https://x/figures/spectrum",
    "paper": {"title": "On halves", "short": "Rubin 1978", "doi": "10.1000/halves", "arxiv": "",
              "bibcode": "", "url": "https://x/papers/halves"},
    "place": "Figure 3", "caption": "", "picture": "", "doi": "", "verdict": "identical",
    "words": "All the same.", "checked": "2026-11-20T00:00:00+00:00",
    "values": [{"label": "half", "published": "12.5", "found": "12.5", "unit": "keV",
                "outcome": "identical"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _told(monkeypatch):
    """Nothing is told of runs unless a test says so."""
    monkeypatch.setattr(highlights, "_added", {})


def tells(figures):
    highlights.add("test", lambda addresses: [
        figure for figure in figures if figure["run"] in addresses
    ])  # fmt: skip


def draft(asker=VERA, **run):
    return draft_from([RunFactory(**run)], asker=asker)


def ids(release, severity="must"):
    return [item.id for item in checklist(release) if item.severity == severity]


def test_a_draft_takes_what_the_catalogue_knows():
    release = draft()

    record = release.record
    assert (record.title, record.description, record.licence) == (
        "Half of an energy", "Halves an energy.", "BSD-3-Clause",
    )  # fmt: skip
    assert record.licences.code == "BSD-3-Clause"
    assert [person.name for person in record.creators] == ["Vera Rubin", "The Reprise developers"]
    assert record.keywords == ("energy", "halves")
    assert [work.identifier for work in record.related] == ["10.1051/0004-6361/202037850"]
    assert (release.owner, release.frozen_at, ids(release)) == ("account:vera", None, [])


def test_a_draft_of_a_figure_says_so_in_its_title():
    run = RunFactory()
    tells([FIGURE | {"run": run.address}])

    release = draft_from([run], made_from="figure", asker=VERA)

    assert release.title == "A spectrum (Rubin 1978, Figure 3), run again"


def test_some_write_the_ror_of_their_place_as_its_name():
    people = [
        {"given": "A", "family": "B", "orcid": "", "affiliation": "https://ror.org/01ggx4157"}
    ]
    release = draft(version=VersionFactory(about_json=ABOUT | {"people": people}))

    (person,) = release.record.contributors
    assert (person.affiliation, person.ror) == ("", "https://ror.org/01ggx4157")


def test_what_is_sent_is_put_in_and_spelled_as_registers_spell_it():
    release = change_draft(
        draft(),
        {
            "title": " Mine ", "licence": "cc-by-4.0",
            "people": [{"family": "Rubin", "orcid": "0000-0002-1825-0097", "ror": "01ggx4157",
                        "roles": ["author", "DataCurator"]}],
            "related": [{"identifier": "https://doi.org/10.1000/XY", "relation": "Cites"},
                        {"identifier": "arXiv:2002.12895"}],
            "options": {"wheels": True},
        },
        asker=VERA,
    )  # fmt: skip

    record = release.record
    (person,) = record.contributors
    assert (record.title, record.licence) == ("Mine", "CC-BY-4.0")
    assert (person.orcid, person.ror) == (
        "https://orcid.org/0000-0002-1825-0097", "https://ror.org/01ggx4157",
    )  # fmt: skip
    assert [(work.scheme, work.identifier, work.relation) for work in record.related] == [
        ("doi", "10.1000/XY", "Cites"), ("arxiv", "2002.12895", "References"),
    ]  # fmt: skip
    assert release.options_json == {"wheels": True, "bagit": False, "ro_crate": "1.1"}


def test_one_fault_and_nothing_is_saved():
    release = draft()
    with pytest.raises(DraftError) as refused:
        change_draft(release, {"title": "New", "people": [{"orcid": "x"}]}, asker=VERA)

    release.refresh_from_db()
    assert release.title == "Half of an energy"
    assert set(refused.value.errors) == {"people.0.orcid", "people.0.family"}


def test_what_is_not_touched_may_wait_to_be_mended():
    people = [{"given": "A", "family": "B", "orcid": "0000-0002-1825-0098", "affiliation": ""}]
    release = draft(version=VersionFactory(about_json=ABOUT | {"people": people}))

    assert change_draft(release, {"title": "New"}, asker=VERA).title == "New"
    assert ids(release) == ["publishing/orcid-checksum"]


def test_runs_can_be_chosen_anew_but_only_those_that_there_are():
    release, other = draft(), RunFactory()
    change_draft(release, {"runs": [other.address.upper()]}, asker=VERA)

    with pytest.raises(DraftError, match="No run has the address"):
        change_draft(release, {"runs": ["0" * 64]}, asker=VERA)
    assert list(release.runs.all()) == [other]


def test_a_draft_is_its_owners_alone():
    release = draft()
    for verb in (
        lambda who: change_draft(release, {"title": "Stolen"}, asker=who),
        lambda who: freeze_draft(release, asker=who),
        lambda who: delete_draft(release, asker=who),
        lambda who: withdraw_release(release, "I like to.", asker=who),
        lambda who: new_version(release, asker=who),
    ):
        for who in (OTHER, ANYBODY):
            with pytest.raises(NotYoursError):
                verb(who)
    assert Release.objects.get().title == "Half of an energy"


def test_on_a_service_of_one_machine_a_draft_without_an_account_is_anybodys():
    release = draft(asker=ANYBODY)

    assert release.owner == ""
    assert change_draft(release, {"title": "New"}, asker=Asker(name="anonymous:9")).title == "New"


def test_on_a_service_for_all_a_draft_without_an_account_is_of_the_host_that_sent_it(settings):
    settings.LOOPBACK = False
    release = draft(asker=ANYBODY)

    assert release.owner == "anonymous:0123"
    with pytest.raises(NotYoursError):
        change_draft(release, {"title": "New"}, asker=Asker(name="anonymous:9"))


def test_what_was_released_with_one_click_is_nobodys_to_withdraw_there(settings):
    settings.LOOPBACK = False
    release = release_run(RunFactory()).release

    with pytest.raises(NotYoursError):
        withdraw_release(release, "I like to.", asker=ANYBODY)


def test_a_closed_service_takes_drafts_from_accounts_alone(settings):
    settings.REGISTRATION = "closed"
    with pytest.raises(DraftingClosedError):
        draft(asker=ANYBODY)

    assert draft().owner == "account:vera"


def test_freezing_writes_down_what_the_runs_stand_for():
    run = RunFactory()
    tells([FIGURE | {"run": run.address}])
    release = freeze_draft(draft_from([run], asker=VERA), asker=VERA)
    tells([FIGURE | {"run": run.address, "verdict": "different"}])

    again = freeze_draft(Release.objects.get(), asker=VERA)

    (figure,) = again.shown
    assert (figure.verdict, figure.values[0].found) == ("identical", "12.5")
    assert again.frozen_at == release.frozen_at
    assert {item.product.is_pinned for item in run.outputs.all()} == {True}


def test_a_frozen_release_stays_as_it_is():
    release = freeze_draft(draft(), asker=VERA)
    for verb in (lambda: change_draft(release, {"title": "x"}, asker=VERA),
                 lambda: delete_draft(release, asker=VERA)):  # fmt: skip
        with pytest.raises(FrozenError):
            verb()
    assert Release.objects.get().title == "Half of an energy"


def test_what_must_be_mended_keeps_it_from_freezing_and_is_told_by_field():
    people = [{"given": "A", "family": "B", "orcid": "0000-0002-1825-0098", "affiliation": ""}]
    about = ABOUT | {"people": people, "licence": ""}
    release = draft(version=VersionFactory(about_json=about))
    with pytest.raises(DraftError) as refused:
        freeze_draft(release, asker=VERA)

    assert set(refused.value.errors) == {"people.0.orcid", "licence"}
    assert Release.objects.get().frozen_at is None


def test_a_product_that_was_cleared_away_is_told():
    release = draft()
    Product.objects.filter(outputs__name="half").update(evicted_at=timezone.now())

    assert ids(release) == ["publishing/evicted"]


def test_bytes_that_are_gone_or_cut_short_are_told_without_reading_them():
    run = RunFactory()
    release = draft_from([run], asker=VERA)
    product = run.outputs.get(name="half").product
    store.local_path(product.pk).write_bytes(b"12")

    assert ids(release) == ["publishing/lost-bytes"]
    store.remove(product.pk)
    assert ids(release) == ["publishing/lost-bytes"]


def altered(run):
    """As many bytes as there were, and others."""
    product = run.outputs.get(name="half").product
    store.local_path(product.pk).write_bytes(b"21.5\n")


def test_bytes_that_fail_their_digest_are_found_when_it_is_frozen():
    run = RunFactory()
    release = draft_from([run], asker=VERA)
    altered(run)

    assert ids(release) == []
    with pytest.raises(DraftError, match="half was cleared away"):
        freeze_draft(release, asker=VERA)
    assert Release.objects.get().frozen_at is None


def test_a_run_whose_bytes_fail_their_digest_is_not_released_with_one_click():
    run = RunFactory()
    altered(run)
    with pytest.raises(ChecklistError, match="half was cleared away"):
        release_run(run)

    assert Release.objects.count() == 0


def test_large_products_are_read_by_a_worker_before_it_is_frozen(monkeypatch, committed):
    monkeypatch.setattr("publishing.actions.freezing.READ_AT_ONCE", 3)
    release = draft()
    with committed(), pytest.raises(BeingReadError):
        freeze_draft(release, asker=VERA)

    read_products(release.pk)
    assert freeze_draft(release, asker=VERA).frozen_at is not None


def test_what_feeds_another_run_of_the_release_may_be_of_another_version():
    first, second = RunFactory(), RunFactory()
    RunInput.objects.create(run=second, name="from", source=first, output="half")
    release = draft_from([second, first], asker=VERA)
    stranger = RunFactory()

    assert ids(release) == []
    release.runs.add(stranger)
    assert ids(release) == ["publishing/one-workflow"]


def test_a_run_in_somebody_elses_draft_is_told():
    run = RunFactory()
    draft_from([run], asker=OTHER)
    mine = draft_from([run], asker=VERA)

    assert ids(mine, "should") == ["publishing/elsewhere"]
    freeze_draft(Release.objects.get(owner="account:other"), asker=OTHER)
    assert ids(mine, "should") == []


def test_the_next_version_copies_the_record_and_there_is_one_open_draft():
    first = draft()
    deposit_on_shelf(freeze_draft(first, asker=VERA))
    second, again = new_version(first, asker=VERA), new_version(first, asker=VERA)

    assert second.pk == again.pk
    assert (second.number, second.concept_id, second.frozen_at) == (2, first.concept_id, None)
    assert (second.record, list(second.runs.all())) == (first.record, list(first.runs.all()))
    assert ids(second) == ["publishing/unchanged"]
    change_draft(second, {"title": "Mended"}, asker=VERA)
    third = new_version(freeze_draft(second, asker=VERA), asker=VERA)
    assert third.number == 3


def test_a_draft_has_no_next_version():
    with pytest.raises(FrozenError, match="change it as it is"):
        new_version(draft(), asker=VERA)


def test_the_embargo_of_a_version_is_not_that_of_the_next():
    day = (timezone.now() + timedelta(days=30)).date().isoformat()
    said = {"embargo": day, "embargo_reason": "The paper first."}
    release = freeze_draft(change_draft(draft(), said, asker=VERA), asker=VERA)

    assert new_version(release, asker=VERA).record.embargo is None


def test_withdrawing_keeps_words_doi_and_crate_and_the_first_reason():
    release = freeze_draft(draft(), asker=VERA)
    deposit = deposit_on_shelf(release)
    gone = withdraw_release(release, "The calibration was wrong.", asker=VERA)
    again = withdraw_release(gone, "Another reason.", asker=VERA)
    deposit.refresh_from_db()

    assert again.withdrawn_reason == "The calibration was wrong."
    assert (again.title, deposit.is_published) == ("Half of an energy", True)
    assert deposit.doi == f"10.5072/reprise.{release.pk}"


@pytest.mark.parametrize("reason", ["", " \n", None, 7, ["x"], "x" * 1001, "\u202egnorw"])
def test_a_withdrawal_says_why(reason):
    release = freeze_draft(draft(), asker=VERA)
    with pytest.raises(DraftError) as refused:
        withdraw_release(release, reason, asker=VERA)

    assert set(refused.value.errors) == {"reason"}
    assert Release.objects.get().withdrawn_at is None


def test_a_draft_is_deleted_not_withdrawn():
    release = draft()
    with pytest.raises(FrozenError, match="delete it"):
        withdraw_release(release, "Never mind.", asker=VERA)
    delete_draft(release, asker=VERA)

    assert (Release.objects.count(), Concept.objects.count(), Run.objects.count()) == (0, 0, 1)


def test_the_concept_stays_when_the_draft_of_a_next_version_is_deleted():
    first = freeze_draft(draft(), asker=VERA)
    delete_draft(new_version(first, asker=VERA), asker=VERA)

    assert [item.pk for item in Release.objects.all()] == [first.pk]


def test_the_checklist_asks_as_many_questions_for_many_runs(django_assert_max_num_queries):
    version = VersionFactory()
    runs = [RunFactory(version=version) for _ in range(12)]
    for run in runs:
        add_output(run, "more", "more.json", run.address.encode(), "application/json")
    release = draft_from(runs, asker=VERA)

    with django_assert_max_num_queries(8):
        assert ids(release) == []
