"""Units: from what people write in annotations to the one spelling we keep."""

import re
import warnings
from functools import lru_cache
from types import MappingProxyType

from astropy import units

from ontology.domain import namespaces
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.suggestion import did_you_mean

LONGEST = 80
LONG_NUMBER = re.compile(r"\d{5}")

# Names of ODA units, and of plain words, that astropy spells otherwise.
ALIASES = MappingProxyType(
    {
        "Day": "d",
        "days": "d",
        "Degree": "deg",
        "degrees": "deg",
        "Hour": "h",
        "hours": "h",
        "Minute": "min",
        "minutes": "min",
        "Second": "s",
        "seconds": "s",
        "Radian": "rad",
        "Year": "yr",
        "years": "yr",
        "Percent": "%",
        "percent": "%",
        "micron": "um",
        "hourangle_Hour": "hourangle",
        "dimensionless": "",
        "Dimensionless": "",
    }
)
COMMON = (
    *("eV", "keV", "MeV", "GeV", "TeV", "erg", "J", "deg", "arcmin", "arcsec", "rad", "Hz"),
    *("kHz", "MHz", "GHz", "Angstrom", "nm", "um", "mm", "cm", "m", "km", "AU", "pc", "kpc"),
    *("Mpc", "s", "min", "h", "d", "yr", "K", "kg", "solMass", "mag", "Jy", "mJy", "ph", "ct"),
    *("adu", "G", "T", "W", "V", "%"),
)


def parse(text: str, where: Where) -> str | Finding:
    """The unit meant by an IRI, a prefixed name or plain text, as ``astropy.units`` writes it.

    ``unit:keV``, ``http://odahub.io/ontology/unit#keV`` and ``keV`` all give ``keV``;
    ``erg/cm2/s`` gives ``erg / (s cm2)``; a dimensionless unit gives the empty text.

    Returns:
        the unit in astropy's generic format, or a finding when astropy knows no such unit.
    """
    name = namespaces.expand(text.strip()).removeprefix(namespaces.ODA_UNIT)
    unit = _unit(ALIASES.get(name, name))
    return _unknown(text, name, where) if unit is None else str(unit.to_string("generic"))


def convertible(unit: str, reference: str) -> bool:
    """Whether values in one unit can be written in another; masses, temperatures as energies too.

    Both are units as `parse` returns them.
    """
    masses = [*units.mass_energy(), *units.temperature_energy()]
    return bool(units.Unit(unit).is_equivalent(units.Unit(reference), equivalencies=masses))


@lru_cache(maxsize=1000)
def printed(unit: str | None) -> str:
    """A unit as people print it, such as ``10⁻⁸ erg s⁻¹ cm⁻²``; as written when it is not known."""
    known = _unit(unit or "")
    if known is None:
        return unit or ""
    try:
        text = known.to_string("unicode", fraction=False)
    except (ValueError, TypeError):
        return unit or ""
    return str(text).removeprefix("1\N{MULTIPLICATION SIGN}")


@lru_cache(maxsize=1000)
def _unit(text: str) -> units.UnitBase | None:
    if len(text) > LONGEST or LONG_NUMBER.search(text):
        return None  # nobody writes such a unit by hand, and large powers cost time
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # multiple slashes are discouraged, yet clear
            return units.Unit(text)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return None


def _unknown(text: str, name: str, where: Where) -> Finding:
    otherwise = 'Write a unit that astropy knows, such as unit:keV or "erg / (s cm2)".'
    return Finding(
        severity=Severity.SHOULD,
        id="ontology/unknown-unit",
        where=where,
        what=f"The unit {namespaces.compact(namespaces.expand(text))[:LONGEST]!r} is not known.",
        mend=did_you_mean(name[:LONGEST], [f"unit:{common}" for common in COMMON], otherwise),
    )
