"""Plots drawn by Bokeh: a layout of figures with the scales, limits and data of the picture.

Importing this module imports Bokeh, which takes a second: callers import it where they use it.
"""
# ruff: noqa: TID253, ANN401 -- this module is itself imported late; Bokeh has no types

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, cast

import numpy as np
from bokeh.embed import json_item
from bokeh.layouts import gridplot
from bokeh.models import (
    ColumnDataSource,
    Legend,
    LegendItem,
    PlainText,
    Range1d,
    Title,
)
from bokeh.plotting import figure
from bokeh.themes import Theme
from bokeh.transform import linear_cmap
from numpy.typing import NDArray

from executor.adapters.bokeh_hover import hover
from executor.adapters.bokeh_image import draw_image
from executor.domain.plot import Axes, Errors, Limits, Numbers, Plot, Series
from executor.domain.plot_text import plain
from executor.domain.plot_thinned import thinned

DRAWN_AT_MOST = 20_000  # points of one series
PAGE_WIDTH = 800  # pixels: the width that heights are worked out for
GREY = "#767676"
TOOLS = "pan,box_zoom,wheel_zoom,reset,save"
MARKERS = {
    "s": "square", "^": "triangle", "v": "inverted_triangle", "D": "diamond", "d": "diamond",
    "*": "star", "+": "cross", "x": "x", "P": "plus", "X": "x", "h": "hex", "H": "hex",
    "_": "dash",
}  # fmt: skip
SMALL = {".": 4, ",": 2}
DASHES = {"-": "solid", "--": "dashed", ":": "dotted", "-.": "dashdot"}
LOOK = Theme(
    json={
        "attrs": {
            "Plot": {"background_fill_color": "#ffffff", "border_fill_color": "#ffffff",
                     "outline_line_color": "#9aa3ab"},
            "Grid": {"grid_line_color": "#e9ebea"},
            "Axis": {"axis_line_color": "#9aa3ab", "major_tick_line_color": "#9aa3ab",
                     "minor_tick_line_color": "#c4cace", "major_label_text_color": "#3c4650",
                     "major_label_text_font_size": "13px", "axis_label_text_color": "#16202b",
                     "axis_label_text_font_size": "14px", "axis_label_text_font_style": "normal"},
            "Legend": {"border_line_alpha": 0.0, "background_fill_alpha": 0.0, "padding": 2,
                       "label_text_font_size": "13px", "label_text_color": "#16202b"},
        }
    }
)  # fmt: skip


def to_bokeh(plot: Plot) -> dict[str, Any]:
    """A plot as the JSON item that ``Bokeh.embed.embed_item`` draws.

    Series of many points are thinned (``executor.domain.plot.thinned``), and the figure says so.
    """
    rows = _rows([axes for axes in plot.axes if axes.series] or list(plot.axes))
    made: list[tuple[Axes, Any]] = []
    with np.errstate(all="ignore"):  # sums of a stranger's numbers may pass what a float holds
        for axes in (item for row in rows for item in row):
            made.append((axes, _figure(axes, plot.size, made)))
    figures = {id(axes): fig for axes, fig in made}
    layout = gridplot(
        [[figures[id(axes)] for axes in row] for row in rows],
        sizing_mode="stretch_width", toolbar_location="above", toolbar_options={"logo": None},
    )  # fmt: skip
    return cast("dict[str, Any]", json_item(layout, theme=LOOK))


def _rows(axes: Sequence[Axes]) -> list[list[Axes]]:
    """Axes in rows from the top, as they stand on the picture."""
    middle = {id(item): -(item.box[1] + item.box[3] / 2) if item.box else 0.0 for item in axes}
    ordered = sorted(axes, key=lambda item: middle[id(item)])
    # Middles within 20 pixels make a row.
    return [
        sorted(row, key=lambda item: item.box[0] if item.box else 0.0)
        for _, row in groupby(ordered, key=lambda item: round(middle[id(item)] / 20))
    ]


def _figure(axes: Axes, size: tuple[float, float], above: Sequence[tuple[Axes, Any]]) -> Any:
    xlim, ylim = _limits(axes, "x"), _limits(axes, "y")
    shared = [(other, fig) for other, fig in above if _shares_x(axes, other)]
    height = (axes.box[3] if axes.box else size[1]) * PAGE_WIDTH / size[0]
    fig = figure(
        height=int(min(max(height, 110), 600)) + 75,
        sizing_mode="stretch_width", min_border_left=78, min_border_right=14, tools=TOOLS,
        active_drag="box_zoom", x_axis_type=_scale(axes.xscale, xlim),
        y_axis_type=_scale(axes.yscale, ylim), y_range=Range1d(*ylim),
        x_range=shared[0][1].x_range if shared else Range1d(*xlim),
    )  # fmt: skip
    fig.toolbar.logo = None
    # PlainText: other texts may be taken for TeX, for which Bokeh fetches MathJax from elsewhere.
    fig.xaxis.axis_label = PlainText(plain(axes.xlabel))
    fig.yaxis.axis_label = PlainText(plain(axes.ylabel))
    for other, higher in shared:
        if not other.xlabel:  # as on the picture, only the lowest of a stack is numbered
            higher.xaxis.major_label_text_alpha = 0.0
    legend = [item for one in axes.series for item in _draw(fig, axes, one, xlim, ylim)]
    _write_around(fig, axes, legend)
    return fig


def _write_around(fig: Any, axes: Axes, legend: list[Any]) -> None:
    if legend:
        # A word in the legend hides and shows its series.
        shown = Legend(items=legend, orientation="horizontal", ncols=4, click_policy="hide",
                        location="left", spacing=16)  # fmt: skip
        fig.add_layout(shown, "above")
    if axes.title:
        title = Title(text=PlainText(plain(axes.title)), text_font_size="15px")
        fig.add_layout(title, "above")
    for note in dict.fromkeys(_notes(axes)):
        text = PlainText(plain(note))
        fig.add_layout(Title(text=text, text_font_size="12px", text_font_style="normal"), "below")


def _notes(axes: Axes) -> list[str]:
    notes = [item.note for item in axes.series if item.note]
    for name, scale in (("x", axes.xscale), ("y", axes.yscale)):
        if scale not in {"linear", "log"}:
            notes.append(f"{name} is drawn linear here; on the picture its scale is {scale}")
    many = [item for item in axes.series if len(item.x) > DRAWN_AT_MOST]
    notes += [f"{len(item.x)} points, thinned here with all peaks kept" for item in many]
    return notes[:4]


def _shares_x(axes: Axes, other: Axes) -> bool:
    a, b = axes.box, other.box
    same = axes.xlim == other.xlim and axes.xscale == other.xscale
    return bool(same and axes.xlim and a and b and abs(a[0] - b[0]) < 1 and abs(a[2] - b[2]) < 1)


def _scale(scale: str, limits: Limits) -> str:
    return "log" if scale == "log" and min(limits) > 0 else "linear"


def _limits(axes: Axes, name: str) -> Limits:
    """The limits of the picture; those of the data where it has none that can be drawn."""
    kept = axes.xlim if name == "x" else axes.ylim
    log = (axes.xscale if name == "x" else axes.yscale) == "log"
    if kept and (min(kept) > 0 or not log):
        return kept
    values = [v for item in axes.series for v in (item.x if name == "x" else item.y)
              if v is not None and (v > 0 or not log)]  # fmt: skip
    low, high = min(values, default=0.1), max(values, default=1.0)
    return (low, high) if low < high else (low * 0.9, low * 1.1) if low > 0 else (low - 1, low + 1)


def _draw(fig: Any, axes: Axes, series: Series, xlim: Limits, ylim: Limits) -> list[Any]:
    """Draw one series; returns its item for the legend, or none."""
    kept = thinned(series, DRAWN_AT_MOST)
    series = series if len(kept) == len(series.x) else _chosen(series, kept)
    if series.image:
        glyphs = draw_image(fig, series.image)
    elif series.guide:
        glyphs = _draw_guide(fig, series)
    elif series.kind == "bar" and series.width:
        glyphs = _draw_bars(fig, axes, series, xlim if series.horizontal else ylim)
    else:
        glyphs = _draw_points(fig, axes, series, xlim, ylim)
    label = plain(series.label)
    return [LegendItem(label={"value": label}, renderers=glyphs)] if label and glyphs else []


def _chosen(series: Series, kept: Sequence[int]) -> Series:
    def of(numbers: Numbers) -> Numbers:
        return tuple(numbers[i] for i in kept) if numbers else ()

    def both(errors: Errors | None) -> Errors | None:
        return errors and (of(errors[0]), of(errors[1]))

    return replace(
        series, x=of(series.x), y=of(series.y), z=of(series.z), width=of(series.width),
        base=of(series.base), xerr=both(series.xerr), yerr=both(series.yerr),
    )  # fmt: skip


def _array(numbers: Numbers) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in numbers], dtype=np.float64)


def _draw_guide(fig: Any, series: Series) -> list[Any]:
    # The data of axhline are x = 0…1 (of the axes) and one y; of axvline the other way round.
    x, y = set(series.x), set(series.y)
    style = {"line_color": series.colour or GREY, "line_width": 1, "line_dash": _dash(series)}
    if len(y) == 1 and None not in y and len(x) > 1:
        return [fig.hspan(y=list(y), **style)]
    if len(x) == 1 and None not in x and len(y) > 1:
        return [fig.vspan(x=list(x), **style)]
    return []


def _dash(series: Series) -> str:
    return DASHES.get(series.line or "-", "dashed")


def _draw_bars(fig: Any, axes: Axes, series: Series, limits: Limits) -> list[Any]:
    ends, middles = (series.x, series.y) if series.horizontal else (series.y, series.x)
    scale = axes.xscale if series.horizontal else axes.yscale
    base = _above(_array(series.base or (0.0,) * len(ends)), _scale(scale, limits), limits)
    data = {"x": _array(series.x), "y": _array(series.y), "at": _array(middles),
            "end": _array(ends), "base": base, "width": np.abs(_array(series.width))}  # fmt: skip
    style = {"source": ColumnDataSource(data), "line_color": series.colour or GREY, "line_width": 1,
             "fill_color": series.colour or GREY, "fill_alpha": 0.6}  # fmt: skip
    bars = (
        fig.hbar(y="at", height="width", left="base", right="end", **style)
        if series.horizontal
        else fig.vbar(x="at", width="width", bottom="base", top="end", **style)
    )
    fig.add_tools(hover([bars], series))
    return [bars]


def _draw_points(
    fig: Any,
    axes: Axes,
    series: Series,
    xlim: Limits,
    ylim: Limits,
) -> list[Any]:
    source = ColumnDataSource(_columns(series))
    colour = series.colour or GREY
    glyphs = []
    for name, limits, scale in (("x", xlim, axes.xscale), ("y", ylim, axes.yscale)):
        if getattr(series, f"{name}err"):
            glyphs.append(_draw_errors(fig, series, name, _scale(scale, limits), limits))
    if series.line and series.kind != "scatter":
        line = fig.line("x", "y", source=source, color=colour, width=1.8, line_dash=_dash(series))
        glyphs.append(line)
    marked = series.marker is not None or series.kind in {"scatter", "bar"}
    if marked or not glyphs or series.kind == "errorbar":
        fill = linear_cmap("z", "Viridis256", *_span(series.z)) if series.z else colour
        glyphs.append(
            fig.scatter(
                "x", "y", source=source, color=fill, alpha=1.0 if marked else 0.0,
                size=SMALL.get(series.marker or "", 6),
                marker=MARKERS.get(series.marker or "", "circle"),
            )
        )  # fmt: skip
    fig.add_tools(hover(glyphs[-1:], series))
    return glyphs


def _span(numbers: Numbers) -> Limits:
    there = [value for value in numbers if value is not None]
    return min(there, default=0.0), max(there, default=1.0)


def _columns(series: Series) -> dict[str, NDArray[np.float64]]:
    """The columns of a series: x, y, z, and the lengths of error bars (``yerr_low``, …)."""
    columns = {"x": _array(series.x), "y": _array(series.y)}
    if series.z:
        columns["z"] = _array(series.z)
    for name in ("xerr", "yerr"):
        if pair := getattr(series, name):
            columns |= {f"{name}_low": _array(pair[0]), f"{name}_high": _array(pair[1])}
    return columns


def _draw_errors(fig: Any, series: Series, name: str, scale: str, limits: Limits) -> Any:
    columns = _columns(series)
    middle = columns[name]
    low = _above(middle - columns[f"{name}err_low"], scale, limits)
    high = middle + columns[f"{name}err_high"]
    across = "y" if name == "x" else "x"
    ends = {f"{name}0": low, f"{name}1": high, f"{across}0": columns[across],
            f"{across}1": columns[across]}  # fmt: skip
    places = {key: key for key in ends}
    return fig.segment(
        **places, source=ColumnDataSource(ends), line_color=series.colour or GREY, line_width=1.4
    )


def _above(values: NDArray[np.float64], scale: str, limits: Limits) -> NDArray[np.float64]:
    """Values that a log scale can draw: what is not above zero ends far below the limits."""
    if scale != "log":
        return values
    return np.where(values > 0, values, np.where(np.isnan(values), np.nan, min(limits) / 1000))
