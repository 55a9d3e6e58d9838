"""Figures and papers by their names, with what a page shows of them at hand."""

import json
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from executor.domain.states import State
from executor.models import Output, Run
from executor.queries import output_named
from gallery.domain.tiles import ROW
from gallery.errors import UnknownFigureError, UnknownPaperError
from gallery.models import Check, Figure, Paper


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
    """Figures whose run has no check, or was not asked for; the oldest first."""
    judged = Check.objects.filter(figure=OuterRef("pk"), run=OuterRef("run"))
    return figures().exclude(Exists(judged)).order_by("pk")


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


def figures_of_run(run: Run) -> QuerySet[Figure]:
    """The figures that this very run judges."""
    return figures().filter(run=run)


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


def picture(figure: Figure) -> Output | None:
    """The output that a card shows as the figure's picture, once its run has finished."""
    if figure.run is None or not figure.picture:
        return None
    return output_named(figure.run, figure.picture)


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
