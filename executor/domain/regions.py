"""Regions in the format of SAOImage DS9: the shapes and systems that are drawn over an image.

A subset: circle, ellipse, box, polygon, line, annulus, point and text, in ``icrs``, ``fk5``
(taken as ICRS, which differs by less than 0.1 arcsec), ``galactic`` and ``image``. Lines that are
something else are counted, never guessed at.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

REGIONS_AT_MOST = 2000
POINTS_AT_MOST = 500
BYTES_AT_MOST = 1024 * 1024
TEXT_AT_MOST = 80
SYSTEMS = {
    "icrs": "icrs", "fk5": "icrs", "j2000": "icrs", "galactic": "galactic", "image": "image",
    "physical": "image",
}  # fmt: skip
SHAPE = re.compile(r"[+-]?\s*([a-z]+)\s*[( ]\s*([^()#]*)\)?\s*(?:#(.*))?", re.IGNORECASE)
TITLE = re.compile(r"text\s*=\s*(?:\{([^}]*)\}|\"([^\"]*)\"|'([^']*)')")
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
SIZES = {'"': 1 / 3600, "'": 1 / 60, "d": 1.0, "r": 180 / math.pi}
COUNTS = {"circle": 1, "ellipse": 3, "box": 3, "annulus": 2, "point": 0, "text": 0}
"""Shape → how many numbers follow its position."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Region:
    """A shape.

    Attributes:
        shape: ``circle``, ``ellipse``, ``box``, ``polygon``, ``line``, ``annulus``, ``point`` or
            ``text``.
        system: ``icrs``, ``galactic`` (degrees) or ``image`` (pixels, from 1 as FITS counts).
        points: its corners or its middle.
        sizes: radii, or width and height, in the units of the system.
        in_pixels: whether the sizes are pixels although the position is on the sky.
        angle: degrees anticlockwise from the first axis.
        text: what is written beside it.
    """

    shape: str
    system: str
    points: tuple[Point, ...]
    sizes: tuple[float, ...] = ()
    in_pixels: bool = False
    angle: float = 0.0
    text: str = ""


def read_regions(data: bytes) -> tuple[list[Region], int]:
    """The regions of a file, and how many lines could not be used.

    Args:
        data: a file of the DS9 format; more than 1 MiB or 2,000 regions are not read.
    """
    system, found, left = "image", list[Region](), 0
    for line in _lines(data):
        named = SYSTEMS.get(line.lower())
        if named or line.isalnum():
            system, left = named or "", left + (0 if named else 1)
            continue
        region = _region(line, system) if len(found) < REGIONS_AT_MOST else None
        if region:
            found.append(region)
        else:
            left += 1
    return found, left


def _lines(data: bytes) -> Iterator[str]:
    text = data[:BYTES_AT_MOST].decode("utf-8", "replace")
    for line in re.split(r"[\n\r]", text):
        yield from _parts(line.strip())


def _parts(line: str) -> Iterator[str]:
    """What stands between semicolons, without comments, ``global`` lines and empty ones."""
    if line.startswith(("#", "global")):
        if re.match(r"#\s*text[ (]", line):
            yield line.lstrip("# ")
        return
    shape, mark, properties = line.partition("#")
    *before, last = shape.split(";")
    for part in [*before, last + mark + properties]:
        if part.strip():
            yield part.strip()


def _region(line: str, system: str) -> Region | None:
    known = SHAPE.fullmatch(line)
    if not known or not system:
        return None
    shape = known[1].lower()
    words = [word for word in re.split(r"[,\s]+", known[2].strip()) if word]
    if not words[1:] or len(words) > 2 * POINTS_AT_MOST:
        return None
    try:
        return _shape(shape, system, words, _title(known[3] or ""))
    except ValueError:
        return None


def _title(properties: str) -> str:
    found = TITLE.search(properties)
    text = next((part for part in found.groups() if part), "") if found else ""
    return "".join(one for one in text if one.isprintable())[:TEXT_AT_MOST]


def _shape(shape: str, system: str, words: list[str], text: str) -> Region | None:
    if shape in ("polygon", "line"):
        words = words[: 4 if shape == "line" else None]
        pairs = zip(words[::2], words[1::2], strict=True)
        points = tuple(_point(lon, lat, system) for lon, lat in pairs)
        return Region(shape, system, points, text=text) if len(points) > 1 else None
    if shape not in COUNTS or len(words) < 2 + min(COUNTS[shape], 2):
        return None
    count = min(COUNTS[shape], 2)
    sized = [_size(word, system) for word in words[2 : 2 + count]]
    turned = shape in ("ellipse", "box") and len(words) > 4  # noqa: PLR2004 -- position, two sizes
    angle = _finite(words[4].rstrip("d")) if turned else 0.0
    return Region(
        shape, system, (_point(words[0], words[1], system),), tuple(size for size, _ in sized),
        any(pixels for _, pixels in sized), angle, text,
    )  # fmt: skip


def _point(lon: str, lat: str, system: str) -> Point:
    if system == "image":
        return _finite(lon.rstrip("ip")), _finite(lat.rstrip("ip"))
    hours = system == "icrs" and (":" in lon or "h" in lon)
    degrees = _angle(lat)
    if abs(degrees) > 90:  # noqa: PLR2004 -- the poles
        raise ValueError(lat)
    return _angle(lon) * (15 if hours else 1), degrees


def _angle(text: str) -> float:
    """Degrees, or sexagesimal in whatever comes first."""
    parts = [part for part in re.split(r"[:hdms'\"]", text) if part]
    if len(parts) == 1:
        return _finite(parts[0])
    if len(parts) > 3:  # noqa: PLR2004 -- hours, minutes, seconds
        raise ValueError(text)
    sign = -1 if text.startswith("-") else 1
    sizes = [abs(_finite(part)) for part in parts]
    return sign * math.fsum(size / 60.0**power for power, size in enumerate(sizes))


def _size(text: str, system: str) -> tuple[float, bool]:
    """A size and whether it is in pixels."""
    unit = text[-1]
    if unit in SIZES and system != "image":
        return _positive(text[:-1]) * SIZES[unit], False
    if unit in "ip":
        return _positive(text[:-1]), system != "image"
    return _positive(text), False


def _positive(text: str) -> float:
    value = _finite(text)
    if not 0 < value < 1e9:  # noqa: PLR2004 -- beyond any image
        raise ValueError(text)
    return value


def _finite(text: str) -> float:
    if not re.fullmatch(NUMBER, text):
        raise ValueError(text)
    value = float(text)
    if not abs(value) <= 1e9:  # noqa: PLR2004 -- beyond any image
        raise ValueError(text)
    return value
