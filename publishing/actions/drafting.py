"""Drafting a release: its words, its checklist, and who may change them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.domain.entry import Person
from executor.domain.asker import SERVICE, Asker
from executor.models import Run
from lib import highlights
from publishing.actions.owning import check_open, check_owner, owner_of
from publishing.actions.prefilling import prefilled
from publishing.domain.checklist import Draft, Told, check
from publishing.domain.drafting import Reading, read
from publishing.domain.faults import Fault, faults_of
from publishing.domain.record import Record, details_to_json
from publishing.domain.shown import figure_from_json
from publishing.errors import ChecklistError, DraftError, UnknownReleaseError
from publishing.models import Release
from publishing.queries.choosing import runs_at
from publishing.queries.drafts import seen_of

LICENCE_AT_MOST = 200


def draft_release(
    runs: Sequence[Run],
    *,
    title: str = "",
    description: str = "",
    people: Sequence[Person] | None = None,
    licence: str = "",
) -> Release:
    """Draft a release of some runs; what is not given is taken from the catalogue.

    Raises:
        ChecklistError: there is no run.
    """
    _check_any(runs)
    with transaction.atomic():
        release = Release.objects.create(**words_of(runs[0], title, description, people, licence))
        release.runs.set(runs)
    return release


def draft_from(
    runs: Sequence[Run], *, made_from: str = "runs", asker: Asker = SERVICE,
    changes: Mapping[str, Any] | None = None,
) -> Release:  # fmt: skip
    """Draft a release of some runs for somebody, filled with what the catalogue knows of them.

    Raises:
        ChecklistError: there is no run.
        DraftingClosedError: the asker may not draft releases here.
        DraftError: a change cannot be made; nothing was written.
    """
    owner = owner_of(asker)
    _check_any(runs)
    shown = [figure_from_json(item) for item in highlights.of_runs([run.address for run in runs])]
    record = prefilled(runs, shown)
    found = _read(changes or {}, record, {})
    with transaction.atomic():
        release = Release.objects.create(
            made_from=made_from, owner=owner, options_json=found.options,
            **columns_of(found.record),
        )  # fmt: skip
        release.runs.set(runs)
    return release


def change_draft(release: Release, changes: Any, *, asker: Asker = SERVICE) -> Release:  # noqa: ANN401 -- any JSON
    """Write into a draft what somebody sent: all of it, or nothing.

    Args:
        release: a draft.
        changes: field of the form → what it shall be, as ``publishing.domain.drafting`` reads it.
        asker: who sends it.

    Raises:
        NotYoursError, DraftingClosedError: the asker may not change it.
        FrozenError: it was frozen.
        DraftError: something of it cannot be kept; ``errors`` has a sentence for each field.
    """
    with transaction.atomic():
        held = held_release(release)
        check_owner(held, asker)
        check_open(held)
        found = _read(changes, held.record, held.options_json)
        runs = runs_at(found.runs) if found.runs is not None else None
        for name, value in columns_of(found.record).items():
            setattr(held, name, value)
        held.options_json = found.options
        held.save()
        if runs is not None:
            held.runs.set(runs)
    return held


def delete_draft(release: Release, *, asker: Asker = SERVICE) -> None:
    """Delete a draft for good; raises as ``change_draft``."""
    with transaction.atomic():
        held = held_release(release)
        check_owner(held, asker)
        check_open(held)
        held.delete()
        if not held.concept.releases.exists():
            held.concept.delete()


def held_release(release: Release) -> Release:
    """A release as it is now, which nobody else writes until the transaction ends.

    Raises:
        UnknownReleaseError: it was deleted meanwhile.
    """
    found = Release.objects.select_for_update().filter(pk=release.pk).first()
    if found is None:
        raise UnknownReleaseError(f"The draft {release.pk} was deleted meanwhile.")
    return found


def checklist(release: Release) -> tuple[Told, ...]:
    """What a release must, should and may still have."""
    return check(seen_of(release))


def columns_of(record: Record) -> dict[str, Any]:
    """The columns of a release that says this."""
    return {
        "title": record.title[:300],
        "description": record.description,
        "people_json": [asdict(item) for item in record.contributors],
        "licence": record.licence[:LICENCE_AT_MOST],
        "details_json": details_to_json(record),
    }


def words_of(
    run: Run, title: str, description: str, people: Sequence[Person] | None, licence: str
) -> dict[str, object]:
    """The columns of a release of this run; what is not given is taken from the catalogue."""
    about = run.version.about
    chosen = about.people if people is None else people
    return {
        "title": (" ".join(title.split()) or run.version.title)[:300],
        "description": description or about.abstract,
        "people_json": [asdict(person) for person in chosen],
        "licence": (licence or about.licence)[:LICENCE_AT_MOST],
    }


def _check_any(runs: Sequence[Run]) -> None:
    if not runs:
        draft = Draft(Record("untitled"))
        raise ChecklistError([item for item in check(draft) if item.field == "runs"])


def _read(changes: Any, record: Record, options: Mapping[str, Any]) -> Reading:  # noqa: ANN401 -- any JSON
    """What the changes come to; what they do not touch may wait to be mended."""
    found = read(changes, record, options)
    today = timezone.now().date()
    asked = [item for item in faults_of(found.record, today) if _is_touched(item, found)]
    faults = {item.field: item for item in (*asked, *found.faults)}
    if faults:
        raise refused(faults.values())
    return found


def _is_touched(fault: Fault, found: Reading) -> bool:
    name = fault.field.partition(".")[0]
    return name in found.fields or (name == "licences" and "licence" in found.fields)


def refused(faults: Any) -> DraftError:  # noqa: ANN401 -- faults and findings alike
    """The error that tells faults by field."""
    errors = {item.field: f"{item.what} {item.mend}".strip() for item in faults}
    first = next(iter(errors.values()), "")
    more = f" ({len(errors)} fields need changes.)" if len(errors) > 1 else ""
    return DraftError(f"{first}{more} Nothing was saved.", errors=errors)
