"""Pages of papers: the list with its search, and one paper with its figures."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.domain.tiles import ROW, Light, Tile, tally_of, tiles
from gallery.models import Figure, Paper
from gallery.pages.cards import Card, card, cards
from gallery.pages.rows import Row, rows
from gallery.queries import figures_at, lights, paper_named, papers

PAGE = 50
TEXT_AT_MOST = 200
ROWS_AT_MOST = 60
CARDS_AT_MOST = 48


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table that is a figure of its own, with its compared values."""

    card: Card
    values: list[Row]


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table of the paper whose rows are figures."""

    name: str
    paper: Paper
    rows: list[TableRow]
    count: int
    tally: dict[str, int]

    @property
    def key(self) -> str:
        """What the gallery calls it."""
        return f"{self.paper.slug}/{self.name}"


@require_safe
def paper_list(request: HttpRequest) -> HttpResponse:
    """All papers, or those that have some words."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_AT_MOST]
    page = Paginator(papers(text), PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    tallies = _tallies(shown)
    context = {
        "papers": [(item, tallies[item.pk]) for item in shown],
        "page": page,
        "text": text,
    }
    return render(request, "gallery/papers.html", context)


def _tallies(shown: list[Paper]) -> dict[int, dict[str, int]]:
    verdicts = defaultdict[int, list[str]](list)
    for paper, verdict in Figure.objects.filter(paper__in=shown).values_list("paper", "verdict"):
        verdicts[paper].append(verdict)
    return defaultdict(dict, {pk: tally_of(found) for pk, found in verdicts.items()})


@require_safe
def paper(request: HttpRequest, slug: str) -> HttpResponse:
    """One paper: its figures as pictures, its tables row by row, and how they stand."""
    found = paper_named(slug)
    known = lights(Figure.objects.filter(paper=found))
    whole = [light.pk for light in known if light.kind != ROW]
    tables = [tile for tile in tiles(known) if tile.table] + _single_rows(known)
    rows_shown = [light.pk for tile in tables for light in tile.lights[:ROWS_AT_MOST]]
    shown = {figure.pk: figure for figure in figures_at(whole[:CARDS_AT_MOST] + rows_shown)}
    context = {
        "paper": found,
        "cards": cards(shown[pk] for pk in whole[:CARDS_AT_MOST] if pk in shown),
        "left": max(0, len(whole) - CARDS_AT_MOST),
        "tables": [_table(found, tile, shown) for tile in tables],
        "tally": tally_of(light.verdict for light in known),
        "total": len(known),
        "may_change": bool(found.stated_by) and not found.stated_by.startswith("entry:"),
    }
    return render(request, "gallery/paper.html", context)


def _single_rows(known: list[Light]) -> list[Tile]:
    """Tables of which only one row is here; elsewhere such a row is a card like any other."""
    return [
        Tile(tile.lights, tile.lights[0].table)
        for tile in tiles(known)
        if not tile.table and tile.lights[0].kind == ROW
    ]


def _table(paper: Paper, tile: Tile, shown: Mapping[int, Figure]) -> TablePart:
    found = [shown[light.pk] for light in tile.lights if light.pk in shown]
    return TablePart(
        tile.title, paper, [_row(figure) for figure in found], len(tile.lights),
        tally_of(light.verdict for light in tile.lights),
    )  # fmt: skip


def _row(figure: Figure) -> TableRow:
    check = figure.last_check
    return TableRow(card(figure), rows(check) if check else [])
