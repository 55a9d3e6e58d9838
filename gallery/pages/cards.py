"""Cards: a figure as lists show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from executor.domain.states import State
from executor.models import Output
from gallery.models import Check, Figure
from gallery.pages.rows import Row, rows
from gallery.queries import picture

PENDING = frozenset({State.QUEUED, State.RUNNING})


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
    def rows(self) -> list[Row]:
        """The compared values, for figures that have no picture."""
        return rows(self.check) if self.check and not self.picture else []


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


def progress(shown: list[Card]) -> Progress:
    """How many of some cards are judged; ``running`` has the titles of those at work."""
    busy = [item for item in shown if item.tone == "busy"]
    running = [item.figure.title for item in busy if item.chip == State.RUNNING]
    judged = sum(item.tone != "busy" and item.check is not None for item in shown)
    return Progress(judged, len(shown), running, bool(busy))
