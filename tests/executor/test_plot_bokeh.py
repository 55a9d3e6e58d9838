"""Plots become Bokeh items that hold the numbers of the picture."""

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from executor.adapters.bokeh_plot import DRAWN_AT_MOST, to_bokeh
from executor.domain.plot import Axes, Image, Plot, Series

ATTACK = "<img src=x onerror=alert(1)> $$\\href{javascript:alert(1)}{x}$$"


def plot(*series: Series, **axes: Any) -> Plot:
    plain = {"title": "", "xlabel": "redshift", "ylabel": "$m_B$", "xscale": "log",
             "yscale": "linear", "xlim": (0.1, 10.0), "ylim": (0.0, 5.0), "box": None}  # fmt: skip
    return Plot((800.0, 600.0), (Axes(**(plain | axes), series=series),))


def objects(value: object, name: str) -> list[dict[str, Any]]:
    """The attributes of all objects of a Bokeh item with this name."""
    return [item.get("attributes", {}) for item in walk(value) if item.get("name") == name]


def walk(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]  # narrowed below
        if isinstance(part, dict | list):
            yield from walk(part)


def columns(item: object) -> list[dict[str, NDArray[Any]]]:
    """The decoded columns of each source of an item."""
    sources = [found["data"]["entries"] for found in objects(item, "ColumnDataSource")]
    return [{name: decoded(held) for name, held in entries} for entries in sources]


def decoded(held: Any) -> NDArray[Any]:
    if isinstance(held, list):
        return np.array([decoded(part) if isinstance(part, dict) else part for part in held])
    raw = gzip.decompress(base64.b64decode(held["array"]["data"]))
    return np.frombuffer(raw, held["dtype"]).reshape(held["shape"])


def test_item_holds_the_points_and_the_ends_of_their_errors() -> None:
    series = Series(
        "errorbar", "data", (1.0, 2.0), (3.0, 4.0), yerr=((0.5, 1.0), (0.25, 2.0)), marker="o"
    )

    points, bars = sorted(columns(to_bokeh(plot(series))), key=lambda held: "y0" in held)

    assert (points["x"].tolist(), points["y"].tolist()) == ([1.0, 2.0], [3.0, 4.0])
    assert (bars["y0"].tolist(), bars["y1"].tolist()) == ([2.5, 3.0], [3.25, 6.0])


def test_item_keeps_scales_and_limits() -> None:
    item = to_bokeh(plot(Series("line", "", (1.0,), (2.0,), line="-")))

    assert len(objects(item, "LogScale")) == 1
    assert sorted((held.get("start", 0.0), held["end"]) for held in objects(item, "Range1d")) == [
        (0.0, 5.0), (0.1, 10.0),
    ]  # fmt: skip


def test_error_bar_that_reaches_below_zero_ends_far_below_a_log_axis() -> None:
    series = Series("errorbar", "", (1.0,), (1.0,), yerr=((2.0,), (2.0,)), marker="o")

    item = to_bokeh(plot(series, yscale="log", ylim=(0.1, 10.0)))

    assert [held["y0"].tolist() for held in columns(item) if "y0" in held] == [[0.1 / 1000]]


def test_many_points_are_thinned_and_the_peak_stays() -> None:
    count = 5 * DRAWN_AT_MOST
    y = [0.0] * count
    y[77_777] = 4.0
    series = Series("line", "", tuple(map(float, range(1, count + 1))), tuple(y), line="-")

    (drawn,) = columns(to_bokeh(plot(series)))

    assert (len(drawn["x"]) <= DRAWN_AT_MOST, drawn["y"].max()) == (True, 4.0)
    assert drawn["x"][drawn["y"].argmax()] == 77_778.0


def test_image_of_matplotlib_is_turned_to_start_at_the_lower_left() -> None:
    image = Image(((1.0, 2.0), (3.0, 4.0)), 1, (0.0, 2.0, 0.0, 2.0), from_top=True)

    (drawn,) = columns(to_bokeh(plot(Series("image", "", (), (), image=image))))

    assert drawn["image"].tolist() == [[[3.0, 4.0], [1.0, 2.0]]]


def test_guides_run_along_the_axes() -> None:
    across = Series("line", "mean", (0.0, 1.0), (2.5, 2.5), guide=True)
    up = Series("line", "peak", (3.0, 3.0), (0.0, 1.0), guide=True)

    item = to_bokeh(plot(across, up))

    assert [list(held) for held in columns(item)] == [["y"], ["x"]]
    assert [held["label"]["value"] for held in objects(item, "LegendItem")] == ["mean", "peak"]


def test_panels_on_one_axis_move_together() -> None:
    line = Series("line", "", (1.0,), (2.0,), line="-")
    upper = plot(line, box=(80.0, 300.0, 600.0, 200.0)).axes[0]
    lower = plot(line, box=(80.0, 50.0, 600.0, 200.0)).axes[0]

    item = to_bokeh(Plot((800.0, 600.0), (lower, upper)))

    assert len(objects(item, "Range1d")) == 3


def test_texts_of_strangers_are_plain() -> None:
    series = Series("line", ATTACK, (1.0,), (2.0,), line="-")

    text = json.dumps(to_bokeh(plot(series, title=ATTACK, xlabel=ATTACK, ylabel=ATTACK)))

    assert ("$$" in text, "\\\\" in text) == (False, False)
    assert objects(json.loads(text), "MathText") == []


def test_numbers_at_the_end_of_floats_are_drawn() -> None:
    huge = Series(
        "errorbar", "", (1e308, -1e308), (1e308, None), yerr=((1e308, None), (1e308, 1.0))
    )

    item = to_bokeh(plot(huge, xlim=None, ylim=None, xscale="linear"))

    json.dumps(item, allow_nan=False)
    assert len(columns(item)) == 2
