"""Draws a plot (`reprise.plot/1`) with matplotlib: the same plot gives the same bytes.

Asked: ``path`` of the plot, ``target`` to write, ``form`` (png, svg or pdf). Dates are left out
(``SOURCE_DATE_EPOCH`` is set by who starts it) and ids of an SVG are salted with a fixed word.
"""
# ruff: noqa: ANN401 -- matplotlib has no types

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from executor.adapters.programs.talk import RefusedError, answer
from executor.domain.plot import Axes, BadPlotError, Numbers, Plot, Series, read_plot
from executor.domain.plot_text import plain

PIXELS_AN_INCH = 100
DPI = 150
SIDE_AT_MOST = 40.0  # inches
GREY = "#767676"
STYLE = {
    "svg.hashsalt": "reprise", "svg.fonttype": "path", "font.family": "DejaVu Sans",
    "font.size": 10, "text.usetex": False, "text.parse_math": False, "axes.grid": True,
    "grid.color": "#e9ebea", "axes.axisbelow": True, "path.simplify": True,
    "axes.formatter.use_mathtext": False, "pdf.fonttype": 3,
}  # fmt: skip
UNDATED = {
    "png": {"Software": None}, "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}  # fmt: skip


def draw_plot(asked: dict[str, Any]) -> dict[str, Any]:
    """Draw the plot and save its picture."""
    form = asked["form"]
    if form not in UNDATED:
        raise RefusedError("it is drawn as png, svg or pdf only")
    try:
        plot = read_plot(Path(asked["path"]).read_bytes())
    except BadPlotError as error:
        raise RefusedError(str(error)) from None
    with mpl.rc_context(STYLE), np.errstate(all="ignore"):
        figure = _figure(plot)
        figure.savefig(asked["target"], format=form, dpi=DPI, metadata=UNDATED[form])
    return {}


def _figure(plot: Plot) -> Figure:
    width, height = (min(side / PIXELS_AN_INCH, SIDE_AT_MOST) for side in plot.size)
    figure = Figure(figsize=(max(width, 1), max(height, 1)), facecolor="white")
    FigureCanvasAgg(figure)
    placed = [axes for axes in plot.axes if axes.box]
    for number, axes in enumerate(plot.axes):
        if axes.box:
            sides = (plot.size[0], plot.size[1]) * 2
            left, low, width, height = (
                part / side for part, side in zip(axes.box, sides, strict=True)
            )
            drawn = figure.add_axes((left, low, width, height), label=str(number))
        else:
            drawn = figure.add_subplot(len(plot.axes) - len(placed), 1, number + 1)
        _axes(drawn, axes)
    return figure


def _axes(drawn: Any, axes: Axes) -> None:
    for name in ("x", "y"):
        limits, scale = getattr(axes, f"{name}lim"), getattr(axes, f"{name}scale")
        if scale == "log" and limits and min(limits) > 0:
            getattr(drawn, f"set_{name}scale")("log")
        if limits:
            getattr(drawn, f"set_{name}lim")(*limits)
        getattr(drawn, f"set_{name}label")(plain(getattr(axes, f"{name}label")))
    drawn.set_title(plain(axes.title), loc="left", fontsize=11)
    drawn.tick_params(labelbottom=bool(axes.xlabel) or axes.xlim is None)
    limits = [axes.xlim, axes.ylim]
    for series in axes.series:
        _series(drawn, series)
    for name, kept in zip(("x", "y"), limits, strict=True):
        if kept:  # drawing may have widened them
            getattr(drawn, f"set_{name}lim")(*kept)
    if any(series.label for series in axes.series):
        drawn.legend(fontsize=9, framealpha=0.8)
    notes = list(dict.fromkeys(series.note for series in axes.series if series.note))
    if notes:
        drawn.annotate(plain(". ".join(notes)), (0.99, 0.98), xycoords="axes fraction", ha="right",
                       va="top", fontsize=7, color="#3c4650")  # fmt: skip


def _series(drawn: Any, series: Series) -> None:
    colour = series.colour or GREY
    label = plain(series.label) or None
    x, y = _array(series.x), _array(series.y)
    if series.image:
        _image(drawn, series)
    elif series.kind == "bar" and series.width:
        base = _array(series.base or (0.0,) * len(x))
        if series.horizontal:
            drawn.barh(
                y, x - base, _array(series.width), base, color=colour, alpha=0.6, label=label
            )
        else:
            drawn.bar(x, y - base, _array(series.width), base, color=colour, alpha=0.6, label=label)
    elif series.kind == "scatter" and series.z:
        drawn.scatter(x, y, c=_array(series.z), s=12, label=label)
    elif series.guide:
        _guide(drawn, series, x, y)
    else:
        drawn.errorbar(
            x, y, yerr=_errors(series.yerr), xerr=_errors(series.xerr), color=colour, label=label,
            linestyle=series.line if series.line in {"-", "--", ":", "-."} else "none",
            marker=_marker(series), markersize=3 if len(x) > 300 else 4, elinewidth=0.8,  # noqa: PLR2004 -- small where they crowd
            linewidth=1.0,
        )  # fmt: skip


def _marker(series: Series) -> str | None:
    known = {"s", "^", "v", "D", "d", "*", "+", "x", "P", "X", "h", ".", "o"}
    if series.marker:
        return series.marker if series.marker in known else "o"
    return None if series.line else "o"


def _guide(drawn: Any, series: Series, x: Any, y: Any) -> None:
    style = {"color": series.colour or GREY, "linewidth": 1, "linestyle": "--"}
    if len(set(series.y)) == 1 and np.isfinite(y).all():
        drawn.axhline(y[0], **style)
    elif len(set(series.x)) == 1 and np.isfinite(x).all():
        drawn.axvline(x[0], **style)


def _image(drawn: Any, series: Series) -> None:
    image = series.image
    if image is None:
        return
    pixels = np.array([_array(row) for row in image.rows])
    if image.channels > 1:
        pixels = pixels.reshape(len(pixels), -1, image.channels)
        pixels = np.clip(np.nan_to_num(pixels), 0, 1 if np.nanmax(pixels) <= 1 else 255)
        pixels = pixels / 255 if pixels.max() > 1 else pixels
    drawn.imshow(pixels, extent=image.extent, origin="upper" if image.from_top else "lower",
                 aspect="auto", interpolation="nearest")  # fmt: skip
    drawn.grid(visible=False)


def _errors(pair: tuple[Numbers, Numbers] | None) -> Any:
    return None if pair is None else np.abs(np.array([_array(pair[0]), _array(pair[1])]))


def _array(numbers: Numbers) -> Any:
    return np.array([np.nan if value is None else value for value in numbers], dtype=np.float64)


if __name__ == "__main__":
    answer(draw_plot)
