"""Lines of equal longitude and latitude over a picture, and what is written on them.

On unit vectors both are the zeros of smooth functions: sin(lon - L) cos(lat) for a meridian, where
cos(lon - L) is positive, and sin(lat) - sin(B) for a parallel.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from executor.domain.looking.angle import degrees_text, hours_text
from executor.domain.looking.frame import Box, Frame
from executor.domain.looking.sky import TO_GALACTIC, Sky, angles, unit_vectors
from executor.domain.looking.svg_path import path_data

NODES = 97
WANTED = 5
LINES_AT_MOST = 40
NEARLY_ZERO = -1e-9
PARTS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30)  # of arcseconds and arcminutes
DEGREES = [part / one for one in (3600, 60) for part in PARTS] + [1, 2, 5, 10, 15, 30, 45, 90]
DECIMAL = [ten * part for ten in (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10) for part in (1, 2, 5)] + [90]
HOURS = [15 * step for step in DEGREES if 15 * step <= 90]  # noqa: PLR2004 -- 6 hours

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Label:
    """What is written where a line meets an edge; ``u`` and ``v`` in units of the frame."""

    text: str
    u: float
    v: float
    edge: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Path data of all lines, their labels, and what the two axes are."""

    path: str
    labels: tuple[Label, ...]
    lon_name: str
    lat_name: str


def make_grid(sky: Sky, frame: Frame, box: Box, *, galactic: bool) -> Grid:
    """The grid over a part of a picture.

    Args:
        sky: where its pixels are.
        frame: the whole picture.
        box: left, top, right, bottom of the part, in units of the frame.
        galactic: lines of Galactic longitude and latitude instead of ICRS ones.
    """
    u = np.linspace(box[0], box[2], NODES)
    v = np.linspace(box[1], box[3], NODES)
    vectors = sky.vectors(*frame.to_pixel(*np.meshgrid(u, v)))
    if galactic:
        vectors = vectors @ TO_GALACTIC.T
    lines: list[Doubles] = []
    labels: list[Label] = []
    lon, lat = angles(vectors[np.isfinite(vectors).all(axis=-1)])
    for is_lon, value, text in [
        *_meridians(lon, galactic=galactic),
        *_parallels(lat, galactic=galactic),
    ]:
        found = _traced(u, v, vectors, value, is_lon=is_lon)
        lines += found
        label = _label(found, text, box, is_lon=is_lon)
        if label and all(_is_apart(label, other, box) for other in labels):
            labels.append(label)
    names = (
        ("Galactic longitude", "Galactic latitude")
        if galactic
        else ("Right ascension", "Declination")
    )
    return Grid(path_data(lines, _digits(box)), tuple(labels), *names)


def _is_apart(one: Label, other: Label, box: Box) -> bool:
    """Whether two labels do not run into each other, on a phone either."""
    unit = (box[2] - box[0]) / 1000
    return abs(one.u - other.u) > 120 * unit or abs(one.v - other.v) > 40 * unit


def _digits(box: Box) -> int:
    return max(1, 4 - math.floor(math.log10(max(box[2] - box[0], 1e-6))))


def _meridians(lon: Doubles, *, galactic: bool) -> list[tuple[bool, float, str]]:
    start, span = _arc(lon)
    step = _step(span, DECIMAL if galactic else HOURS)
    told = degrees_text if galactic else hours_text
    return [
        (True, value % 360, told(value % 360, step))
        for value in _multiples(start, start + span, step)
    ]


def _parallels(lat: Doubles, *, galactic: bool) -> list[tuple[bool, float, str]]:
    if not len(lat):
        return []
    low, high = float(lat.min()), float(lat.max())
    step = _step(high - low, DECIMAL if galactic else DEGREES)
    return [
        (False, value, degrees_text(value, step, signed=True, sexagesimal=not galactic))
        for value in _multiples(low, high, step)
        if abs(value) < 90  # noqa: PLR2004 -- the poles are points
    ]


def _arc(lon: Doubles) -> tuple[float, float]:
    """Where the shortest arc with all longitudes starts, and how long it is."""
    if not len(lon):
        return 0.0, 0.0
    known = np.sort(lon)
    gaps = np.diff(known, append=known[0] + 360)
    widest = int(np.argmax(gaps))
    span = 360.0 if gaps[widest] < 20 else 360.0 - float(gaps[widest])  # noqa: PLR2004 -- all around
    return float(known[(widest + 1) % len(known)]), span


def _step(span: float, steps: list[float]) -> float:
    return next((step for step in steps if span / step <= WANTED + 1), steps[-1])


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step), math.floor(high / step)
    count = last - first + (0 if (last - first) * step >= 360 else 1)  # noqa: PLR2004 -- once around
    return [(first + number) * step for number in range(min(max(count, 0), LINES_AT_MOST))]


def _traced(
    u: Doubles, v: Doubles, vectors: Doubles, value: float, *, is_lon: bool
) -> list[Doubles]:
    from contourpy import contour_generator  # noqa: PLC0415 -- only who looks at images needs it

    if is_lon:
        along, across = (
            unit_vectors(np.array(value), np.array(0.0)),
            unit_vectors(np.array(value + 90), np.array(0.0)),
        )
        field, ahead = vectors @ across, vectors @ along
        field = np.where(
            ahead > NEARLY_ZERO, field, np.nan
        )  # the other half is the meridian opposite
    else:
        field = vectors[..., 2] - math.sin(math.radians(value))
    found: list[Doubles] = contour_generator(u, v, np.ma.masked_invalid(field)).lines(0.0)  # type: ignore[assignment]
    return found


def _label(lines: list[Doubles], text: str, box: Box, *, is_lon: bool) -> Label | None:
    """The label of a line where it meets an edge, for longitudes the bottom one if it can be."""
    ends = [tuple(point) for line in lines for point in (line[0], line[-1])]
    near = (box[2] - box[0]) * 1e-6
    edges = {"bottom": (1, box[3]), "top": (1, box[1]), "left": (0, box[0]), "right": (0, box[2])}
    order = ("bottom", "top", "left", "right") if is_lon else ("left", "right", "bottom", "top")
    for edge in order:
        axis, at = edges[edge]
        for end in ends:
            if abs(end[axis] - at) <= near:
                return Label(text, float(end[0]), float(end[1]), edge)
    return None
