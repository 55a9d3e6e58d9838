"""Plots of the columns of a table: light curves, spectra, histograms, thinned for a screen."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from executor.domain.plot import Axes, Errors, Limits, Plot, Series
from executor.domain.plot import Numbers as Listed
from executor.domain.tables.choosing import WHOLE_ROWS, BadQuestionError
from executor.domain.tables.opened import Opened, Rows
from executor.domain.tables.question import PlotQuestion
from executor.domain.tables.roles import Roles
from executor.domain.tables.series import Drawable, check_unit, drawable, ends, numbers, shown_in
from executor.domain.tables.thinning import POINTS_AT_MOST, thinned
from executor.domain.tables.units import shown as unit_shown

Numbers = NDArray[np.float64]
SIZE = (800.0, 480.0)
BOX = (96.0, 60.0, 690.0, 390.0)
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#3b3b3b", "#56b4e9", "#7b3f00")
WIDE = 8  # greatest over least from which a spectrum is drawn on log axes
MARGIN = 0.04
LARGEST = 1e300


def draw(opened: Opened, question: PlotQuestion, roles: Roles, rows: Rows | None) -> Plot:
    """The plot that was asked for, of some rows or of the first five million.

    Raises:
        BadQuestionError: a column or unit does not fit.
    """
    settled = settle(question, roles)
    if not settled.x:
        raise BadQuestionError("The table has no column of numbers, so nothing can be drawn.")
    if settled.kind == "histogram":
        return _histogram(opened, settled, rows)
    if not settled.y:
        raise BadQuestionError("Choose a column to draw along y.")
    return _curves(opened, settled, roles, rows)


def settle(question: PlotQuestion, roles: Roles) -> PlotQuestion:
    """The question with what was left open filled in by what the columns are for."""
    kind = question.kind or roles.kind
    x = question.x
    if not x and kind in {roles.kind, "histogram"}:
        x = roles.x
    elif not x:
        x = ({"curve": roles.times, "spectrum": roles.energies}[kind] or (roles.x,))[0]
    others = [name for name in (roles.y, *roles.fluxes) if name and name != x]
    y = question.y or (() if kind == "histogram" else tuple(others[:1]))
    return replace(question, kind=kind, x=x, y=y)


def _histogram(opened: Opened, question: PlotQuestion, rows: Rows | None) -> Plot:
    x = drawable(opened, question.x)
    check_unit(x.column, question.xunit)
    values, _none = shown_in(numbers(opened, x, rows), None, x.column, question.xunit)
    values = values[np.isfinite(values) & (np.abs(values) < LARGEST)]
    values = values[_within(values, question)]
    if question.xlog:
        values = values[values > 0]
    counts, edges = _binned(values, question)
    series = Series(
        kind="bar", label="", x=listed((edges[:-1] + edges[1:]) / 2), y=listed(counts),
        colour=COLOURS[0], width=listed(np.diff(edges)), base=listed(np.zeros(len(counts))),
        note=_short(opened, rows),
    )  # fmt: skip
    top = float(counts.max()) if len(counts) else 1.0
    ylim = (0.5, max(top * 2, 1.0)) if question.ylog else (0.0, max(top * 1.05, 1.0))
    axes = Axes(
        title="", xlabel=x.label(question.xunit), ylabel="rows in a bin",
        xscale="log" if question.xlog else "linear", yscale="log" if question.ylog else "linear",
        xlim=span(edges, log=bool(question.xlog)), ylim=ylim, box=BOX, series=(series,),
    )  # fmt: skip
    return Plot(SIZE, (axes,))


def _binned(values: Numbers, question: PlotQuestion) -> tuple[Numbers, Numbers]:
    if not len(values):
        return np.empty(0), np.array([0.0, 1.0])[:1]
    if question.xlog:
        counts, edges = np.histogram(np.log10(values), bins=question.bins)
        return counts.astype(np.float64), 10**edges
    try:
        counts, edges = np.histogram(values, bins=question.bins)
    except ValueError:  # the bins would be narrower than neighbouring floats
        return _one_bin(values)
    return counts.astype(np.float64), edges.astype(np.float64)


def _one_bin(values: Numbers) -> tuple[Numbers, Numbers]:
    most = np.finfo(np.float64).max
    below, above = np.nextafter(values.min(), -np.inf), np.nextafter(values.max(), np.inf)
    return np.array([float(len(values))]), np.array([max(below, -most), min(above, most)])


def _curves(opened: Opened, question: PlotQuestion, roles: Roles, rows: Rows | None) -> Plot:
    x, ys = drawable(opened, question.x), [drawable(opened, name) for name in question.y]
    check_unit(x.column, question.xunit)
    for y in ys:
        check_unit(y.column, question.yunit, x.column.unit)
    along = numbers(opened, x, rows)
    bars = _widths(opened, x, along, rows) or bars_of(opened, x, roles, rows)
    shown, xerr = shown_in(along, bars if question.errors else None, x.column, question.xunit)
    drawn = [
        _series(opened, y, question, roles, rows, along=(along, x.column.unit), shown=shown,
                xerr=xerr, colour=COLOURS[place % len(COLOURS)])
        for place, y in enumerate(ys)
    ]  # fmt: skip
    return Plot(SIZE, (_axes(question, x, ys, drawn),))


def _series(  # noqa: PLR0913 -- what a series is made of
    opened: Opened,
    y: Drawable,
    question: PlotQuestion,
    roles: Roles,
    rows: Rows | None,
    *,
    along: tuple[Numbers, str],
    shown: Numbers,
    xerr: tuple[Numbers, Numbers] | None,
    colour: str,
) -> Series:
    values, yerr = shown_in(
        numbers(opened, y, rows), bars_of(opened, y, roles, rows) if question.errors else None,
        y.column, question.yunit, along,
    )  # fmt: skip
    keep = np.flatnonzero(_within(shown, question))
    log = xlog_of(question, shown[keep])
    kept = keep[thinned(shown[keep], values[keep], log=log)]
    thin = f"{len(keep):,} points, thinned to {len(kept):,} with the highest and lowest kept"
    notes = [thin] if len(kept) < len(keep) else []
    return made_series(
        shown[kept], values[kept], label=y.name, colour=colour, style=question.style,
        many=len(keep), xerr=_at(xerr, kept), yerr=_at(yerr, kept),
        note=". ".join([*notes, *filter(None, [_short(opened, rows)])]),
    )  # fmt: skip


def made_series(  # noqa: PLR0913 -- what a series is made of
    x: Numbers,
    y: Numbers,
    *,
    label: str,
    colour: str,
    style: str,
    many: int,
    xerr: tuple[Numbers, Numbers] | None,
    yerr: tuple[Numbers, Numbers] | None,
    note: str = "",
) -> Series:
    """A series in a style; ``auto`` draws points with error bars, and a line through many."""
    has_errors = yerr is not None and many <= 2 * POINTS_AT_MOST
    line = style in {"line", "step"} or (style == "auto" and not has_errors and many > 200)  # noqa: PLR2004 -- more points than a screen tells apart
    if style == "step":
        x, y, xerr, yerr = (*_stepped(x, y), None, None)
    bars = yerr if has_errors or style == "points" else None
    return Series(
        kind="errorbar" if bars else "line", label=label, x=listed(x), y=listed(y),
        xerr=_listed(xerr) if bars else None, yerr=_listed(bars), colour=colour,
        marker=None if line else ("o" if many < 300 else "."), line="-" if line else None,  # noqa: PLR2004 -- as above
        note=note,
    )  # fmt: skip


def _stepped(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Points as steps that change half-way between neighbours."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    if len(x) < 2:  # noqa: PLR2004 -- a step has two ends
        return x, y
    middles = x[:-1] / 2 + x[1:] / 2
    return np.r_[x[0], np.repeat(middles, 2), x[-1]], np.repeat(y, 2)


def _widths(
    opened: Opened, x: Drawable, along: Numbers, rows: Rows | None
) -> tuple[Numbers, Numbers] | None:
    """Bars along x from its middle to the ends of its bin, where it has bins."""
    if x.upper is None:
        return None
    low, high = ends(opened, x, rows)
    with np.errstate(all="ignore"):
        return np.abs(along - low), np.abs(high - along)


def bars_of(
    opened: Opened, item: Drawable, roles: Roles, rows: Rows | None
) -> tuple[Numbers, Numbers] | None:
    """The error columns of a column as lengths below and above."""
    names = roles.errors.get(item.column.name)
    if not names or item.place is not None or item.upper is not None:
        return None
    with np.errstate(all="ignore"):
        found = [np.abs(numbers(opened, drawable(opened, name), rows)) for name in names]
    return found[0], found[-1]


def _within(x: Numbers, question: PlotQuestion) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        low, high = _sorted(question.start, question.stop)
        above = x >= low if low is not None else np.ones(len(x), bool)
        return np.asarray(above & (x <= high) if high is not None else above)


def _sorted(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _axes(question: PlotQuestion, x: Drawable, ys: list[Drawable], drawn: list[Series]) -> Axes:
    xs = np.concatenate([reach(item.x, item.xerr) for item in drawn])
    values = np.concatenate([reach(item.y, item.yerr) for item in drawn])
    xlog = xlog_of(question, xs)
    middles = np.concatenate([array(item.y) for item in drawn])
    fits = question.kind == "spectrum" and wide(middles)
    ylog = fits if question.ylog is None else question.ylog
    units = {question.yunit or item.column.unit for item in ys}
    names = ", ".join(item.name for item in ys)
    unit = unit_shown(units.pop()) if len(units) == 1 else ""
    return Axes(
        title="", xlabel=x.label(question.xunit), ylabel=f"{names} [{unit}]" if unit else names,
        xscale="log" if xlog else "linear", yscale="log" if ylog else "linear",
        xlim=_limits(question, xs, log=xlog), ylim=span(values, log=bool(ylog)), box=BOX,
        series=tuple(drawn) if len(drawn) > 1 else (replace(drawn[0], label=""),),
    )  # fmt: skip


def xlog_of(question: PlotQuestion, x: Numbers) -> bool:
    """Whether x is drawn on a log axis."""
    if question.xlog is not None:
        return question.xlog
    return question.kind == "spectrum" and wide(x)


def wide(values: Numbers) -> bool:
    """Whether values are positive and span so much that a log axis shows them better."""
    finite = values[np.isfinite(values)]
    return bool(len(finite) and finite.min() > 0 and finite.max() / finite.min() > WIDE)


def _limits(question: PlotQuestion, xs: Numbers, *, log: bool) -> Limits | None:
    low, high = _sorted(question.start, question.stop)
    if low is not None and high is not None and low < high and (low > 0 or not log):
        return low, high
    return span(xs, log=log)


def span(values: Numbers, *, log: bool) -> Limits | None:
    """Limits of an axis: those of its values, and a little more."""
    with np.errstate(all="ignore"):
        finite = values[np.isfinite(values) & (np.abs(values) < LARGEST)]
        finite = finite[finite > 0] if log else finite
        if not len(finite):
            return None
        low, high = float(finite.min()), float(finite.max())
        if log:
            room = (high / low) ** MARGIN if high > low else 1.5
            return (low / room, high * room) if low / room > 0 else None
        room = (high - low) * MARGIN or abs(low) * MARGIN or 1.0
        return low - room, high + room


def reach(values: Listed, errors: Errors | None) -> Numbers:
    """Values of a series with the ends of their bars."""
    middle = array(values)
    if errors is None:
        return middle
    low, high = (np.nan_to_num(array(side)) for side in errors)
    return np.concatenate([middle, middle - low, middle + high])


def _at(errors: tuple[Numbers, Numbers] | None, kept: Rows) -> tuple[Numbers, Numbers] | None:
    return (errors[0][kept], errors[1][kept]) if errors is not None else None


def _listed(errors: tuple[Numbers, Numbers] | None) -> Errors | None:
    return (listed(errors[0]), listed(errors[1])) if errors is not None else None


def listed(values: Numbers) -> Listed:
    """Numbers as a plot keeps them: None where there is none."""
    finite = np.isfinite(values) & (np.abs(values) < LARGEST)
    return tuple(
        value if there else None
        for value, there in zip(values.tolist(), finite.tolist(), strict=True)
    )


def array(values: Listed) -> Numbers:
    """Numbers of a plot as an array: not-a-number where there is none."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _short(opened: Opened, rows: Rows | None) -> str:
    if rows is not None or opened.info.rows <= WHOLE_ROWS:
        return ""
    return f"The first {WHOLE_ROWS:,} of {opened.info.rows:,} rows"
