"""Cards: a figure as lists show it, and the rows of a table as one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from executor.domain.states import State
from executor.models import Output, Product
from gallery.adapters.thumbnails import FORMATS
from gallery.domain.tiles import Tile, tally_of
from gallery.models import Check, Figure
from gallery.pages.rows import Row, rows
from gallery.queries import PENDING, figures_at, pending, picture

RUNNING_NAMED = 5
LIGHT = 100_000  # bytes of a picture that a page may show as it is


@dataclass(frozen=True, slots=True)
class Card:
    """A figure with its picture and the state it is in.

    ``tone`` names the look of its chip: ``good``, ``fair``, ``bad``, ``grey`` or ``busy``; the
    chip's words always say the same.
    """

    figure: Figure
    picture: Output | None
    check: Check | None
    tone: str
    chip: str
    sentence: str

    @property
    def shown(self) -> Product | None:
        """The picture to show: the re-run's, or the published one while there is none."""
        return self.picture.product if self.picture else self.figure.published_picture

    @property
    def thumbnail(self) -> str:
        """Where the small picture is; empty without one."""
        return thumbnail_of(self.figure, self.shown) if self.shown else ""

    @property
    def alt(self) -> str:
        """The picture in words."""
        return f"{self.figure.title}. {self.figure.caption}".strip()

    @property
    def rows(self) -> list[Row]:
        """The compared values, for figures that have no picture."""
        return rows(self.check) if self.check and not self.shown else []


@dataclass(frozen=True, slots=True)
class TableCard:
    """The rows of one table that are figures of their own, as one card."""

    title: str
    table: str
    figure: Figure
    tally: dict[str, int]
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the judging has come: how many of how many, and what runs now."""

    judged: int
    total: int
    running: list[str]
    pending: bool


TONES = {
    "identical": "good",
    "within tolerance": "good",
    "same data drawn differently": "fair",
    "different": "bad",
    "failed": "bad",
    "not comparable": "grey",
}


def thumbnail_of(figure: Figure, shown: Product) -> str:
    """Where the small picture of a product is; of what is none to shrink, the product itself."""
    if shown.media_type not in FORMATS:
        return shown.get_absolute_url()
    return f"{figure.get_absolute_url()}/thumbnail/{shown.digest}"


def page_picture(figure: Figure, shown: Product) -> str:
    """What the page of a figure shows of a picture: of a large file, something lighter."""
    small = thumbnail_of(figure, shown)
    is_light = shown.size <= LIGHT or small == shown.get_absolute_url()
    return shown.get_absolute_url() if is_light else f"{small}?large"


def cards(figures: Iterable[Figure]) -> list[Card]:
    """A card for every figure."""
    return [card(figure) for figure in figures]


def card(figure: Figure) -> Card:
    """The card of a figure."""
    check, run = figure.last_check, figure.run
    current = check is not None and run is not None and check.run_id == run.pk
    if check and (current or run is None):
        return Card(
            figure, picture(figure), check, TONES[check.verdict], check.verdict, check.sentence
        )
    if run is None:
        return Card(
            figure,
            None,
            None,
            "busy",
            "waiting for its turn",
            "Its run has not been asked for yet.",
        )
    if run.state in PENDING:
        return Card(
            figure, None, check, "busy", str(run.state), run.stage or "It waits for a free worker."
        )
    if run.state == State.WAITING:
        return Card(figure, None, check, "grey", "data not reachable", run.error)
    return Card(figure, picture(figure), check, "grey", "not judged", run.error)


def tiled(shown: list[Tile]) -> list[Card | TableCard]:
    """A card for every tile, in the same order."""
    found = {figure.pk: figure for figure in figures_at(tile.lights[0].pk for tile in shown)}
    there = [tile for tile in shown if tile.lights[0].pk in found]
    return [_tile(tile, found[tile.lights[0].pk]) for tile in there]


def _tile(tile: Tile, first: Figure) -> Card | TableCard:
    if not tile.table:
        return card(first)
    tally = tally_of(light.verdict for light in tile.lights)
    return TableCard(tile.title, tile.table, first, tally, len(tile.lights))


def progress(found: QuerySet[Figure]) -> Progress:
    """How many of some figures are judged; ``running`` has a few titles of those at work."""
    busy = pending(found).order_by()
    running = busy.filter(run__state=State.RUNNING).values_list("title", flat=True)
    waiting, total = busy.count(), found.count()
    judged = found.exclude(verdict="").exclude(pk__in=busy.values("pk")).count() if waiting else 0
    return Progress(judged, total, list(running[:RUNNING_NAMED]) if waiting else [], waiting > 0)
