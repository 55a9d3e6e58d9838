"""What a badge says: what became of a figure, or of all figures of a paper or workflow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gallery.domain.badge import Badge
from gallery.domain.verdict import Verdict, worst

TONES = {
    Verdict.IDENTICAL: "good", Verdict.WITHIN_TOLERANCE: "good",
    Verdict.DRAWN_DIFFERENTLY: "fair", Verdict.DIFFERENT: "bad", Verdict.FAILED: "bad",
    Verdict.NOT_COMPARABLE: "grey",
}  # fmt: skip
GOOD = (Verdict.IDENTICAL, Verdict.WITHIN_TOLERANCE)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a figure stands.

    Attributes:
        title: of the figure.
        verdict: of its newest check; None before the first.
        checked: day of that check, UTC.
        parts: the verdict on each published value and product.
        read_in: how many of them the workflow read in instead of computing them.
        is_read_in: whether it computed none of them.
    """

    title: str
    verdict: Verdict | None = None
    checked: date | None = None
    parts: tuple[Verdict, ...] = ()
    read_in: int = 0
    is_read_in: bool = False


def of_figure(figure: Standing) -> Badge:
    """The badge of one figure.

    >>> of_figure(Standing("F", Verdict.IDENTICAL, date(2026, 11, 20))).message
    'reproduced 2026-11-20'
    """
    if figure.verdict is None or figure.checked is None:
        return Badge("not judged yet", "grey", figure.title)
    words = f"{_verb(figure)} {figure.checked.isoformat()}{_counted(figure)}"
    return Badge(words, TONES[figure.verdict], figure.title)


def of_figures(title: str, figures: Sequence[Standing]) -> Badge:
    """The badge of a paper or workflow; its date is that of the check longest ago."""
    judged = [item for item in figures if item.verdict and item.checked]
    days = [item.checked for item in judged if item.checked]
    if not days:
        words = "not judged yet" if figures else "no published values"
        return Badge(words, "grey", title)
    good = sum(item.verdict in GOOD for item in judged)
    found = worst([item.verdict for item in judged if item.verdict])
    verb = "reproduced" if good == len(figures) else "judged"
    told = f"{verb} {min(days).isoformat()}, {good} of {_many(len(figures), 'result')}"
    words = f"{told} within tolerance{_read_in(sum(item.is_read_in for item in figures))}"
    tone = TONES[found] if len(judged) == len(figures) or TONES[found] == "bad" else "grey"
    return Badge(words, tone, title)


def _verb(figure: Standing) -> str:
    if figure.verdict in GOOD:
        return "read in and carried through" if figure.is_read_in else "reproduced"
    if figure.verdict is Verdict.FAILED:
        return "re-run failed"
    return str(figure.verdict and figure.verdict.value)


def _counted(figure: Standing) -> str:
    total = len(figure.parts)
    if not total or figure.verdict in (Verdict.FAILED, Verdict.NOT_COMPARABLE):
        return ""
    read_in = "" if figure.is_read_in else _read_in(figure.read_in)
    if figure.verdict is Verdict.IDENTICAL:
        return f", {total} of {_many(total, 'value')} identical{read_in}"
    good = sum(part in GOOD for part in figure.parts)
    return f", {good} of {_many(total, 'value')} within tolerance{read_in}"


def _read_in(number: int) -> str:
    return f", {number} of them read in" if number else ""


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
