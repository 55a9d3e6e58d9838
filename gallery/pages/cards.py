"""Cards: a figure as lists show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from executor.domain.states import State
from executor.models import Output
from gallery.models import Check, Figure
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
        return Card(figure, picture(figure), check, TONES[check.verdict], check.verdict, check.sentence)
    if run is None:
        return Card(figure, None, None, "busy", "waiting for its turn", "Its run has not been asked for yet.")
    if run.state in PENDING:
        return Card(figure, None, check, "busy", str(run.state), run.stage or "It waits for a free worker.")
    if run.state == State.WAITING:
        return Card(figure, None, check, "grey", "data not reachable", run.error)
    return Card(figure, picture(figure), check, "grey", "not judged", run.error)
