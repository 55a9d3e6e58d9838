"""The sky map: where figures stand in the sky, in an equal-area projection.

The projection is that of Hammer and Aitoff, centred on right ascension 0 h, with right ascension
growing to the left as one sees the sky from inside:

    gamma = sqrt(2 / (1 + cos(dec) cos(ra / 2))),
    x = -2 gamma cos(dec) sin(ra / 2),  y = gamma sin(dec)

(Calabretta & Greisen 2002, A&A 395, 1077, section 5.3.4; right ascension between -180 and 180
degrees, x within 2 sqrt(2), y within sqrt(2)).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import asin, atan2, cos, degrees, isfinite, radians, sin, sqrt

RADIUS = 240.0  # of the map from its centre to a pole, in the units of the picture
MARGIN = 14.0
WIDTH = 4 * RADIUS + 2 * MARGIN
HEIGHT = 2 * RADIUS + 2 * MARGIN
NOON = 12  # hours: the rim
STEP = 3.0  # degrees between the points of a drawn line
EDGE = 179.999
TOGETHER = 0.5  # degrees within which marks are one
# The Galactic pole and the node of the plane, ICRS degrees (ESA 1997, The Hipparcos and Tycho
# Catalogues, SP-1200, volume 1, section 1.5.3).
POLE_RA, POLE_DEC, NODE = 192.85948, 27.12825, 32.93192

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the sky with all that stands there.

    Attributes:
        x, y: in the units of the picture.
        ra, dec: ICRS, degrees.
        pks: keys of what stands there.
    """

    x: float
    y: float
    ra: float
    dec: float
    pks: tuple[int, ...]


def projected(ra: float, dec: float) -> Point:
    """Where a direction lies in the picture, which grows to the right and down.

    Args:
        ra: right ascension, degrees; any number of turns.
        dec: declination, degrees between -90 and 90.
    """
    half = radians((ra + 180) % 360 - 180) / 2
    high = radians(dec)
    gamma = sqrt(2 / (1 + cos(high) * cos(half)))
    x, y = -2 * gamma * cos(high) * sin(half), gamma * sin(high)
    scale = RADIUS / sqrt(2)
    return round(WIDTH / 2 + scale * x, 2), round(HEIGHT / 2 - scale * y, 2)


def galactic(longitude: float, latitude: float) -> Point:
    """ICRS right ascension and declination of a Galactic direction; all in degrees."""
    lon, lat, pole = radians(longitude - NODE), radians(latitude), radians(POLE_DEC)
    dec = asin(sin(lat) * sin(pole) + cos(lat) * cos(pole) * sin(lon))
    ra = atan2(cos(lat) * cos(lon), sin(lat) * cos(pole) - cos(lat) * sin(pole) * sin(lon))
    return (degrees(ra) + POLE_RA) % 360, degrees(dec)


def is_place(ra: float, dec: float) -> bool:
    """Whether two numbers are a direction."""
    return isfinite(ra) and abs(dec) <= 90  # noqa: PLR2004 -- degrees


def marks(places: Iterable[tuple[int, float | None, float | None]]) -> list[Mark]:
    """A mark for each place; what stands within half a degree shares one.

    Args:
        places: key, right ascension and declination of each, degrees; what has none, or
            numbers that are no direction, is left out.
    """
    together: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
    for pk, ra, dec in places:
        if ra is None or dec is None or not is_place(ra, dec):
            continue
        cell = (round(ra % 360 * cos(radians(dec)) / TOGETHER), round(dec / TOGETHER))
        together.setdefault(cell, []).append((pk, ra % 360, dec))
    return [
        Mark(*projected(ra, dec), ra, dec, tuple(item[0] for item in found))
        for found in together.values()
        for _pk, ra, dec in found[:1]
    ]


def meridians() -> list[str]:
    """Paths of the right ascensions every two hours, and the rim."""
    hours = [-EDGE, *range(-150, 180, 30), EDGE]
    return [_path((ra, dec) for dec in _steps(-90, 90)) for ra in hours]


def parallels() -> list[str]:
    """Paths of the declinations every thirty degrees."""
    return [_path((ra, dec) for ra in _steps(-EDGE, EDGE)) for dec in range(-60, 61, 30)]


def galactic_plane() -> list[str]:
    """Paths of the Galactic plane, broken where it meets the rim."""
    points = [projected(*galactic(longitude, 0)) for longitude in _steps(0, 360)]
    lines: list[list[Point]] = [points[:1]]
    for last, point in pairwise(points):
        if abs(point[0] - last[0]) > RADIUS:
            lines.append([])
        lines[-1].append(point)
    return [_line(line) for line in lines if len(line) > 1]


def labels() -> list[tuple[float, float, str]]:
    """x, y and text of the numbers on the map: hours on the equator, degrees on the middle."""
    hours = [(*projected(15 * hour, 0), f"{hour}h") for hour in range(2, 24, 2) if hour != NOON]
    heights = [(*projected(-0.01, dec), _signed(dec)) for dec in (-60, -30, 30, 60)]
    return [*hours, *heights]


def _signed(dec: int) -> str:
    return f"{dec:+d}°".replace("-", "\N{MINUS SIGN}")


def _steps(start: float, stop: float) -> list[float]:
    count = round((stop - start) / STEP)
    return [start + (stop - start) * step / count for step in range(count + 1)]


def _path(directions: Iterable[Point]) -> str:
    return _line([projected(*direction) for direction in directions])


def _line(points: list[Point]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
