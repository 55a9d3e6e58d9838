"""Regions and sources of a catalogue, as paths over a picture."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from executor.domain.looking.catalogue import Positions
from executor.domain.looking.frame import Frame
from executor.domain.looking.sky import TO_GALACTIC, Sky, angles, unit_vectors
from executor.domain.looking.svg_path import path_data
from executor.domain.regions import Region

AROUND = 73  # points of a circle
SOURCES_AT_MOST = 3000
ALONG = 9  # points of a straight side on the sky

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Something over a picture; ``path`` is empty for a mark at one place."""

    path: str
    u: float
    v: float
    text: str


def draw_regions(regions: list[Region], sky: Sky | None, frame: Frame) -> tuple[list[Drawn], int]:
    """Regions over a picture, and how many lie outside or need a sky that is not known."""
    found = [_drawn(region, sky, frame) for region in regions]
    shown = [item for item in found if item and _is_inside(item.u, item.v, frame)]
    return shown, len(regions) - len(shown)


def draw_sources(where: Positions, sky: Sky, frame: Frame) -> tuple[list[Drawn], int]:
    """Marks for sources inside the picture, at most 3,000, and how many are inside."""
    u, v = frame.to_view(*sky.pixels(where.ra, where.dec))
    pairs = list(zip(u.tolist(), v.tolist(), strict=True))
    inside = [index for index, (one, two) in enumerate(pairs) if _is_inside(one, two, frame)]
    shown = [
        Drawn("", round(pairs[index][0], 2), round(pairs[index][1], 2), where.names[index])
        for index in inside[:SOURCES_AT_MOST]
    ]
    return shown, len(inside)


def _is_inside(u: float, v: float, frame: Frame) -> bool:
    left, top, right, bottom = frame.whole
    return bool(left <= u <= right and top <= v <= bottom)


def _drawn(region: Region, sky: Sky | None, frame: Frame) -> Drawn | None:
    if region.system != "image" and sky is None:
        return None
    outlines = _outlines(region)
    middle = np.array(region.points).mean(axis=0, keepdims=True)
    if region.system != "image" and region.in_pixels:
        # The middle is on the sky and the size is not: the outline is drawn around its pixel.
        at = _pixels(region, middle, sky)
        lines = [line + at for line in outlines]
    else:
        around = [_placed(line, region) for line in outlines]
        lines = [_pixels(region, line, sky) for line in around]
        at = _pixels(region, middle, sky)
    u, v = frame.to_view(at[:, 0], at[:, 1])
    if not (math.isfinite(u[0]) and math.isfinite(v[0])):
        return None
    seen = [np.stack(frame.to_view(line[:, 0], line[:, 1]), axis=1) for line in lines]
    return Drawn(path_data(seen, 2), round(float(u[0]), 2), round(float(v[0]), 2), region.text)


def _outlines(region: Region) -> list[Doubles]:
    """Lines in the shape's own plane around its middle; absolute points for polygons and lines."""
    turn = np.linspace(0, 2 * np.pi, AROUND)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    if region.shape == "circle":
        return [circle * region.sizes[0]]
    if region.shape == "annulus":
        return [circle * size for size in region.sizes]
    if region.shape == "ellipse":
        return [_turned(circle * region.sizes, region.angle)]
    if region.shape == "box":
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * region.sizes / 2
        return [_turned(_filled(corners), region.angle)]
    if region.shape in ("polygon", "line"):
        points = np.array(region.points)
        return [np.concatenate([points, points[:1]]) if region.shape == "polygon" else points]
    return []


def _filled(corners: Doubles) -> Doubles:
    share = np.linspace(0, 1, ALONG)[:, None]
    sides = [a + (b - a) * share for a, b in pairwise(corners)]
    return np.concatenate(sides)


def _turned(points: Doubles, degrees: float) -> Doubles:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]))


def _placed(line: Doubles, region: Region) -> Doubles:
    """Points of the region's system from points around its middle.

    On the sky with east to the left: the first axis points west. Offsets are along great circles.
    """
    if region.shape in ("polygon", "line"):
        return line
    if region.system == "image":
        return np.asarray(line + np.array(region.points[0]))
    lon, lat = region.points[0]
    middle = unit_vectors(np.array(lon), np.array(lat))
    east = unit_vectors(np.array(lon + 90), np.array(0.0))
    north = np.cross(middle, east)
    size = np.radians(np.hypot(line[:, 0], line[:, 1]))[:, None]
    towards = -line[:, :1] * east + line[:, 1:] * north
    length = np.linalg.norm(towards, axis=1, keepdims=True)
    away = towards / np.where(length > 0, length, 1)
    return np.stack(angles(np.cos(size) * middle + np.sin(size) * away), axis=1)


def _pixels(region: Region, points: Doubles, sky: Sky | None) -> Doubles:
    """Pixel positions, from 0, of points of the region's system."""
    if region.system == "image" or sky is None:
        return points - 1.0
    lon, lat = points[:, 0], points[:, 1]
    if region.system == "galactic":
        lon, lat = angles(unit_vectors(lon, lat) @ TO_GALACTIC)
    return np.stack(sky.pixels(lon, lat), axis=1)
