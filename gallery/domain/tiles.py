"""Tiles: what a list shows one beside the other, a figure each, or all rows of one table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gallery.domain.facets import NOT_JUDGED
from gallery.domain.verdict import ORDER

ROW = "row"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEPS = (*(verdict.value for verdict in ORDER), NOT_JUDGED)


@dataclass(frozen=True, slots=True)
class Light:
    """As much of a figure as is needed to put it in its place.

    Attributes:
        pk: its key.
        kind: ``figure``, ``table``, ``number`` or ``row``.
        paper: the name of its paper.
        place: where it stands in the paper, such as ``Table 1, row of 2003``.
        verdict: of its newest check; empty before the first.
        workflow: key of its workflow.
        created: when it was first stated here.
    """

    pk: int
    kind: str
    paper: str
    place: str
    verdict: str
    workflow: int
    created: datetime = EPOCH

    @property
    def table(self) -> str:
        """The table that a row stands in: ``<paper>/<table>``; empty for anything else."""
        return f"{self.paper}/{table_of(self.place)}" if self.kind == ROW else ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, or the rows of one table.

    Attributes:
        lights: the figures.
        table: ``<paper>/<table>`` for rows of a table; empty for a single figure.
    """

    lights: list[Light] = field(default_factory=list)
    table: str = ""

    @property
    def title(self) -> str:
        """What the table is called."""
        return self.table.partition("/")[2]


def table_of(place: str) -> str:
    """The table that a place names.

    >>> table_of("Table 1, row that begins on 2003-03-15")
    'Table 1'
    """
    return place.partition(",")[0].strip() or "Table"


def tiles(lights: Iterable[Light], *, apart: bool = False) -> list[Tile]:
    """The figures in their order, the rows of one table as one tile where its first row stands.

    Args:
        lights: the figures.
        apart: whether each row is a tile of its own.
    """
    made: list[Tile] = []
    tables: dict[str, Tile] = {}
    for light in lights:
        table = "" if apart else light.table
        if table and table in tables:
            tables[table].lights.append(light)
            continue
        made.append(Tile([light], table))
        if table:
            tables[table] = made[-1]
    # A table with one row is that row.
    return [tile if len(tile.lights) > 1 else Tile(tile.lights) for tile in made]


def tally_of(verdicts: Iterable[str]) -> dict[str, int]:
    """How many stand at each verdict, best first; those without are ``not judged yet``."""
    counts = dict.fromkeys(STEPS, 0)
    for verdict in verdicts:
        counts[verdict or NOT_JUDGED] += 1
    return {name: number for name, number in counts.items() if number}


def rank(verdict: str) -> int:
    """The place of a verdict in a list that begins with the best; what has none comes last."""
    return STEPS.index(verdict or NOT_JUDGED)
