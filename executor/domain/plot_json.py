"""Plots written as `reprise.plot/1`, and their numbers as CSV."""

import csv
import io
import json
from dataclasses import asdict

from executor.domain.plot import FORMAT, Axes, Plot, Series

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def plot_json(plot: Plot) -> bytes:
    """The bytes that ``executor.domain.plot.read_plot`` reads as this plot."""
    axes = [_axes(item) for item in plot.axes]
    content = {"format": FORMAT, "size": list(plot.size), "axes": axes}
    return json.dumps(content, allow_nan=False).encode()


def plot_csv(plot: Plot) -> str:
    """The numbers of a plot, a line a point: ``axes,series,label,x,y,…``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["axes", "series", "label", "x", "y", "xerr_low", "xerr_high", "yerr_low", "yerr_high"]
    )
    for number, axes in enumerate(plot.axes, 1):
        for place, series in enumerate(axes.series, 1):
            head = [number, place, cell(series.label or axes.ylabel)]
            writer.writerows([*head, *row] for row in _rows(series))
    return out.getvalue()


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _rows(series: Series) -> list[list[float | str]]:
    gone = (None,) * len(series.x)
    columns = (series.x, series.y, *(series.xerr or (gone, gone)), *(series.yerr or (gone, gone)))
    return [["" if value is None else value for value in row]
            for row in zip(*columns, strict=True)]  # fmt: skip


def _axes(axes: Axes) -> dict[str, object]:
    names = ("title", "xlabel", "ylabel", "xscale", "yscale", "box")
    known = {name: getattr(axes, name) for name in names}
    known |= {"xlim": axes.xlim or (), "ylim": axes.ylim or ()}
    return known | {"series": [_series(item) for item in axes.series]}


def _series(series: Series) -> dict[str, object]:
    known = asdict(series)
    image = known.pop("image")
    known["z"] = list(series.z) or None
    known["direction"] = "horizontal" if known.pop("horizontal") else "vertical"
    if image:
        rows = image["rows"]
        known |= {
            "z": [list(row) for row in rows], "extent": list(image["extent"]),
            "shape": [len(rows), len(rows[0]) // image["channels"], image["channels"]],
            "origin": "upper" if image["from_top"] else "lower",
        }  # fmt: skip
    return known
