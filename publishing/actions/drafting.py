"""Drafting a release: its words, its checklist, and freezing it."""

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from catalogue.domain.entry import Person
from executor.actions import pin_products
from executor.models import Run
from ontology.domain.findings import Finding, Severity
from publishing.domain.checklist import Draft, check
from publishing.errors import ChecklistError
from publishing.models import Release


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
    if not runs:
        raise ChecklistError(check(Draft(title or "untitled", "", "", (), (), ()))[2:3])
    with transaction.atomic():
        release = Release.objects.create(**words_of(runs[0], title, description, people, licence))
        release.runs.set(runs)
    return release


def checklist(release: Release) -> tuple[Finding, ...]:
    """What a release must, should and may still have."""
    chosen = release.runs.select_related("version__workflow").order_by("pk")
    return check(
        Draft(
            title=release.title,
            description=release.description,
            licence=release.licence,
            people=release.people,
            states=tuple(run.state for run in chosen),
            versions=tuple(run.version.digest for run in chosen),
            trials=sum(run.version.workflow.is_hidden for run in chosen),
        )
    )


def freeze_release(release: Release) -> Release:
    """Freeze a release: from now on it stays as it is; freezing twice changes nothing.

    Raises:
        ChecklistError: it misses something that it must have.
    """
    if release.frozen_at is None:
        faults = [item for item in checklist(release) if item.severity is Severity.MUST]
        if faults:
            raise ChecklistError(faults)
        now = timezone.now()
        Release.objects.filter(pk=release.pk, frozen_at=None).update(frozen_at=now)
        pin_products(release.runs.all())
        release.refresh_from_db(fields=["frozen_at"])
    return release


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
        "licence": (licence or about.licence)[:200],
    }
