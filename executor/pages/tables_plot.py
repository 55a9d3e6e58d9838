"""The form of a plot of columns, and the addresses of what it draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from executor.domain.tables.choosing import BadQuestionError
from executor.domain.tables.drawn import settle
from executor.domain.tables.opened import Opened
from executor.domain.tables.question import KINDS, STYLES, Y_AT_MOST, Lists, PlotQuestion, one
from executor.domain.tables.roles import Roles
from executor.domain.tables.series import Drawable, check_unit, drawable
from executor.domain.tables.units import choices

ASKED = (
    "x",
    "y",
    "kind",
    "xunit",
    "yunit",
    "xlog",
    "ylog",
    "style",
    "errors",
    "bins",
    "from",
    "to",
)
WORDS = {"curve": "curve", "spectrum": "spectrum", "histogram": "histogram", "auto": "what fits"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list to choose from."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PlotForm:
    """What can be chosen for a plot, and where the plot is.

    ``query`` is empty when nothing can be drawn; then ``fault`` may say why.
    """

    asked: PlotQuestion
    query: str
    fault: str
    x: list[Choice]
    y: list[list[Choice]]
    kinds: list[Choice]
    styles: list[Choice]
    xunits: list[Choice]
    yunits: list[Choice]
    alt: str

    @property
    def start(self) -> str:
        """Where x begins, as it was asked."""
        return "" if self.asked.start is None else f"{self.asked.start!r}"

    @property
    def stop(self) -> str:
        """Where x ends, as it was asked."""
        return "" if self.asked.stop is None else f"{self.asked.stop!r}"


def plot_form(opened: Opened, asked: PlotQuestion, known: Roles, query: Lists) -> PlotForm:
    """The form of a plot, with what was left open filled in."""
    settled = settle(asked, known)
    xs, ys, fault = _drawables(opened, settled)
    if fault and not (asked.x or asked.y):
        fault = ""  # nobody asked for a plot, and there is none
    names = [item.name for item in opened.info.columns if item.is_numeric or item.is_vector]
    if xs and xs.upper is not None:
        names = [xs.name, *names]
    xunit = xs.column.unit if xs else ""
    yunit = ys[0].column.unit if ys else ""
    rows = (*settled.y, "", "")[: max(2, len(settled.y) + 1)][:Y_AT_MOST]
    return PlotForm(
        asked=settled, fault=fault, query="" if not xs else _query(settled, query),
        x=_choices(names, settled.x),
        y=[_choices(names, name, none=place > 0) for place, name in enumerate(rows)],
        kinds=_choices(KINDS, settled.kind), styles=_choices(STYLES, settled.style),
        xunits=_units(xunit, settled.xunit, ""), yunits=_units(yunit, settled.yunit, xunit),
        alt=f"{', '.join(settled.y) or 'Histogram'} {'along' if settled.y else 'of'} {settled.x}",
    )  # fmt: skip


def _drawables(
    opened: Opened, settled: PlotQuestion
) -> tuple[Drawable | None, list[Drawable], str]:
    if not settled.x:
        return None, [], "The table has no column of numbers, so nothing can be drawn."
    try:
        x = drawable(opened, settled.x)
        check_unit(x.column, settled.xunit)
        ys = [drawable(opened, one) for one in settled.y]
        for one in ys:
            check_unit(one.column, settled.yunit, x.column.unit)
    except BadQuestionError as error:
        return None, [], str(error)
    return x, ys, ""


def _query(settled: PlotQuestion, query: Lists) -> str:
    """The query of the plot: what was asked, the filters, and what was filled in."""
    kept = [(key, value) for key, values in query.items() for value in values
            if value and (key in ASKED or key == "hdu" or key.startswith("q."))
            and key not in {"x", "y", "kind"}]  # fmt: skip
    known = [("name", one(query, "name")), ("x", settled.x), *(("y", name) for name in settled.y),
             ("kind", settled.kind)]  # fmt: skip
    return urlencode([*known, *kept])


def _choices(names: Iterable[str], chosen: str, *, none: bool = False) -> list[Choice]:
    found = [Choice(name, WORDS.get(name, name), name == chosen) for name in names]
    if chosen and not any(item.chosen for item in found):
        found.insert(0, Choice(chosen, chosen, chosen=True))
    return [Choice("", "none", not chosen), *found] if none else found


def _units(own: str, chosen: str, across: str) -> list[Choice]:
    others = choices(own, across)
    if not others:
        return []
    return [Choice("", own, not chosen), *(Choice(one, one, one == chosen) for one in others)]
