"""Units of columns: what they convert to, and converting, energies to wavelengths too."""

import re
import warnings
from functools import lru_cache
from typing import Any

import numpy as np
from astropy import units as u
from numpy.typing import NDArray

LONGEST = 80
LONG_NUMBER = re.compile(r"\d{5}")
ALIASES = {"e-/s": "electron / s", "none": "", "-": "", "bjd": "d", "counts": "ct",
           "cts": "ct", "photons": "ph", "secs": "s", "sec": "s", "days": "d"}  # fmt: skip
SPECTRAL = ("eV", "keV", "MeV", "GeV", "TeV", "erg", "Hz", "kHz", "MHz", "GHz", "THz",
            "Angstrom", "nm", "um", "mm", "cm", "m")  # fmt: skip
OTHERS = (
    *("s", "ms", "us", "min", "h", "d", "yr"),
    *("deg", "arcmin", "arcsec", "mas", "rad", "hourangle"),
    *("pc", "kpc", "Mpc", "AU", "km"),
    *("Jy", "mJy", "uJy", "erg / (s cm2 Hz)", "W / (m2 Hz)"),
    *("erg / (s cm2)", "W / m2", "keV / (s cm2)", "MeV / (s cm2)", "TeV / (s cm2)"),
    *("erg / (s cm2 keV)", "erg / (s cm2 Angstrom)", "erg / (s cm2 um)"),
    *("ph / (s cm2)", "ph / (s m2)", "ph / (s cm2 keV)", "ph / (s cm2 MeV)", "ph / (s cm2 GeV)"),
    *("1 / (s cm2 keV)", "1 / (s cm2 MeV)", "1 / (s cm2 GeV)", "1 / (s cm2 TeV)",
      "1 / (s m2 TeV)"),
    *("1 / (s cm2)", "1 / (s m2)"),
    *("ct / s", "ct / min", "ct / ks"), *("electron / s", "electron / min"),
    *("K", "G", "T", "kg", "solMass", "km / s", "m / s", "W", "erg / s", "solLum"),
)  # fmt: skip
Numbers = NDArray[np.float64]


@lru_cache(maxsize=2000)
def unit_of(text: str) -> Any:  # noqa: ANN401 -- astropy has no types
    """The unit that a file or a reader writes; None when it is none that is known."""
    text = ALIASES.get(text.strip().lower(), text.strip())
    if text.upper().startswith("BJD"):  # Kepler writes the zero of its days into their unit
        text = "d"
    if not text or len(text) > LONGEST or LONG_NUMBER.search(text):
        return None  # nobody writes such a unit by hand, and large powers cost time
    for form in (None, "fits", "vounit", "ogip", "cds"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return u.Unit(text, format=form)
        except (ValueError, TypeError, ArithmeticError, RecursionError, AttributeError):
            continue
    return None


def shown(text: str) -> str:
    """A unit as an axis carries it, such as ``ct s⁻¹``; as written when it is not known."""
    unit = unit_of(text)
    if unit is None or text.upper().startswith("BJD"):
        return text
    return str(unit.to_string("unicode", fraction=False)).removeprefix("1\N{MULTIPLICATION SIGN}")


def is_spectral(text: str) -> bool:
    """Whether a unit is one of energy, frequency or wavelength of light."""
    unit = unit_of(text)
    return unit is not None and bool(unit.is_equivalent("J", equivalencies=u.spectral()))


def is_time(text: str) -> bool:
    """Whether a unit is one of time."""
    unit = unit_of(text)
    return unit is not None and bool(unit.is_equivalent("s"))


def choices(text: str, across: str = "") -> tuple[str, ...]:
    """Units that values in a unit can be shown in, the unit itself not among them.

    Args:
        text: the unit.
        across: unit of the other axis, by whose energy flux densities convert.
    """
    unit = unit_of(text)
    if unit is None or unit.is_equivalent(u.dimensionless_unscaled):
        return ()
    named = SPECTRAL if is_spectral(text) else OTHERS
    return tuple(name for name in named if u.Unit(name) != unit and _fits(unit, name, across))


def converts(text: str, target: str, across: str = "") -> bool:
    """Whether values in one unit can be written in another."""
    unit, wanted = unit_of(text), unit_of(target)
    return unit is not None and wanted is not None and _fits(unit, wanted, across)


def converted(values: Numbers, text: str, target: str, across: Any = None) -> Numbers:  # noqa: ANN401 -- a Quantity
    """Values of one unit in another; not-a-number where there is no such value.

    Args:
        values: the numbers.
        text: their unit.
        target: the unit wanted; empty or the same leaves them as they are.
        across: energies, wavelengths or frequencies of each value, as a Quantity, by which flux
            densities convert (astropy's ``spectral_density``).
    """
    if not target or target == text:
        return values
    equivalencies = [*u.spectral()]
    if across is not None:
        equivalencies += u.spectral_density(across)
    with np.errstate(all="ignore"):
        found = unit_of(text).to(unit_of(target), values, equivalencies=equivalencies)
        return np.where(np.isfinite(found), found, np.nan)


def _fits(unit: Any, target: Any, across: str) -> bool:  # noqa: ANN401 -- astropy has no types
    equivalencies = [*u.spectral()]
    if across and is_spectral(across):
        equivalencies += u.spectral_density(1 * unit_of(across))
    try:
        return bool(unit.is_equivalent(target, equivalencies=equivalencies))
    except (ValueError, TypeError):
        return False
