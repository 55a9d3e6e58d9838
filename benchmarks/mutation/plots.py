"""Mutations of pictures: drawn again, with the same and with other numbers, by matplotlib."""

# ruff: noqa: E501 -- tables of mutations, one a line; a benchmark imports what it needs

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from benchmarks.mutation.case import (
    BROKEN,
    EXACT,
    NEAR,
    NOT_SAME,
    OTHER,
    REDRAWN,
    SAME,
    UNKNOWN,
    Case,
)  # fmt: skip
from executor.domain.plot import Plot, read_plot
from executor.runtime import notebook_runner as runner
from gallery.domain.comparison import Sample
from ontology.domain.kinds import ProductKind

Numbers = dict[str, Any]
BASE = {"font.size": 10, "figure.dpi": 80, "axes.grid": False}
STYLES: dict[str, dict[str, Any]] = {
    "fonts": {"font.family": "serif", "font.size": 12}, "colours": {"colour": "#aa3377"},
    "larger fonts": {"font.size": 14}, "a grid": {"axes.grid": True},
    "thicker lines": {"lines.linewidth": 3, "patch.linewidth": 3},
    "dark background": {"figure.facecolor": "black", "axes.facecolor": "#222222"},
    "other ticks": {"xtick.direction": "in", "ytick.direction": "in", "xtick.top": True},
    "another size": {"figure.dpi": 110}, "no anti-aliasing": {"lines.antialiased": False},
    "mathtext font": {"mathtext.fontset": "cm", "axes.labelsize": 15},
}  # fmt: skip


def draw(numbers: list[Numbers], style: dict[str, Any] | None = None, **options: Any) -> Sample:
    """A picture of some series with its plotted arrays, as the runner keeps them."""
    chosen = dict(BASE) | (style or {})
    colour = chosen.pop("colour", None)
    with mpl.rc_context(chosen):
        figure = Figure(figsize=(5, 3.6))
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        for item in numbers:
            _draw(axes, item, colour or item.get("colour"))
        axes.set(xlabel=options.get("xlabel", "energy [keV]"), ylabel=options.get("ylabel", "rate"),
                 title=options.get("title", "a picture"), xscale=options.get("xscale", "linear"))  # fmt: skip
        for name in ("xlim", "ylim"):
            if name in options:
                getattr(axes, f"set_{name}")(options[name])
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
        plot = json.dumps(runner.plot_of(figure, runner.layout(figure))).encode()
    return Sample(buffer.getvalue(), "plot.png", "image/png", ProductKind.PICTURE, plot=plot)


def _draw(axes: Any, item: Numbers, colour: str | None) -> None:  # noqa: ANN401 -- matplotlib
    more = {"color": colour, "label": item.get("label") or None}
    if "rows" in item:
        axes.imshow(np.array(item["rows"], dtype=float), extent=item["extent"], aspect="auto",
                    origin=item.get("origin", "upper"), cmap=item.get("cmap"))  # fmt: skip
    elif item.get("yerr") is not None:
        axes.errorbar(item["x"], item["y"], yerr=item["yerr"], fmt="o", **more)
    else:
        axes.plot(item["x"], item["y"], item.get("fmt", "-"), **more)


def numbers_of(plot: Plot) -> list[Numbers]:
    """The series of real plotted arrays that can be drawn again."""
    found: list[Numbers] = []
    for series in (item for axes in plot.axes for item in axes.series if not item.guide):
        if series.image is not None and series.image.channels == 1:
            origin = "upper" if series.image.from_top else "lower"
            found.append(
                {"rows": series.image.rows, "extent": series.image.extent, "origin": origin}
            )
        elif series.x:
            x = [np.nan if item is None else item for item in series.x]
            y = [np.nan if item is None else item for item in series.y]
            yerr = None
            if series.yerr:
                yerr = [[0.0 if item is None else item for item in side] for side in series.yerr]
            found.append({"x": x, "y": y, "yerr": yerr, "label": series.label})
    return sorted(found, key=lambda item: "rows" not in item)[:6]


def cases(name: str, numbers: list[Numbers]) -> Iterator[Case]:
    """All mutations of a picture with these series."""
    published = draw(numbers)
    for kind, style in STYLES.items():
        yield Case(f"redrawn: {kind}", name, published, draw(numbers, style), REDRAWN)
        one = _edited(numbers, lambda values: values * 1.01)
        yield Case("redrawn, and all values 1 % larger", name, published, draw(one, style), OTHER)
    yield Case("redrawn: title", name, published, draw(numbers, title="another title"), REDRAWN)
    yield Case(
        "redrawn: words of a label", name, published, draw(numbers, ylabel="count rate"), REDRAWN
    )
    yield Case(
        "redrawn: limits of an axis", name, published, draw(numbers, ylim=(-5, 900)), REDRAWN
    )
    if "x" in numbers[0]:
        yield from _of_numbers(name, published, numbers)
    else:
        yield from _of_pixels(name, published, numbers)
    yield from _of_bytes(name, published)
    yield from _without_arrays(name, published, numbers)


def _edited(
    numbers: list[Numbers], edit: Callable[[np.ndarray], np.ndarray], key: str = "y"
) -> list[Numbers]:
    key = "rows" if "rows" in numbers[0] else key
    first = dict(numbers[0])
    first[key] = edit(np.array([[np.nan if v is None else v for v in row] for row in first[key]]
                               if key == "rows" else first[key], dtype=float))  # fmt: skip
    return [first, *numbers[1:]]


def _cell(values: np.ndarray) -> np.ndarray:
    made = values.copy()
    flat = made.ravel()
    flat[int(np.nanargmax(np.abs(flat)))] *= 1.01
    return made


def _of_numbers(name: str, published: Sample, numbers: list[Numbers]) -> Iterator[Case]:
    yield Case("one point changed by 1 %", name, published, draw(_edited(numbers, _cell)), OTHER)
    yield Case(
        "last-digit noise",
        name,
        published,
        draw(_edited(numbers, lambda v: np.nextafter(v, np.inf))),
        NEAR,
    )
    yield Case("last-digit noise, no tolerance", name, published,
               draw(_edited(numbers, lambda v: np.nextafter(v, np.inf))), OTHER, EXACT)  # fmt: skip
    yield Case("flipped axis", name, published, draw(_edited(numbers, lambda v: v[::-1])), OTHER)
    yield Case("a point NaN", name, published, draw(_edited(numbers, _hole)), OTHER)
    yield Case("points missing", name, published, draw([_cut(numbers[0]), *numbers[1:]]), NOT_SAME)
    yield Case(
        "drawn with dots",
        name,
        published,
        draw([{**item, "fmt": "."} for item in numbers]),
        REDRAWN | SAME,
    )
    yield Case("drawn in another order", name, published, draw(numbers[::-1]), REDRAWN | SAME)
    yield Case(
        "a series missing", name, published, draw(numbers[:-1] or [_cut(numbers[0])]), NOT_SAME
    )
    yield Case(
        "unit swap of an axis, values not converted",
        name,
        published,
        draw(numbers, xlabel="energy [MeV]"),
        OTHER,
    )
    thousandth = [{**item, "x": [v / 1000 for v in item["x"]]} for item in numbers]
    yield Case(
        "unit swap of an axis, values converted",
        name,
        published,
        draw(thousandth, xlabel="energy [MeV]"),
        REDRAWN | NEAR,
    )
    yield Case("axis converted, label not", name, published, draw(thousandth), OTHER)


def _hole(values: np.ndarray) -> np.ndarray:
    made = values.copy()
    made[len(made) // 2] = np.nan
    return made


def _cut(item: Numbers) -> Numbers:
    made = {**item, "x": item["x"][:-1], "y": item["y"][:-1]}
    if item.get("yerr") is not None:
        made["yerr"] = [side[:-1] for side in item["yerr"]]
    return made


def _of_pixels(name: str, published: Sample, numbers: list[Numbers]) -> Iterator[Case]:
    yield Case("one pixel changed by 1 %", name, published, draw(_edited(numbers, _cell)), OTHER)
    yield Case("flipped axis", name, published, draw(_edited(numbers, lambda v: v[:, ::-1])), OTHER)
    other = [{**numbers[0], "cmap": "magma"}, *numbers[1:]]
    yield Case("redrawn: colour map", name, published, draw(other), REDRAWN)
    a, b, c, d = numbers[0]["extent"]
    moved = [{**numbers[0], "extent": (a + 1, b + 1, c, d)}, *numbers[1:]]
    yield Case("image at another place", name, published, draw(moved), OTHER)
    cut = _edited(numbers, lambda v: v[2:-2, 2:-2])
    yield Case("cropped", name, published, draw(cut), NOT_SAME)


def _of_bytes(name: str, published: Sample) -> Iterator[Case]:
    picture = Image.open(io.BytesIO(published.data))
    stamp = PngImagePlugin.PngInfo()
    stamp.add_text("Software", "another version")
    saved = io.BytesIO()
    picture.save(saved, "PNG", pnginfo=stamp, compress_level=1)
    yield Case(
        "other metadata (version of matplotlib)",
        name,
        published,
        replace(published, data=saved.getvalue()),
        SAME,
    )
    for kind, changed in (
        ("picture cropped", picture.crop((5, 5, picture.width - 5, picture.height - 5))),
        ("picture in grey", picture.convert("L")),
        ("picture scaled", picture.resize((picture.width // 2, picture.height // 2))),
    ):
        buffer = io.BytesIO()
        changed.save(buffer, "PNG")
        yield Case(kind, name, published, replace(published, data=buffer.getvalue()), REDRAWN)
    yield Case(
        "truncated picture", name, published, replace(published, data=published.data[:900]), BROKEN
    )
    yield Case("empty file", name, published, replace(published, data=b""), BROKEN)
    yield Case(
        "no picture", name, published, replace(published, data=b"<html>404</html>" * 40), BROKEN
    )
    text = Sample(b"1,2\n3,4\n", "plot.csv", kind=ProductKind.PICTURE)
    yield Case("a table instead", name, published, text, NOT_SAME)


def _without_arrays(name: str, published: Sample, numbers: list[Numbers]) -> Iterator[Case]:
    """Nobody kept what was plotted: only equal pixels say that the data are the same."""
    bare = replace(published, plot=None)
    again = draw(numbers)
    picture = Image.open(io.BytesIO(again.data))
    saved = io.BytesIO()
    picture.save(saved, "PNG", compress_level=1)
    yield Case(
        "equal pixels, no plotted arrays", name, bare, replace(bare, data=saved.getvalue()), SAME
    )
    larger = draw(numbers, STYLES["larger fonts"])
    yield Case("redrawn, no plotted arrays", name, bare, replace(larger, plot=None), UNKNOWN)
    yield Case("redrawn, arrays on one side", name, published, replace(larger, plot=None), UNKNOWN)
    other = draw(_edited(numbers, lambda v: v * 1.5))
    yield Case("other data, no plotted arrays", name, bare, replace(other, plot=None), NOT_SAME)
    yield Case(
        "other data, arrays on one side", name, published, replace(other, plot=None), NOT_SAME
    )
    ticks = draw(numbers, title="a picture ")
    yield Case(
        "other ticks, no plotted arrays", name, bare, replace(ticks, plot=None), UNKNOWN | SAME
    )


def real(plot: bytes) -> list[Numbers]:
    """What a run plotted, as it can be drawn again."""
    return numbers_of(read_plot(plot))
