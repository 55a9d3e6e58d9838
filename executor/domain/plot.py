"""The plotted arrays of a picture (`reprise.plot/1`), read as what they are: a stranger's JSON."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

FORMAT = "reprise.plot/1"
BYTES_AT_MOST = 48 * 1024 * 1024
AXES_AT_MOST = 64
SERIES_AT_MOST = 1000
POINTS_AT_MOST = 200_000
PIXELS_AT_MOST = 4 * 512**2
TEXT_AT_MOST = 2000
SIDE_AT_MOST = 100_000
WIDEST = 1e15  # of a box or an extent: sums of them stay finite
KINDS = frozenset({"line", "errorbar", "scatter", "bar", "image"})
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

Numbers = tuple[float | None, ...]
Errors = tuple[Numbers, Numbers]
Limits = tuple[float, float]


class BadPlotError(ValueError):
    """The bytes are no plot; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Image:
    """Pixels of a series.

    Attributes:
        rows: values by rows; the channels of a pixel stand side by side.
        channels: 1, 3 (red, green, blue) or 4 (and opacity).
        extent: left, right, bottom, top, in the units of the axes.
        from_top: whether the first row is at the top of the extent.
    """

    rows: tuple[Numbers, ...]
    channels: int
    extent: tuple[float, float, float, float]
    from_top: bool


@dataclass(frozen=True, slots=True)
class Series:
    """What one call drew: ``x`` and ``y`` have one number a point, None where there is none.

    Attributes:
        kind: ``line``, ``errorbar``, ``scatter``, ``bar`` or ``image``.
        label: its name in the legend; empty when it has none.
        xerr: lengths of the bars below and above, or None; ``yerr`` as well.
        colour: ``#rrggbb``, or None when colours stand for values (``z``).
        marker: matplotlib's name of it; None when points are not marked. ``line`` as well.
        guide: whether it runs along an axis, with 0 to 1 as its coordinates across.
        width: of each bar; ``base`` is where each stands.
        horizontal: whether bars run along x.
        note: a sentence on what the numbers mean or lack.
    """

    kind: str
    label: str
    x: Numbers
    y: Numbers
    xerr: Errors | None = None
    yerr: Errors | None = None
    colour: str | None = None
    marker: str | None = None
    line: str | None = None
    guide: bool = False
    z: Numbers = ()
    width: Numbers = ()
    base: Numbers = ()
    horizontal: bool = False
    note: str = ""
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Axes:
    """One pair of axes; ``box`` is left, bottom, width, height in pixels from the lower left."""

    title: str
    xlabel: str
    ylabel: str
    xscale: str
    yscale: str
    xlim: Limits | None
    ylim: Limits | None
    box: tuple[float, float, float, float] | None
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A whole picture; ``size`` is its width and height in pixels."""

    size: tuple[float, float]
    axes: tuple[Axes, ...]


def read_plot(data: bytes) -> Plot:
    """Read the bytes of a plot.

    Raises:
        BadPlotError: they are none, or hold more than is drawn.
    """
    if len(data) > BYTES_AT_MOST:
        raise BadPlotError(f"it has {len(data)} bytes, more than {BYTES_AT_MOST}")
    try:
        content = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadPlotError(f"it is not JSON: {str(error)[:200]}") from error
    found = _dict(content, "it")
    if found.get("format") != FORMAT:
        raise BadPlotError(f"its format is not {FORMAT}")
    size = _exactly(found.get("size"), 2, "size")
    if not all(1 <= side <= SIDE_AT_MOST for side in size):
        raise BadPlotError(f"size: a side is not from 1 to {SIDE_AT_MOST} pixels")
    items = _list(found.get("axes"), AXES_AT_MOST, "axes")
    plot = Plot((size[0], size[1]), tuple(_axes(item, f"axes {i}") for i, item in enumerate(items)))
    _check_total(plot)
    return plot


def _refuse(name: str) -> NoReturn:
    raise BadPlotError(f"it holds {name}, which is not a number of JSON")


def _check_total(plot: Plot) -> None:
    series = [item for axes in plot.axes for item in axes.series]
    pixels = sum(len(row) for item in series if item.image for row in item.image.rows)
    counts = (
        (len(series), SERIES_AT_MOST, "series"),
        (sum(len(item.x) for item in series), POINTS_AT_MOST, "points"),
        (pixels, PIXELS_AT_MOST, "values of pixels"),
    )
    for count, at_most, what in counts:
        if count > at_most:
            raise BadPlotError(f"it has {count} {what}, more than {at_most}")


def _axes(value: object, where: str) -> Axes:
    found = _dict(value, where)
    items = _list(found.get("series"), SERIES_AT_MOST, f"{where}, series")
    return Axes(
        **{name: _text(found, name, where) for name in ("title", "xlabel", "ylabel")},
        xscale=_text(found, "xscale", where) or "linear",
        yscale=_text(found, "yscale", where) or "linear",
        xlim=_limits(found.get("xlim"), f"{where}, xlim"),
        ylim=_limits(found.get("ylim"), f"{where}, ylim"),
        box=None if found.get("box") is None else _four(found["box"], f"{where}, box"),
        series=tuple(_series(item, f"{where}, series {i}") for i, item in enumerate(items)),
    )


def _limits(value: object, where: str) -> Limits | None:
    low, high = (*_numbers(value, where, 2), None, None)[:2]
    return None if low is None or high is None or low == high else (low, high)


def _series(value: object, where: str) -> Series:
    found = _dict(value, where)
    kind = found.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadPlotError(f"{where}: its kind is none of {', '.join(sorted(KINDS))}")
    x = _numbers(found.get("x"), f"{where}, x")
    alike = {name: _alike(found, name, len(x), where) for name in ("width", "base")}
    scattered = kind == "scatter" and found.get("z") is not None
    label = _text(found, "label", where)
    return Series(
        kind=kind,
        label="" if label.startswith("_") else label,
        x=x,
        y=_alike(found, "y", len(x), where),
        xerr=_errors(found.get("xerr"), len(x), f"{where}, xerr"),
        yerr=_errors(found.get("yerr"), len(x), f"{where}, yerr"),
        colour=_colour(found.get("colour"), where),
        marker=_text(found, "marker", where) or None,
        line=_text(found, "line", where) or None,
        guide=found.get("guide") is True,
        z=_alike(found, "z", len(x), where) if scattered else (),
        horizontal=found.get("direction") == "horizontal",
        note=_text(found, "note", where),
        image=_image(found, where) if kind == "image" and found.get("z") else None,
        **alike,
    )


def _alike(found: Mapping[str, Any], name: str, count: int, where: str) -> Numbers:
    numbers = _numbers(found.get(name, ()), f"{where}, {name}")
    if len(numbers) != count and (numbers or name == "y"):
        raise BadPlotError(f"{where}: {name} has {len(numbers)} numbers and x has {count}")
    return numbers


def _errors(value: object, count: int, where: str) -> Errors | None:
    if value is None:
        return None
    pair = _list(value, 2, where)
    sides = [_numbers(side, where) for side in pair]
    if [len(side) for side in sides] != [count, count]:
        raise BadPlotError(f"{where}: not two lists with a number for each point")
    return sides[0], sides[1]


def _colour(value: object, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not COLOUR.fullmatch(value):
        raise BadPlotError(f"{where}: its colour is not written #rrggbb")
    return value


def _image(found: Mapping[str, Any], where: str) -> Image:
    shape = [*_exactly(found.get("shape"), None, f"{where}, shape"), 1][:3]
    rows = tuple(
        _numbers(row, f"{where}, z", PIXELS_AT_MOST)
        for row in _list(found.get("z"), PIXELS_AT_MOST, f"{where}, z")
    )
    channels = int(shape[-1])
    wanted = [len(rows), len(rows[0]) // max(channels, 1), channels]
    if (
        channels not in {1, 3, 4}
        or shape != wanted
        or {len(row) for row in rows} != {wanted[1] * channels}
        or not rows[0]
    ):
        raise BadPlotError(f"{where}: its pixels do not fill its shape")
    extent = _four(found.get("extent"), f"{where}, extent")
    return Image(rows, channels, extent, from_top=found.get("origin") != "lower")


def _dict(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadPlotError(f"{where} is not an object")
    return value


def _list(value: object, at_most: int, where: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadPlotError(f"{where}: not a list")
    if len(value) > at_most:
        raise BadPlotError(f"{where}: {len(value)} items, more than {at_most}")
    return list(value)


def _numbers(value: object, where: str, at_most: int = POINTS_AT_MOST) -> Numbers:
    return tuple(_number(item, where) for item in _list(value, at_most, where))


def _number(value: object, where: str) -> float | None:
    if value is None:
        return None
    # True is an int to Python, and no number here.
    if type(value) is not int and type(value) is not float:
        raise BadPlotError(f"{where}: something is not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadPlotError(f"{where}: a number is not finite")
    return number


def _exactly(value: object, count: int | None, where: str) -> tuple[float, ...]:
    numbers = [item for item in _numbers(value, where, 4) if item is not None]
    if count is not None and len(numbers) != count:
        raise BadPlotError(f"{where}: not {count} numbers")
    return tuple(numbers)


def _four(value: object, where: str) -> tuple[float, float, float, float]:
    a, b, c, d = _exactly(value, 4, where)
    if max(abs(number) for number in (a, b, c, d)) > WIDEST:
        raise BadPlotError(f"{where}: a number is above {WIDEST:g}")
    return a, b, c, d


def _text(found: Mapping[str, Any], name: str, where: str) -> str:
    value = found.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > TEXT_AT_MOST:
        raise BadPlotError(f"{where}: {name} is not a text of at most {TEXT_AT_MOST} characters")
    return value.encode("utf-8", "replace").decode()
