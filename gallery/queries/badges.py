"""How figures stand, as badges say it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from catalogue.models import Workflow
from gallery.domain.badge_words import Standing
from gallery.domain.verdict import Verdict
from gallery.models import Check, CheckedProduct, Figure, Paper


def standing(figure: Figure, products: Iterable[str] | None = None) -> Standing:
    """How a figure stands by its newest check, also while a newer run is under way.

    Args:
        figure: the figure.
        products: verdicts on the products of that check, where they are known already.
    """
    check = figure.last_check
    if check is None or not figure.verdict:
        return Standing(figure.title)
    if products is None:
        products = CheckedProduct.objects.filter(part_of=check).values_list("verdict", flat=True)
    said = [str(item["verdict"]) for item in check.comparisons]
    return Standing(
        figure.title, Verdict(check.verdict), check.checked_at.date(),
        tuple(Verdict(name) for name in (*said, *products)),
        *_read_in(figure.values_json, figure.products_json),
    )  # fmt: skip


def standings_of_paper(paper: Paper) -> list[Standing]:
    """How the figures of a paper stand."""
    return _standings(Figure.objects.filter(paper=paper))


def standings_of_workflow(workflow: Workflow) -> list[Standing]:
    """How the figures that a workflow gives again stand."""
    return _standings(Figure.objects.filter(version__workflow=workflow))


def _standings(found: QuerySet[Figure]) -> list[Standing]:
    """How many figures stand; their parts are not told."""
    newest = Check.objects.filter(figure=OuterRef("pk")).values("checked_at")[:1]
    fields = ("title", "verdict", "at", "values_json", "products_json")
    rows = found.order_by().annotate(at=Subquery(newest)).values_list(*fields)
    return [
        Standing(title, Verdict(verdict), at.date(), (), *_read_in(*stated))
        if verdict and at
        else Standing(title)
        for title, verdict, at, *stated in rows
    ]


def _read_in(values: list[dict[str, Any]], products: list[Any]) -> tuple[int, bool]:
    """How many values are read in, and whether nothing else is published."""
    number = sum(value.get("given", False) for value in values)
    return number, bool(values) and number == len(values) and not products
