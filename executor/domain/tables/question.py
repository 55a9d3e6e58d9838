"""What a reader asks of a table, read from the query of an address."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from executor.domain.tables.choosing import BadQuestionError

KINDS = ("curve", "spectrum", "histogram")
STYLES = ("auto", "points", "line", "step")
Y_AT_MOST = 6
BINS_AT_MOST = 500
TEXT_AT_MOST = 200
VECTOR = re.compile(r"(.+)\[(\d{1,6})\]")


@dataclass(frozen=True, slots=True)
class PlotQuestion:
    """A plot of columns.

    Attributes:
        x: column along x, such as ``TIME`` or ``Flux_History[3]`` for one place of a vector.
        y: columns along y; none for a histogram.
        kind: ``curve``, ``spectrum`` or ``histogram``; empty for what fits the table.
        xunit: unit to show x in, empty for its own; ``yunit`` as well.
        xlog: whether x is logarithmic; None for what fits. ``ylog`` as well.
        start: least x that is drawn, in the unit shown, or None; ``stop`` the greatest.
        style: ``points``, ``line``, ``step`` or ``auto``.
        errors: whether error bars are drawn where error columns are known.
        bins: of a histogram.
    """

    x: str = ""
    y: tuple[str, ...] = ()
    kind: str = ""
    xunit: str = ""
    yunit: str = ""
    xlog: bool | None = None
    ylog: bool | None = None
    start: float | None = None
    stop: float | None = None
    style: str = "auto"
    errors: bool = True
    bins: int = 50


Lists = Mapping[str, Sequence[str]]


def plot_question(query: Lists) -> PlotQuestion:
    """The plot that a query asks for.

    Raises:
        BadQuestionError: part of it cannot be understood.
    """
    y = tuple(dict.fromkeys(text for text in query.get("y", ()) if text))
    if len(y) > Y_AT_MOST:
        raise BadQuestionError(f"{len(y)} columns along y; {Y_AT_MOST} are drawn at once.")
    return PlotQuestion(
        x=one(query, "x"), y=y, kind=choice(query, "kind", ("", *KINDS)), xunit=one(query, "xunit"),
        yunit=one(query, "yunit"), xlog=_flag(query, "xlog"), ylog=_flag(query, "ylog"),
        start=number(query, "from"), stop=number(query, "to"),
        style=choice(query, "style", STYLES), errors=_flag(query, "errors") is not False,
        bins=whole(query, "bins", 50, BINS_AT_MOST),
    )  # fmt: skip


def filters(query: Lists) -> dict[str, str]:
    """Filters on columns, ``q.<column>=``; empty ones are none."""
    found = {key[2:]: one(query, key) for key in query if key.startswith("q.")}
    return {name: text for name, text in found.items() if text}


def one(query: Lists, name: str) -> str:
    """The last value of a name, short; empty without any."""
    values = query.get(name) or [""]
    return values[-1].strip()[:TEXT_AT_MOST]


def choice(query: Lists, name: str, allowed: Sequence[str]) -> str:
    """One of some words; the first by default.

    Raises:
        BadQuestionError: it is another.
    """
    text = one(query, name) or allowed[0]
    if text not in allowed:
        words = ", ".join(word for word in allowed if word)
        raise BadQuestionError(f"{name} is {text[:50]!r}: write one of {words}.")
    return text


def number(query: Lists, name: str) -> float | None:
    """A finite number, or None without any.

    Raises:
        BadQuestionError: it is no number.
    """
    text = one(query, name)
    try:
        value = float(text) if text else None
    except ValueError:
        value = math.nan
    if value is not None and not math.isfinite(value):
        raise BadQuestionError(f"{name} is {text[:50]!r}: write a number such as 12.5.")
    return value


def whole(query: Lists, name: str, default: int, most: int) -> int:
    """A whole number from 1 to ``most``.

    Raises:
        BadQuestionError: it is none.
    """
    text = one(query, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10) or not 1 <= int(text) <= most:  # noqa: PLR2004 -- digits of a billion
        raise BadQuestionError(f"{name} is {text[:50]!r}: write a whole number from 1 to {most}.")
    return int(text)


def _flag(query: Lists, name: str) -> bool | None:
    text = choice(query, name, ("", "yes", "no"))
    return None if not text else text == "yes"
