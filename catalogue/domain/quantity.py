"""Quantities: exact numbers, the units behind them, and the factors between units.

Numbers are fractions of their decimal spelling until the last step, which keeps 15 significant
digits, the most that survive a round trip through a double.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any

from astropy import units

from ontology.domain.findings import Finding, Where
from ontology.domain.units import parse

QUANTITY_AT_MOST = 400
DIGITS = 15
UNIT_AT_MOST = 40
LARGEST_NUMBER = 1e300
QUANTITY = re.compile(
    r"^\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?)\s*(\S.*)?$", re.ASCII
)


class BadValueError(ValueError):
    """A value that its parameter does not take; the message says why and what to write."""


def number_and_unit(given: Any) -> tuple[Fraction, str | None]:  # noqa: ANN401 -- any JSON value
    """The exact number and the unit, if any, of a number, a text or ``{"value", "unit"}``."""
    if isinstance(given, Mapping):
        if not set(given) <= {"value", "unit"} or "value" not in given:
            raise BadValueError('A quantity is written {"value": 20, "unit": "keV"}.')
        return fraction(given["value"]), str(given["unit"]) if given.get("unit") else None
    if isinstance(given, str):
        found = leading_number(given)
        if found is None:
            raise BadValueError(
                f"{shown(given)} is not a number: write one, with its unit if you like."
            )
        return fraction(found[0]), found[1]
    return fraction(given), None


def leading_number(text: str) -> tuple[str, str | None] | None:
    """The number of a text and the unit behind it; None when it begins with no number."""
    found = QUANTITY.match(text) if len(text) <= QUANTITY_AT_MOST else None
    if found is None:
        return None
    return found.group(1), (found.group(2) or "").strip() or None


def fraction(number: Any) -> Fraction:  # noqa: ANN401 -- any JSON value
    """The exact number of a decimal spelling; BadValueError when it is none or out of range."""
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        raise BadValueError(f"{shown(number)} is not a number: write one.")
    text = number if isinstance(number, str) else repr(number)
    try:
        exact = Decimal(text if len(text) <= QUANTITY_AT_MOST else "not a number")
    except InvalidOperation:
        raise BadValueError(f"{shown(number)} is not a number: write one.") from None
    if not exact.is_finite() or abs(exact.adjusted()) > 300:  # noqa: PLR2004 -- the range of a double
        raise BadValueError(f"{shown(number)} is not a finite number: write one below 1e300.")
    return Fraction(exact)


@lru_cache(maxsize=1024)
def scale(given: str | None, wanted: str | None) -> Fraction:
    """The exact factor from one unit to another; 1 when none is given."""
    if given is None:
        return Fraction(1)
    if len(given) > UNIT_AT_MOST:
        raise BadValueError(f"{given[:40]!r}… is not a unit: write a short one such as keV.")
    if wanted is None:
        raise BadValueError(f"This parameter has no unit: write the number without {given[:40]!r}.")
    try:
        return _factor(_known_unit(given), units.Unit(wanted))
    except (ValueError, TypeError, ArithmeticError, units.UnitConversionError):
        raise BadValueError(
            f"{given[:40]!r} does not convert to {wanted}: write a value in {wanted}."
        ) from None


def _known_unit(text: str) -> Any:  # noqa: ANN401 -- astropy is untyped
    name = parse(text, Where())
    if isinstance(name, Finding):
        raise ValueError(name.what)  # noqa: TRY004 -- the text is of the right type, yet no unit
    return units.Unit(name)


def _factor(given: Any, wanted: Any) -> Fraction:  # noqa: ANN401 -- astropy is untyped
    # 1 arcmin is 1/60 deg, which no decimal spells; the other way round it is exactly 60.
    factor = float(given.to(wanted))
    return _decimal(factor) if factor >= 1 else 1 / _decimal(float(wanted.to(given)))


def _decimal(factor: float) -> Fraction:
    # astropy gives 999999999.9999999 for eV in a GeV: a factor of few digits is meant exactly.
    plain = Decimal(f"{factor:.{DIGITS - 1}e}").normalize()
    return Fraction(plain if len(plain.as_tuple().digits) <= DIGITS - 3 else Decimal(repr(factor)))


def rounded(exact: Fraction) -> float:
    """The double of a number kept to 15 significant digits; BadValueError from 1e300 on."""
    try:
        value = exact.numerator / exact.denominator
    except OverflowError:
        value = LARGEST_NUMBER
    if abs(value) >= LARGEST_NUMBER:
        raise BadValueError("The number is too large: write one below 1e300.")
    return kept(value)


def kept(value: float) -> float:
    """A double with the 15 significant digits that are kept of it."""
    return float(f"{value:.{DIGITS - 1}e}") + 0.0  # -0.0 and 0.0 are one value


def shown(given: Any) -> str:  # noqa: ANN401 -- any JSON value
    """A value as sentences quote it, at most 60 characters long."""
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 -- a line on a page
