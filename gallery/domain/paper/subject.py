"""What a figure is about: source, position, instruments, messenger and energy."""

import re
from collections.abc import Mapping
from typing import Any

from astropy import units

from gallery.domain.paper.fields import BadPaperError, is_number, text_of, texts_of
from gallery.domain.paper.statement import Subject

MESSENGERS = {
    "photon": "Photon", "neutrino": "Neutrino", "gravitational wave": "GravitationalWave",
    "cosmic ray": "CosmicRay",
}  # fmt: skip
"""Messenger → its Term."""
BANDS = {
    "radio": "Radio", "millimetre": "Millimetre", "infrared": "Infrared", "optical": "Optical",
    "ultraviolet": "Ultraviolet", "X-ray": "XRay", "gamma ray": "GammaRay",
}  # fmt: skip
"""Band → its Term, from the lowest photon energy up."""
EDGES = (30e9, 3e12, 299_792_458 / 1e-6, 299_792_458 / 300e-9, 120 / 4.135667696e-15, 2.9015876e19)
"""Frequencies between the bands in Hz: 30 GHz, 3 THz, 1 um, 300 nm, 120 eV and 120 keV.

They follow the IVOA vocabulary of messengers (http://www.ivoa.net/rdf/messenger).
"""
PARTS = re.compile(
    r"^([+-]?)(\d{1,3})[:hd°\s]+(\d{1,2})(?:[:m'\s]+(\d{1,2}(?:\.\d{1,9})?)[s\"]?)?[m']?\Z"
)
MARGIN = 1e-6  # a range that ends on an edge does not reach into the next band
CIRCLE, POLE, DEGREES_OF_HOUR, SIXTY = 360.0, 90.0, 15.0, 60.0


def read_subject(item: Mapping[str, Any], slug: str) -> Subject:
    """The subject of a [[figure]].

    Raises:
        BadPaperError: a position, messenger or energy that is none.
    """
    where = f"figure {slug}"
    ra, dec = _angle(item, "ra", where), _angle(item, "dec", where)
    if (ra is None) != (dec is None):
        raise BadPaperError(f"The position of {where} needs both ra and dec.")
    return Subject(
        source=text_of(item, "source", most=100), ra=ra, dec=dec,
        instruments=texts_of(item, "instrument", where),
        messenger=_messenger(item, where), energy=_energy(item.get("energy"), where),
    )  # fmt: skip


def angle(text: str, *, hours: bool) -> float | None:
    """Degrees of a sexagesimal text such as ``05:34:31.94`` or ``+22d00m52s``; None if it is none.

    Args:
        text: hours or degrees, minutes, and seconds if any.
        hours: whether it counts in hours, as right ascensions do.
    """
    found = PARTS.match(text[:60].strip())
    if not found:
        return None
    whole, minutes, seconds = int(found[2]), int(found[3]), float(found[4] or 0)
    if minutes >= SIXTY or seconds >= SIXTY:
        return None
    size = whole + minutes / SIXTY + seconds / SIXTY**2
    return (-size if found[1] == "-" else size) * (DEGREES_OF_HOUR if hours else 1.0)


def bands_of(low: float, high: float, unit: str) -> tuple[str, ...]:
    """The bands that a range of energy, frequency or wavelength reaches into.

    Raises:
        ValueError: the unit is none of light, or the numbers are not above zero.
    """
    if low <= 0 or high <= 0:
        raise ValueError(unit)
    given = (edge * units.Unit(unit) for edge in (low, high))
    ends = sorted(float(edge.to(units.Hz, units.spectral()).value) for edge in given)
    bands = zip(BANDS, (0.0, *EDGES), (*EDGES, float("inf")), strict=True)
    named = {band: (start, stop) for band, start, stop in bands}
    within = (ends[0] * (1 + MARGIN), ends[1] * (1 - MARGIN))
    found = [
        band for band, (start, stop) in named.items() if within[0] < stop and within[1] > start
    ]
    nearest = [band for band, (start, stop) in named.items() if start <= ends[0] < stop]
    return tuple(found or nearest)


def _angle(item: Mapping[str, Any], name: str, where: str) -> float | None:
    given = item.get(name)
    if given is None or given == "":
        return None
    degrees = float(given) if is_number(given) else None
    if isinstance(given, str):
        degrees = _from_text(given, name)
    least, most = (0.0, CIRCLE) if name == "ra" else (-POLE, POLE)
    if degrees is None or not least <= degrees <= most or (name == "ra" and degrees == CIRCLE):
        form = "83.6331 or 05:34:31.9" if name == "ra" else "22.0145 or +22:00:52"
        raise BadPaperError(f"The {name} of {where} is no ICRS position: write it as {form}.")
    return degrees


def _from_text(text: str, name: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return angle(text, hours=name == "ra")
    return number if is_number(number) else None


def _messenger(item: Mapping[str, Any], where: str) -> str:
    name = text_of(item, "messenger", most=100).lower().replace("-", " ") or "photon"
    if name not in MESSENGERS:
        raise BadPaperError(
            f"The messenger {name[:40]!r} of {where} is none of: {', '.join(MESSENGERS)}."
        )
    return name


def _energy(given: Any, where: str) -> tuple[str, ...]:  # noqa: ANN401 -- any TOML value
    if given is None:
        return ()
    if isinstance(given, dict):
        return _range(given, where)
    names = texts_of({"energy": given}, "energy", where)
    known = {_folded(band): band for band in BANDS}
    strange = [name for name in names if _folded(name) not in known]
    if strange:
        raise BadPaperError(
            f"The energy {strange[0][:40]!r} of {where} is none of: {', '.join(BANDS)}; a range is "
            'written { range = [20, 100], unit = "keV" }.'
        )
    return tuple(known[_folded(name)] for name in names)


def _folded(name: str) -> str:
    return name.lower().replace("-", " ").removesuffix("s")


def _range(given: Mapping[str, Any], where: str) -> tuple[str, ...]:
    ends, unit = given.get("range"), given.get("unit")
    right = isinstance(ends, list) and len(ends) == 2 and all(is_number(end) for end in ends)  # noqa: PLR2004 -- two ends
    try:
        if right and isinstance(unit, str) and isinstance(ends, list):
            return bands_of(float(ends[0]), float(ends[1]), unit[:60])
    except (ValueError, TypeError, ArithmeticError):
        right = False
    raise BadPaperError(
        f"The energy of {where} is no range of energy, frequency or wavelength: write "
        '{ range = [20, 100], unit = "keV" }.'
    )
