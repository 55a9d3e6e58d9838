"""What the landing page of a release shows, gathered from its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from catalogue.domain.query import FIGURE, query_again
from executor.domain.plan_layout import laid_out
from executor.domain.plan_picture import drawn_as_svg
from executor.models import Output, Product, Run
from executor.queries import plan_of
from publishing.domain.credits import licence_address, web_address
from publishing.domain.formats import FORMATS, Described
from publishing.domain.formats.wording import (
    ARCHIVE,
    is_organisation,
    orcid_iri,
    ror_iri,
)
from publishing.domain.landing import Landing, metadata_address
from publishing.domain.lineage import Part, lineage_svg
from publishing.domain.record import AUTHOR, Record
from publishing.domain.shown import ShownFigure
from publishing.domain.steps import DONE, SHELF, Step
from publishing.models import ArchivedSource, Deposit, Release
from publishing.pages.asked import asked, in_order
from publishing.queries.describing import described_release, main_deposit
from publishing.queries.landing import superseded, superseding

FILES_SHOWN = 100
RUNS_DRAWN = 12
FIGURES_WHOLE = 6
PICTURES = frozenset({"image/png", "image/svg+xml", "image/jpeg", "image/webp", "image/gif"})
STATES = {
    Step.PUBLISHED: "registering: published, its DOI does not resolve yet",
    Step.RESOLVES: "published, its DOI resolves",
    Step.FAILED: "not there: the deposit stopped, and its people know why",
}
ON_ITS_WAY = "on its way"


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file on the page: ``page`` is its own landing page, ``href`` its bytes; empty if closed."""

    name: str
    product: Product
    page: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run on the page: what was asked, where and when it ran, and how to ask it again."""

    run: Run
    parameters: tuple[tuple[str, str, str], ...]
    python: str
    packages: tuple[str, ...]
    again: str
    change: str
    figure: ShownFigure | None
    files: tuple[ShownFile, ...]
    more: int
    lineage: SafeString


@dataclass(frozen=True, slots=True)
class ShownFigurePart:
    """A figure as it was judged when the release was frozen; ``picture`` is its address."""

    figure: ShownFigure
    picture: str

    @property
    def checked(self) -> datetime | None:
        """When it was judged."""
        try:
            return datetime.fromisoformat(self.figure.checked)
        except ValueError:
            return None

    @property
    def kind(self) -> str:
        """The verdict as style sheets name it."""
        return self.figure.verdict.replace(" ", "-") or "not-judged"


@dataclass(frozen=True, slots=True)
class ShownDeposit:
    """A deposit on the page: where, how it stands in words, its record and where its DOI leads."""

    repository: str
    deposit: Deposit
    words: str
    record: str
    doi_url: str


def landing_of(release: Release, versions: Sequence[Release]) -> Landing:
    """The page of a release as machines are told of it; closed files are left out."""
    described = described_release(release)
    is_closed = release.withdrawn_at is not None or release.closed_until is not None
    told = replace(described, files=()) if is_closed else described
    earlier, later = superseded(release, versions), superseding(release, versions)
    crate = next((item.url for item in told.files if item.url.endswith("/crate/")), "")
    return Landing(told, crate, _address(later), _address(earlier))


def citations(described: Described) -> list[dict[str, str]]:
    """Every format to copy: its name, its words for people, its text and its address."""
    return [
        {
            "name": name, "label": form.label, "text": form.write(described).rstrip(),
            "href": metadata_address(described.page, name),
        }
        for name, form in FORMATS.items()
    ]  # fmt: skip


def show_figures(figures: Iterable[ShownFigure], runs: Iterable[Run]) -> list[ShownFigurePart]:
    """The figures that a release stands for, with their pictures."""
    pictures = {run.address: _pictures(run) for run in runs}
    return [
        ShownFigurePart(figure, _picture_named(pictures.get(figure.run, ()), figure.picture))
        for figure in figures
    ]


def split(
    figures: Sequence[ShownFigurePart],
) -> tuple[list[ShownFigurePart], list[ShownFigurePart]]:
    """Figures to show whole, the first and each with a picture of its own, and those to list."""
    whole: list[ShownFigurePart] = []
    seen: set[str] = set()
    for item in figures:
        is_new = item.picture not in seen and bool(item.picture)
        if not whole or (is_new and len(whole) < FIGURES_WHOLE):
            whole.append(item)
            seen.add(item.picture)
    return whole, [item for item in figures if item not in whole]


def first_picture(runs: Iterable[Run]) -> Output | None:
    """The picture that stands for runs that no figure is tied to."""
    return next((item for run in runs for item in _pictures(run)), None)


def show_runs(release: Release, runs: Sequence[Run], *, is_closed: bool) -> list[ShownRun]:
    """The runs of a release with their files."""
    figures = {figure.run: figure for figure in release.shown}
    return [
        _run(
            release, run, figures.get(run.address), is_closed=is_closed, is_drawn=place < RUNS_DRAWN
        )
        for place, run in enumerate(runs)
    ]


def show_people(record: Record) -> list[dict[str, Any]]:
    """Everybody in order: name, ORCID, affiliation with its ROR, and roles but that of author."""
    return [
        {
            "name": person.name, "orcid": orcid_iri(person.orcid), "place": person.affiliation,
            "ror": ror_iri(person.ror), "is_author": AUTHOR in person.roles,
            "is_group": is_organisation(person),
            "roles": [role for role in person.roles if role != AUTHOR],
        }
        for person in record.contributors
        if person.name
    ]  # fmt: skip


def show_licences(record: Record) -> list[tuple[str, str, str]]:
    """Part, licence and its address; the whole first, parts that say the same left out."""
    parts = [("Crate as a whole", record.licence), ("Code", record.licences.code),
             ("Data that the runs made", record.licences.data),
             ("Texts", record.licences.text)]  # fmt: skip
    return [
        (part, name, licence_address(name))
        for place, (part, name) in enumerate(parts)
        if name and (place == 0 or name != record.licence)
    ]


def show_archived(runs: Iterable[Run]) -> list[tuple[str, str]]:
    """Where the source of the runs is archived: identifier and address."""
    versions = {run.version_id: run.version for run in runs}
    rows = ArchivedSource.objects.filter(version__in=list(versions))
    return [
        (item.identifier, f"{ARCHIVE}{item.identifier}" if item.scheme == "swhid" else
         web_address(item.identifier))
        for item in rows
    ]  # fmt: skip


def show_deposits(release: Release) -> list[ShownDeposit]:
    """Where the release is, or is to be; drafts that were taken away are nowhere."""
    shown = [item for item in release.deposits.all() if item.state != Step.ABANDONED]
    return [
        ShownDeposit(
            "This service" if item.repository == SHELF else item.repository, item, _words(item),
            web_address(item.remote_url) if item.is_published else "",
            item.doi_url if item.doi and item.is_published else "",
        )
        for item in shown
    ]  # fmt: skip


def is_registering(release: Release) -> bool:
    """Whether the DOI that is cited does not resolve yet."""
    main = main_deposit(release)
    return bool(main and main.state == Step.PUBLISHED and not main.is_test)


def is_pending(release: Release) -> bool:
    """Whether a deposit of it is on its way, so that the page has news soon."""
    over = {Step.RESOLVES, Step.ABANDONED, Step.FAILED}
    return any(
        item.state not in over and not (item.is_published and item.repository == SHELF)
        for item in release.deposits.all()
    )


def _words(deposit: Deposit) -> str:
    if deposit.state in DONE and deposit.is_test:
        return "published; test prefix: not registered with a resolver"
    if deposit.state in DONE and not deposit.doi:
        return "published there"
    return STATES.get(Step(deposit.state), ON_ITS_WAY)


def _address(release: Release | None) -> str:
    return f"{settings.PUBLIC_URL}{release.get_absolute_url()}" if release else ""


def _run(
    release: Release, run: Run, figure: ShownFigure | None, *, is_closed: bool, is_drawn: bool
) -> ShownRun:
    last = max(run.attempts.all(), key=lambda item: item.number, default=None)
    facts: Mapping[str, Any] = last.facts_json if last else {}
    query = query_again(run.typed, run.values, run.seed)
    form, outputs = run.version.get_absolute_url(), in_order(run.outputs.all())
    against = f"{query}&{FIGURE}={figure.slug}" if figure else query
    return ShownRun(
        run=run,
        parameters=tuple(asked(run)),
        python=str(facts.get("python", "")), packages=tuple(facts.get("packages") or ()),
        again=f"{form}?{query}#run", change=f"{form}?{against}#run", figure=figure,
        files=tuple(_file(release, item, is_closed=is_closed) for item in outputs[:FILES_SHOWN]),
        more=max(0, len(outputs) - FILES_SHOWN),
        lineage=_lineage(run, outputs) if is_drawn else SafeString(""),
    )  # fmt: skip


def _file(release: Release, item: Output, *, is_closed: bool) -> ShownFile:
    page = f"{release.get_absolute_url()}/products/{item.product_id}"
    href = "" if is_closed else f"{item.product.get_absolute_url()}?name={item.file}&download"
    return ShownFile(item.file, item.product, page, href)


def _lineage(run: Run, outputs: Sequence[Output]) -> SafeString:
    """Where the products come from: all runs that feed this one, or what a lone run took."""
    title = f"Provenance of {run.version.title}"
    plan = plan_of(run)
    if plan.total > 1:
        return mark_safe(drawn_as_svg(laid_out(plan), title=title, is_asked=True))  # noqa: S308 -- it escapes all texts
    version = run.version
    given = [Part(version.title, f"{version.workflow.slug}, version {version.number}",
                  version.get_absolute_url())]  # fmt: skip
    given += [Part(item.name, "data file, by checksum") for item in version.data]
    changed = f"{len(run.values)} parameter{'' if len(run.values) == 1 else 's'}, seed {run.seed}"
    given.append(Part("Parameters", changed))
    given.append(Part("Environment", f"locked, {run.environment[:12]}"))
    when = f"{run.ended_at:%d %B %Y}" if run.ended_at else str(run.state)
    middle = Part(f"Run {run.address[:12]}", when.lstrip("0"), run.get_absolute_url())
    made = [
        Part(item.file, item.product_id[:12], item.product.get_absolute_url()) for item in outputs
    ]
    return mark_safe(lineage_svg(given, middle, made, title=title))  # noqa: S308 -- it escapes all texts


def _pictures(run: Run) -> list[Output]:
    return [
        item
        for item in run.outputs.all()
        if item.product.media_type in PICTURES and item.product.evicted_at is None
    ]


def _picture_named(pictures: Iterable[Output], name: str) -> str:
    found = (item for item in pictures if not name or item.name == name)
    return next((item.product.get_absolute_url() for item in found), "")
