"""Reads of the gallery that more than one caller needs."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, QuerySet

from executor.domain.tabular import UnreadableError, read_table
from executor.models import Output, Run
from executor.queries import is_kept, output_named, scalar
from gallery.domain.compare import Measured, NotThereError
from gallery.domain.paper import Published
from gallery.domain.tables import cell
from gallery.domain.verdict import Verdict
from gallery.errors import UnknownFigureError, UnknownPaperError
from gallery.models import Figure, Paper

if TYPE_CHECKING:
    from astropy.table import Table


def figures() -> QuerySet[Figure]:
    """All figures in the order of the gallery, with what a card shows at hand."""
    outputs = Prefetch("run__outputs", Output.objects.select_related("product"))
    return Figure.objects.select_related("paper", "version__workflow", "run").prefetch_related(
        "checks", outputs
    )


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


def papers() -> QuerySet[Paper]:
    """All papers with the number of their figures."""
    return Paper.objects.annotate(figure_count=Count("figures")).order_by("slug")


def figures_of_run(run: Run) -> QuerySet[Figure]:
    """The figures that this very run judges."""
    return figures().filter(run=run)


def tally(found: QuerySet[Figure]) -> dict[str, int]:
    """How many figures stand at each verdict; ``not judged yet`` for those without a check."""
    counts = {verdict.value: 0 for verdict in Verdict} | {"not judged yet": 0}
    for figure in found:
        check = figure.last_check
        counts[check.verdict if check else "not judged yet"] += 1
    return {name: number for name, number in counts.items() if number}


def picture(figure: Figure) -> Output | None:
    """The output that a card shows as the figure's picture, once its run has finished."""
    if figure.run is None or not figure.picture:
        return None
    return output_named(figure.run, figure.picture)


def held(digests: Collection[str]) -> set[str]:
    """Those of the digests that are products of the runs that figures show."""
    shown = Figure.objects.exclude(run=None).values("run")
    known = Output.objects.filter(run__in=shown).values_list("product", flat=True)
    return set(known) & set(digests)


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
