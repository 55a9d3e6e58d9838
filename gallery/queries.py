"""Reads of the gallery that more than one caller needs."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Count,
    Exists,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.functions import Cast

from catalogue.models import Version, VersionTerm, Workflow
from executor.domain.states import State
from executor.domain.tabular import BYTES_AT_MOST, UnreadableError, read_table
from executor.models import Attempt, Output, Run
from executor.queries import is_kept, output_named, scalar
from gallery.domain.compare import Measured, NotThereError
from gallery.domain.facets import NOT_JUDGED, VERDICT, Choice
from gallery.domain.funnel import Judged, Track, track
from gallery.domain.paper import Published
from gallery.domain.tables import cell
from gallery.domain.tiles import ROW, Light, rank, tally_of
from gallery.errors import UnknownFigureError, UnknownPaperError
from gallery.models import Check, CheckedProduct, Facet, Figure, Paper
from ontology.queries import narrower

if TYPE_CHECKING:
    from astropy.table import Table


WORDS = (
    "title", "caption", "source", "place", "paper__title", "paper__journal", "paper__doi",
    "version__title", "version__workflow__slug",
)  # fmt: skip
"""Fields that the words of a search are looked for in, beside authors and facets."""
PENDING = (State.BLOCKED, State.QUEUED, State.RUNNING)


def figures() -> QuerySet[Figure]:
    """All figures in the order of the gallery, with what a card shows at hand.

    Of the checks only the newest is at hand: a figure that is checked every night has hundreds.
    """
    newest = Check.objects.filter(figure=OuterRef("figure")).values("pk")[:1]
    checks = Prefetch("checks", Check.objects.filter(pk=Subquery(newest)), "newest_checks")
    outputs = Prefetch("run__outputs", Output.objects.select_related("product"))
    return Figure.objects.select_related(
        "paper", "version__workflow", "run", "published_picture"
    ).prefetch_related(checks, outputs)


def unjudged() -> QuerySet[Figure]:
    """Figures whose run has no check, or was not asked for."""
    judged = Check.objects.filter(figure=OuterRef("pk"), run=OuterRef("run"))
    return figures().exclude(Exists(judged))


def chosen(choice: Choice) -> QuerySet[Figure]:
    """The figures that a reader wants to see."""
    found = Figure.objects.all()
    for facet, values in choice.values.items():
        found = found.filter(_with(facet, values))
    for word in choice.words:
        found = found.filter(_speaks_of(word))
    if choice.term:
        names = [item.name for item in narrower(choice.term)] or [choice.term]
        found = found.filter(
            version__in=VersionTerm.objects.filter(term__in=names).values("version")
        )
    if choice.table:
        paper, _, table = choice.table.partition("/")
        begins = Q(place=table) | Q(place__startswith=f"{table},")
        found = found.filter(begins, kind=ROW, paper__slug=paper)
    return found


def _with(facet: str, values: Collection[str]) -> Q:
    if facet == VERDICT:
        return Q(verdict__in=["" if value == NOT_JUDGED else value for value in values])
    return Q(Exists(Facet.objects.filter(figure=OuterRef("pk"), name=facet, value__in=values)))


def _speaks_of(word: str) -> Q:
    """Whether a word stands anywhere in what is known of a figure."""
    named = Facet.objects.filter(figure=OuterRef("pk"), value__icontains=word)
    names = Paper.objects.annotate(names=Cast("authors_json", TextField()))
    # SQLite keeps JSON as it was written, with letters beyond ASCII as numbers.
    wrote = names.filter(Q(names__icontains=word) | Q(names__icontains=json.dumps(word)[1:-1]))
    found = Q(Exists(named)) | Q(paper__in=wrote.values("pk"))
    for field in WORDS:
        found |= Q(**{f"{field}__icontains": word})
    return found


def in_order(choice: Choice) -> list[Light]:
    """The wanted figures in the wanted order, each as little as it takes to put it in its place."""
    found = lights(chosen(choice))
    if choice.sort == VERDICT:
        return sorted(found, key=lambda light: rank(light.verdict))
    if choice.sort == "newest":
        return sorted(found, key=lambda light: light.created, reverse=True)
    if choice.sort == "rerun":
        runs = runs_of_workflows()
        return sorted(found, key=lambda light: -runs.get(light.workflow, 0))
    return found


def lights(found: QuerySet[Figure]) -> list[Light]:
    """Some figures in their order, each as little as it takes to put it in its place."""
    rows = found.values_list(
        "pk", "kind", "paper__slug", "place", "verdict", "version__workflow", "created_at"
    )
    return [Light(*row) for row in rows]


def runs_of_workflows() -> dict[int, int]:
    """Key of a workflow → how many different questions it was asked."""
    asked = Run.objects.order_by().values_list("version__workflow")
    return dict(asked.annotate(number=Count("pk")))


def figures_at(pks: Iterable[int]) -> list[Figure]:
    """The figures with these keys, in this order, with what a card shows at hand."""
    wanted = list(pks)
    found = {figure.pk: figure for figure in figures().filter(pk__in=wanted)}
    return [found[pk] for pk in wanted if pk in found]


def first_figures(count: int) -> list[Figure]:
    """A few figures for the first page: those with a picture first, never a row of a table."""
    whole = Figure.objects.exclude(kind=ROW).select_related(None)
    drawn = whole.exclude(picture="").filter(run__state=State.FINISHED)[:count]
    pks = [figure.pk for figure in drawn]
    others = whole.exclude(pk__in=pks)[: count - len(pks)]
    return figures_at([*pks, *(figure.pk for figure in others)])


def facet_counts(choice: Choice) -> dict[str, dict[str, int]]:
    """Facet → value → how many figures have it among those that the other choices leave."""
    rest = Facet.objects.filter(figure__in=chosen(choice)).exclude(name__in=choice.values)
    asked = [rest, *(_counted(choice, name) for name in choice.values if name != VERDICT)]
    counts: dict[str, dict[str, int]] = {}
    for facets in asked:
        rows = facets.order_by("name", "value").values_list("name", "value")
        for name, value, number in rows.annotate(number=Count("pk")):
            counts.setdefault(name, {})[value] = number
    counts[VERDICT] = tally(chosen(choice.without(VERDICT)))
    return counts


def _counted(choice: Choice, name: str) -> QuerySet[Facet]:
    return Facet.objects.filter(name=name, figure__in=chosen(choice.without(name)))


def figure_named(slug: str) -> Figure:
    """The figure of this name.

    Raises:
        UnknownFigureError: there is none.
    """
    figure = figures().filter(slug=slug).first()
    if figure is None:
        raise UnknownFigureError(
            f"There is no figure {slug[:80]!r}: /api/figures/ lists what there is."
        )
    return figure


def paper_named(slug: str) -> Paper:
    """The paper of this name.

    Raises:
        UnknownPaperError: there is none.
    """
    paper = Paper.objects.filter(slug=slug).first()
    if paper is None:
        raise UnknownPaperError(
            f"There is no paper {slug[:80]!r}: /api/papers/ lists what there is."
        )
    return paper


def papers(text: str = "") -> QuerySet[Paper]:
    """Papers that have these words, with the number of their figures; all without words."""
    found = Paper.objects.annotate(
        figure_count=Count("figures"), names=Cast("authors_json", TextField())
    )
    for word in text.split():
        found = found.filter(
            Q(title__icontains=word)
            | Q(names__icontains=word)
            | Q(names__icontains=json.dumps(word)[1:-1])
            | Q(journal__icontains=word)
            | Q(doi__icontains=word)
            | Q(bibcode__icontains=word)
        )
    return found.order_by("slug")


def figures_of_run(run: Run) -> QuerySet[Figure]:
    """The figures that this very run judges."""
    return figures().filter(run=run)


def tally(found: QuerySet[Figure]) -> dict[str, int]:
    """How many figures stand at each verdict; ``not judged yet`` for those without a check."""
    return tally_of(found.order_by().values_list("verdict", flat=True))


def pending(found: QuerySet[Figure]) -> QuerySet[Figure]:
    """Those whose run is under way, or was not asked for yet."""
    return found.filter(Q(run__state__in=PENDING) | Q(run=None, verdict=""))


def tracks() -> tuple[list[Track], list[Track]]:
    """How every listed entry, and every figure, came along the stages of the funnel."""
    listed = Workflow.objects.filter(is_hidden=False)
    versions = Version.objects.filter(workflow__in=listed, is_draft=False)
    declared = _firsts(versions, "workflow", "created_at")
    started = Attempt.objects.exclude(facts_json={})  # written down where the code was started
    installed = _firsts(started, "run__version__workflow", "started_at")
    ended = Run.objects.filter(state=State.FINISHED)
    ran = _firsts(ended, "version__workflow", "ended_at")
    checks = _checks_of()
    entries = [
        track(declared.get(pk), installed.get(pk), ran.get(pk), checks.get(("entry", pk), ()))
        for pk in listed.values_list("pk", flat=True)
    ]
    shown = Figure.objects.filter(version__workflow__in=listed).order_by()
    end = Run.objects.filter(pk=OuterRef("run"), state=State.FINISHED)
    figures = [
        track(made, installed.get(entry), end, checks.get(("figure", pk), ()))
        for pk, entry, made, end in shown.values_list(
            "pk", "version__workflow", "created_at", Subquery(end.values("ended_at"))
        )
    ]
    return entries, figures


def _firsts(rows: QuerySet[Any], key: str, moment: str) -> dict[int, datetime]:
    """Key → the earliest moment of its rows."""
    return dict(rows.order_by().values_list(key).annotate(first=Min(moment)))


def _checks_of() -> dict[tuple[str, int], list[Judged]]:
    """All checks by the figure, and by the entry, that they are about."""
    found: dict[tuple[str, int], list[Judged]] = {}
    rows = Check.objects.order_by().values_list(
        "figure", "figure__version__workflow", "checked_at", "verdict"
    )
    for figure, entry, at, verdict in rows:
        check = Judged(figure, at, verdict)
        for key in (("figure", figure), ("entry", entry)):
            found.setdefault(key, []).append(check)
    return found


def picture(figure: Figure) -> Output | None:
    """The output that a card shows as the figure's picture, once its run has finished."""
    if figure.run is None or not figure.picture:
        return None
    return output_named(figure.run, figure.picture)


def held(digests: Collection[str]) -> set[str]:
    """Those of the digests that figures show or are judged by.

    Products of their runs, published products and pictures, and what checks compared.
    """
    shown = Figure.objects.exclude(run=None).values("run")
    known = set(Output.objects.filter(run__in=shown).values_list("product", flat=True))
    known |= set(Figure.objects.order_by().values_list("published_picture", flat=True))
    claims = Figure.objects.exclude(products_json=[]).values_list("products_json", flat=True)
    known |= {claim["digest"] for some in claims for claim in some}
    checked = CheckedProduct.objects.order_by().values_list("published", "found", "residual")
    known |= {digest for some in checked for digest in some}
    return known & set(digests)


def finder(run: Run) -> Callable[[Published], Measured]:
    """A function that finds in a run what a published value is compared with."""
    tables: dict[str, Table] = {}

    def find(value: Published) -> Measured:
        output = output_named(run, value.output)
        if output is None:
            raise NotThereError(f"The re-run gave no {value.output}.")
        if not is_kept(output.product):
            raise NotThereError(f"The {value.output} was cleared away: make it again.")
        if not value.column:
            return _number(run, output)
        if value.output not in tables:
            tables[value.output] = _table(output)
        return cell(tables[value.output], value.column, value.row)

    return find


def _table(output: Output) -> "Table":
    if output.product.size > BYTES_AT_MOST:
        raise NotThereError(f"{output.file} is too large to be read as a table here.")
    try:
        return read_table(output.product.read(), output.file)
    except UnreadableError as error:
        raise NotThereError(str(error)) from None


def _number(run: Run, output: Output) -> Measured:
    declared = run.interface.output(output.name)
    try:
        found: Any = scalar(output)
    except (ValueError, OSError):
        raise NotThereError(f"The output {output.name} cannot be read as a number.") from None
    if isinstance(found, list | dict):
        raise NotThereError(f"The output {output.name} is no single value.")
    return Measured(found, (declared.unit or "") if declared else "")
