"""What the page of a release shows, gathered from its rows."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from catalogue.domain.query import query_again, spelled
from executor.models import Run
from publishing.domain.citation import Cited, bibtex, text
from publishing.domain.credits import licence_address, orcid_of
from publishing.domain.landing import Landing
from publishing.domain.signposting import Link
from publishing.models import Deposit, Release

PROFILE = "https://w3id.org/ro/crate"


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run on the page: what was asked, where and when it ran, and how to ask it again."""

    run: Run
    parameters: tuple[tuple[str, str, str], ...]
    python: str
    packages: tuple[str, ...]
    again: str


def show_run(run: Run) -> ShownRun:
    """A run with its parameters as (name, value, unit)."""
    units = {item.name: item.unit or "" for item in run.interface.parameters}
    last = max(run.attempts.all(), key=lambda item: item.number, default=None)
    facts: dict[str, Any] = last.facts_json if last else {}
    values = {name: spelled(value) for name, value in run.values.items()}
    again = query_again(run.typed, run.values, run.seed)
    return ShownRun(
        run=run,
        parameters=tuple((name, value, units.get(name, "")) for name, value in values.items()),
        python=str(facts.get("python", "")),
        packages=tuple(facts.get("packages") or ()),
        again=f"{run.version.get_absolute_url()}?{again}#run",
    )


def landing_of(release: Release, deposit: Deposit) -> Landing:
    """The facts of the page for machines."""
    service, runs = settings.PUBLIC_URL, list(release.runs.all())
    about = runs[0].version.about
    return Landing(
        service=service,
        page=f"{service}{release.get_absolute_url()}",
        cite_as=deposit.doi_url,
        doi=deposit.doi or "",
        title=release.title,
        description=release.description,
        licence=release.licence,
        people=release.people,
        keywords=about.keywords,
        references=about.references,
        published=release.frozen_at or release.created_at,
        crate=f"{service}/api/releases/{release.pk}/crate/",
        size=deposit.crate_size,
        digest=deposit.crate,
    )


def cited(landing: Landing, release: Release) -> dict[str, str]:
    """The citation as text and as BibTeX."""
    what = Cited(
        key=f"reprise_{release.pk}", title=landing.title, people=landing.people,
        year=landing.published.year, doi=landing.doi, url=landing.cite_as,
    )  # fmt: skip
    return {"text": text(what), "bibtex": bibtex(what)}


def links_of(landing: Landing) -> tuple[Link, ...]:
    """The Signposting links of the page."""
    licence = licence_address(landing.licence)
    people = [orcid_of(person) for person in landing.people if orcid_of(person)]
    return (
        Link("cite-as", landing.cite_as),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Dataset"),
        *(Link("author", orcid) for orcid in people),
        *((Link("license", licence),) if licence else ()),
        Link("describedby", f"{landing.page}/metadata", "application/ld+json", PROFILE),
        Link("describedby", f"{landing.page}/citation", "application/x-bibtex"),
        Link("item", landing.crate, "application/zip", PROFILE),
    )


def linkset_of(landing: Landing) -> Link:
    """Where the same links are as one document."""
    return Link("linkset", f"{landing.page}/linkset", "application/linkset+json")
