"""Positions as they are typed, and as they stand in names of sources.

A name made of coordinates (IAU Commission 5, *Specifications concerning designations for
astronomical radiation sources outside the solar system*, section 3) holds them truncated, not
rounded: the source lies somewhere in the cell of the last digits, and we answer with its middle.
Without the letter J or G such names mean B1950, as the older catalogues did.
"""

import math
import re
from dataclasses import dataclass

from gallery.domain.names.found import Found, UnreadableNameError

TYPED = "the coordinates themselves"
READ = "the coordinates in the name"
LONGEST = 200
NUMBER = r"[+-]?\d{1,3}(?:\.\d{0,12})?"
DEGREES = re.compile(rf"^({NUMBER})\s*(?:deg|d|°)?(?:\s*,\s*|\s+)({NUMBER})\s*(?:deg|d|°)?$")
GALACTIC = re.compile(
    rf"^(?:l\s*=?\s*)({NUMBER})\s*,?\s*(?:b\s*=?\s*)({NUMBER})$|^({NUMBER})[\s,]+({NUMBER})\s+gal(?:actic)?$",
    re.IGNORECASE,
)
SEXAGESIMAL = re.compile(
    r"^(\d{1,2})\s*[h:\s]\s*(\d{1,2})\s*[m:\s]\s*(\d{1,2}(?:\.\d{0,9})?)\s*s?\s*,?\s*"
    r"([+-])\s*(\d{1,2})\s*[d°:\s]\s*(\d{1,2})\s*[m'\u2032:\s]\s*(\d{1,2}(?:\.\d{0,9})?)\s*[s\"\u2033]?$"
)
EQUATORIAL = re.compile(
    r"(?:^|[\s_])(?P<equinox>[JB])?(?P<ra>\d{6}(?:\.\d{1,4})?|\d{4}(?:\.\d{1,3})?)(?P<sign>[+-])"
    r"(?P<dec>\d{2,6}(?:\.\d{1,3})?)[A-Za-z]{0,2}$"
)
ALONG_GALAXY = re.compile(
    r"(?:^|[\s_])G(?P<l>\d{1,3}\.\d{1,4})(?P<sign>[+-])(?P<b>\d{1,2}\.\d{1,4})[A-Za-z]?$"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in degrees, and the width of its last digit in degrees."""

    middle: float
    width: float


def typed_position(text: str) -> Found | None:
    """The position that a text is, in degrees or sexagesimal; None when it is none.

    Raises:
        UnreadableNameError: it is written as one and lies nowhere on the sky.
    """
    text = _plain(text)
    if len(text) > LONGEST:
        return None
    if found := GALACTIC.match(text):
        pair = [float(part) for part in found.groups() if part is not None]
        return _galactic(Cell(pair[0], 0.0), Cell(pair[1], 0.0), text, TYPED)
    if found := DEGREES.match(text):
        return _on_sky(float(found[1]), float(found[2]), text, TYPED)
    if found := SEXAGESIMAL.match(text):
        ra = 15 * _sixtieths(*found.group(1, 2, 3))
        dec = _sixtieths(*found.group(5, 6, 7)) * (-1 if found[4] == "-" else 1)
        return _on_sky(ra, dec, text, TYPED)
    return None


def named_position(name: str) -> Found | None:
    """The position that is written into a name; None when there is none."""
    text = _plain(name)
    if len(text) > LONGEST:
        return None
    if found := ALONG_GALAXY.search(text):
        lon, lat = _decimal(found["l"]), _decimal(found["b"])
        return _galactic(lon, _signed(lat, found["sign"]), text, READ)
    found = EQUATORIAL.search(text)
    cells = _cells(found["ra"], found["dec"]) if found else None
    if found is None or cells is None:
        return None
    ra, dec = cells[0], _signed(cells[1], found["sign"])
    return _of_equinox(ra, dec, "J2000" if found["equinox"] == "J" else "B1950", text)


def _plain(text: str) -> str:
    return " ".join(text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-").split())


def _sixtieths(whole: str, minutes: str, seconds: str) -> float:
    if float(minutes) >= 60 or float(seconds) >= 60:  # noqa: PLR2004 -- as on a clock
        raise UnreadableNameError("Minutes and seconds of a position are below 60.")
    return int(whole) + int(minutes) / 60 + float(seconds) / 3600


def _decimal(text: str) -> Cell:
    """A number of degrees and its last decimal."""
    width = 10.0 ** -len(text.partition(".")[2])
    return Cell(float(text) + width / 2, width)


def _cells(ra: str, dec: str) -> tuple[Cell, Cell] | None:
    """HHMM(.m) or HHMMSS(.s), and DD, DDd, DDMM(.m), DDMMm or DDMMSS(.s), as cells."""
    hours, rest = int(ra[:2]), ra[2:]
    degrees, more = int(dec[:2]), dec[2:]
    across, up = _parts(rest), _parts(more)
    if across is None or up is None or hours >= 24 or degrees > 90:  # noqa: PLR2004 -- the sky
        return None
    return (
        Cell(15 * (hours + across.middle), 15 * across.width),
        Cell(degrees + up.middle, up.width),
    )


def _parts(text: str) -> Cell | None:
    """What follows the hours or degrees, as a part of one of them."""
    digits, _, decimals = text.partition(".")
    small = 10.0 ** -len(decimals)
    if not digits:
        return Cell(0.5, 1.0)
    if len(digits) % 2:  # a tenth of what stands before it
        if decimals:
            return None
        before = 60.0 ** -(len(digits) // 2)
        value = (int(digits[:-1] or "0") / 60 if len(digits) > 1 else 0.0) + int(
            digits[-1]
        ) * before / 10
        return Cell(value + before / 20, before / 10)
    minutes = int(digits[:2])
    seconds = int(digits[2:] or "0")
    if minutes >= 60 or seconds >= 60:  # noqa: PLR2004 -- as on a clock
        return None
    last = 60.0 ** -(len(digits) // 2)
    value = minutes / 60 + seconds / 3600 + float(f"0.{decimals or '0'}") * last
    return Cell(value + small * last / 2, small * last)


def _signed(cell: Cell, sign: str) -> Cell:
    return Cell(-cell.middle, cell.width) if sign == "-" else cell


def _of_equinox(ra: Cell, dec: Cell, equinox: str, name: str) -> Found | None:
    if abs(dec.middle) > 90 + dec.width:
        return None
    from astropy.coordinates import FK4, FK5, SkyCoord  # noqa: PLC0415 -- slow to import

    frame = FK5(equinox=equinox) if equinox == "J2000" else FK4(equinox=equinox)
    where = SkyCoord(ra.middle, max(-90.0, min(90.0, dec.middle)), unit="deg", frame=frame).icrs
    across = ra.width * math.cos(math.radians(dec.middle))
    return Found(
        name, round(float(where.ra.deg), 6), round(float(where.dec.deg), 6), READ,
        uncertainty=round(3600 * math.hypot(across, dec.width) / 2, 1),
        note=f"Read as truncated {equinox} coordinates: the middle of their last digits.",
    )  # fmt: skip


def _galactic(lon: Cell, lat: Cell, name: str, by: str) -> Found:
    if not -360 <= lon.middle <= 360 or not -90 <= lat.middle <= 90:  # noqa: PLR2004 -- degrees
        raise UnreadableNameError(f"{name}: Galactic latitude goes from -90 to 90 degrees.")
    from astropy.coordinates import SkyCoord  # noqa: PLC0415 -- slow to import

    where = SkyCoord(lon.middle, lat.middle, unit="deg", frame="galactic").icrs
    width = 3600 * math.hypot(lon.width * math.cos(math.radians(lat.middle)), lat.width) / 2
    return Found(
        name, round(float(where.ra.deg), 6), round(float(where.dec.deg), 6), by,
        uncertainty=round(width, 1) if width else None, note="Read as Galactic coordinates.",
    )  # fmt: skip


def _on_sky(ra: float, dec: float, text: str, by: str) -> Found:
    if not 0 <= ra <= 360 or not -90 <= dec <= 90:  # noqa: PLR2004 -- degrees
        raise UnreadableNameError(
            f"{text}: right ascension goes from 0 to 360 degrees, declination from -90 to 90."
        )
    return Found(text, round(ra % 360, 8), round(dec, 8), by, note="Read as ICRS.")
