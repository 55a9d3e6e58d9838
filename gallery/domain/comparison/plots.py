"""Plotted arrays: what two pictures drew, series by series."""

import re
from collections.abc import Iterator

import numpy as np

from executor.domain.plot import Axes, BadPlotError, Numbers, Plot, Series, read_plot
from executor.domain.plot_text import plain
from gallery.domain.comparison.bounds import UnreadableError
from gallery.domain.comparison.conversion import NotConvertibleError, in_unit, same_unit
from gallery.domain.comparison.fields import Array, Field, readable
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerances

UNIT = re.compile(r"[\[(]\s*([^\[\]()]*(?:\([^()]*\)[^\[\]()]*)*)\s*[\])]\s*$")
ERRORS = {"x": "xerr", "y": "yerr"}


def read(data: bytes) -> Plot:
    """Plotted arrays.

    Raises:
        UnreadableError: the bytes are none.
    """
    try:
        return read_plot(data)
    except BadPlotError as error:
        raise UnreadableError(f"its plotted arrays cannot be read: {error}") from None


def compare_plots(tally: Tally, published: Plot, found: Plot, tolerances: Tolerances) -> None:
    """Compare what two pictures drew into a tally; how they drew it becomes notes."""
    for number, axes in enumerate(published.axes):
        where = f"axes {number + 1}" if len(published.axes) > 1 else "the plot"
        if number >= len(found.axes):
            if axes.series:
                tally.blocks(f"The re-run's picture has no {where}")
            continue
        _compare_axes(tally, where, axes, found.axes[number], tolerances)
    if len(found.axes) > len(published.axes):
        tally.note("the re-run's picture has more axes")
    if found.size != published.size:
        tally.note(f"drawn {_size(found)} pixels large, published {_size(published)}")


def _size(plot: Plot) -> str:
    return f"{plot.size[0]:g} x {plot.size[1]:g}"


def _compare_axes(
    tally: Tally, where: str, published: Axes, found: Axes, tolerances: Tolerances
) -> None:
    _tell_drawing(tally, where, published, found)
    try:
        units = {name: _axis_units(name, published, found) for name in ("x", "y")}
    except NotConvertibleError as error:
        tally.blocks(f"{where}: {error}")
        return
    pairs, extra = _paired(published.series, found.series)
    for one, other in pairs:
        if other is None:
            if not one.guide:
                tally.blocks(f"The re-run's picture does not draw {_named(one, where)}")
            continue
        _compare_series(tally, where, one, other, tolerances, units)
    for item in extra:
        tally.note(f"{_named(item, where)} is new in the re-run")


def _tell_drawing(tally: Tally, where: str, published: Axes, found: Axes) -> None:
    for name in ("title", "xlabel", "ylabel", "xscale", "yscale"):
        one, other = getattr(published, name), getattr(found, name)
        if one != other:
            tally.note(f"{where}: {name} was {readable(one, 60)!r} and is {readable(other, 60)!r}")
    for name in ("xlim", "ylim"):
        if getattr(published, name) != getattr(found, name):
            tally.note(f"{where}: drawn from other {name} on")


def _axis_units(name: str, published: Axes, found: Axes) -> tuple[str, str] | None:
    """Units at the ends of the two labels, when they are two; None when nothing is to be done."""
    one, other = (_unit(getattr(item, f"{name}label")) for item in (published, found))
    if one == other or same_unit(one, other):
        return None
    if one and other:
        return one, other
    label = getattr(published, f"{name}label"), getattr(found, f"{name}label")
    if not all(label):
        return None  # one is not labelled at all: a matter of drawing
    raise NotConvertibleError(
        f"the {name} axis was in {readable(one) or 'no unit'} and is in "
        f"{readable(other) or 'no unit'}"
    )


def _unit(label: str) -> str:
    found = UNIT.search(plain(label))
    return found[1].strip() if found else ""


def _paired(
    published: tuple[Series, ...], found: tuple[Series, ...]
) -> tuple[list[tuple[Series, Series | None]], list[Series]]:
    """Each published series with the one that stands for it: by name, by length, by contents."""
    free = dict(enumerate(found))
    chosen: dict[int, Series] = {}
    for test in (_is_equal, _is_named_alike, _is_like, _is_as_long):
        for number, one in enumerate(published):
            if number in chosen:
                continue
            place = next((key for key, item in free.items() if test(one, item)), None)
            if place is not None:
                chosen[number] = free.pop(place)
    return [(one, chosen.get(i)) for i, one in enumerate(published)], list(free.values())


def _is_equal(one: Series, other: Series) -> bool:
    return one.label == other.label and (one.x, one.y, one.image) == (other.x, other.y, other.image)


def _is_named_alike(one: Series, other: Series) -> bool:
    return (
        bool(one.label)
        and (one.label, one.guide) == (other.label, other.guide)
        and ((one.image is None) == (other.image is None))
    )


def _is_like(one: Series, other: Series) -> bool:
    return (one.kind, one.guide, len(one.x)) == (other.kind, other.guide, len(other.x))


def _is_as_long(one: Series, other: Series) -> bool:
    alike = (one.image is None) == (other.image is None)
    return alike and one.guide == other.guide and len(one.x) == len(other.x)


def _named(series: Series, where: str) -> str:
    name = f"series {readable(series.label)!r}" if series.label else f"a {series.kind}"
    return f"{name} of {where}"


def _compare_series(  # noqa: PLR0913, PLR0917 -- a series within two axes
    tally: Tally, where: str, one: Series, other: Series, tolerances: Tolerances,
    units: dict[str, tuple[str, str] | None],
) -> None:  # fmt: skip
    name = _named(one, where)
    if one.label and one.label in tolerances.ignore:
        return
    if one.kind != other.kind:
        tally.note(f"{name} is drawn as {other.kind} instead of {one.kind}")
    if not one.x and one.image is None:
        tally.blocks(f"{name} was not kept" + (f" ({readable(one.note)})" if one.note else ""))
        return
    for field in _fields(name, one, other, tolerances, units, tally):
        tally.add(field)


def _fields(  # noqa: PLR0913, PLR0917 -- a series within two axes
    name: str, one: Series, other: Series, tolerances: Tolerances,
    units: dict[str, tuple[str, str] | None], tally: Tally,
) -> Iterator[Field]:  # fmt: skip
    tolerance = tolerances.columns.get(one.label, tolerances.default)
    if one.image is not None and other.image is not None:
        yield from _image_fields(name, one, other, tolerances, tally)
        return
    if len(one.x) != len(other.x):
        tally.lacks(
            abs(len(one.x) - len(other.x)),
            f"{name} has {len(other.x)} points, published {len(one.x)}",
        )
    count = min(len(one.x), len(other.x))
    parts = _parts(one, other)
    for part, (first, second) in parts.items():
        axis = units.get(part[0]) if not one.guide else None
        values, slack = _array(second[:count]), np.zeros(count)
        if axis is not None:
            try:
                converted = in_unit(values, axis[1], axis[0])
            except NotConvertibleError as error:
                tally.blocks(f"{name}: {error}")
                return
            values, slack = converted.values, np.broadcast_to(converted.slack, (count,))
            tally.note(f"{name}: {part} {converted.note}")
        errors = _symmetric(getattr(one, ERRORS[part])) if part in ERRORS else None
        yield Field(
            f"{part} of {name}", _array(first[:count]), values,
            tolerance=tolerances.columns.get(part, tolerance),
            errors=None if errors is None else errors[:count], slack=slack,
            place=lambda index: f"point {index + 1}", xlabel="point",
        )  # fmt: skip


def _parts(one: Series, other: Series) -> dict[str, tuple[Numbers, Numbers]]:
    parts = {"x": (one.x, other.x), "y": (one.y, other.y)}
    for name in ("z", "width", "base"):
        if getattr(one, name) and getattr(other, name):
            parts["y base" if name == "base" else "x width" if name == "width" else name] = (
                getattr(one, name), getattr(other, name),
            )  # fmt: skip
    for name in ("xerr", "yerr"):
        first, second = getattr(one, name), getattr(other, name)
        if first and second:
            for side, word in enumerate(("below", "above")):
                parts[f"{name[0]} error {word}"] = (first[side], second[side])
        elif first:
            parts[f"{name[0]} error"] = (first[0], (None,) * len(first[0]))
    return parts


def _image_fields(
    name: str, one: Series, other: Series, tolerances: Tolerances, tally: Tally
) -> Iterator[Field]:
    first, second = one.image, other.image
    if first is None or second is None:
        return
    tolerance = tolerances.columns.get(one.label, tolerances.default)
    pixels, others = _array2(first.rows), _array2(second.rows)
    if pixels.shape != others.shape or first.channels != second.channels:
        shape = " x ".join(str(side) for side in others.shape)
        tally.lacks(pixels.size, f"the image of {name} has {shape} values")
        return
    if first.from_top != second.from_top:
        others = others[::-1]
        tally.note(f"{name}: its first row is at the other end")
    yield Field(f"extent of {name}", np.array(first.extent), np.array(second.extent), tolerance)
    yield Field(f"pixels of {name}", pixels, others, tolerance)


def _array(numbers: Numbers) -> Array:
    return np.array([np.nan if item is None else item for item in numbers], dtype=float)


def _array2(rows: tuple[Numbers, ...]) -> Array:
    return np.stack([_array(row) for row in rows])


def _symmetric(errors: tuple[Numbers, Numbers] | None) -> Array | None:
    return None if errors is None else (_array(errors[0]) + _array(errors[1])) / 2
