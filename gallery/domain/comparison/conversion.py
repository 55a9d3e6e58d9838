"""Bringing a re-run's numbers to the published unit and time scale."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from astropy import units

from gallery.domain.comparison.fields import Array, readable

UNIT_AT_MOST = 80  # characters
ROUNDING = 8 * np.finfo(float).eps  # what a conversion of units may cost
MICROSECOND = 1e-6  # what a conversion of time scales may cost, in seconds: an MJD has no more
SCALES = frozenset({"UTC", "TT", "TAI", "TDB", "TCG", "TCB"})
SAME_SCALES = {"TDT": "TT", "ET": "TT", "IAT": "TAI", "GMT": "UTC", "GPS": "TAI-19"}
JD_OF_MJD = 2400000.5
TIME_NAMES = re.compile(
    r"(time|times|t|time_?(start|stop|end|min|max|mid|obs)|t_?(start|stop|end|mid|min|max)"
    r"|(start|stop|end|mid)_?time|[bhm]?jd(_?\w+)?)",
    re.IGNORECASE,
)


class NotConvertibleError(ValueError):
    """Two numbers cannot be brought to one unit or time scale; the message says why."""


@dataclass(frozen=True, slots=True)
class Converted:
    """Numbers in the published unit, and how far rounding may have moved them."""

    values: Array
    slack: Array | float
    note: str = ""


def in_unit(values: Array, unit: str | None, published: str | None) -> Converted:
    """Found values in the published unit; None is a format that states no units.

    Raises:
        NotConvertibleError: one side states a unit and the other none, or they do not convert.
    """
    if unit is None or published is None or same_unit(unit, published):
        return Converted(values, 0.0)
    if not unit or not published:
        stated = readable(unit or published)
        has, lacks = ("re-run", "paper") if unit else ("paper", "re-run")
        raise NotConvertibleError(f"the {has} states {stated}, the {lacks} no unit")
    source, target = _unit(unit), _unit(published)
    words = f"{readable(unit)} does not convert to {readable(published)}"
    if source is None or target is None:
        raise NotConvertibleError(words)
    try:
        with np.errstate(all="ignore"):
            converted = np.asarray(source.to(target, values.astype(float)))
    except Exception:  # noqa: BLE001 -- strangers' units; magnitudes and logarithms included
        raise NotConvertibleError(words) from None
    note = f"converted from {readable(unit)} to {readable(published)}"
    return Converted(converted, ROUNDING * np.abs(converted), note)


def same_unit(one: str, other: str) -> bool:
    """Whether two units are one, however they are written."""
    if one.split() == other.split():
        return True
    first, second = _unit(one), _unit(other)
    return first is not None and second is not None and bool(first == second)


def are_times(name: str, unit: str | None) -> bool:
    """Whether a column is moments of time by its name and unit."""
    if not TIME_NAMES.fullmatch(name):
        return False
    known = _unit(unit or "")
    return known is not None and bool(known.is_equivalent(units.s))


def days_in(unit: str | None) -> float:
    """How many days one of the unit is; a day without a unit."""
    known = _unit(unit or "d")
    return float(known.to(units.day)) if known is not None else 1.0


@lru_cache(maxsize=500)
def _unit(text: str) -> Any:  # noqa: ANN401 -- astropy has no types
    if not text.strip() or len(text) > UNIT_AT_MOST or "**" in text.replace("**-", ""):
        return units.dimensionless_unscaled if not text.strip() else _power(text)
    return _parsed(text)


def _power(text: str) -> Any:  # noqa: ANN401 -- astropy has no types
    # m**2 is written by many; m**999999999 by nobody who means well.
    fair = len(text) <= UNIT_AT_MOST and not re.search(r"\*\*[-(+ ]*\d{3}", text)
    return _parsed(text) if fair else None


def _parsed(text: str) -> Any:  # noqa: ANN401 -- astropy has no types
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return units.Unit(text)
        except Exception:  # noqa: BLE001 -- hostile text makes the parser raise nearly anything
            return None


@dataclass(frozen=True, slots=True)
class Frame:
    """What times count from.

    Attributes:
        scale: such as ``UTC`` or ``TT``.
        zero: MJD in that scale that a time of 0 stands for.
    """

    scale: str = "UTC"
    zero: float = 0.0


def frame_of(header: Mapping[str, Any]) -> Frame:
    """The time frame of a FITS header (FITS 4.0, section 9): UTC where it says nothing."""
    scale = str(header.get("TIMESYS") or "UTC").strip().upper()
    zero = _number(header, "MJDREFI") + _number(header, "MJDREFF")
    zero = zero or _number(header, "MJDREF")
    zero = zero or (_number(header, "JDREF") - JD_OF_MJD if _number(header, "JDREF") else 0.0)
    return Frame(SAME_SCALES.get(scale, scale), zero + _number(header, "TIMEZERO"))


def _number(header: Mapping[str, Any], name: str) -> float:
    value = header.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        return 0.0
    return float(value)


def in_frame(values: Array, unit: str | None, frame: Frame, published: Frame) -> Converted:
    """Found times, in the published unit already, counted as the published ones are.

    Raises:
        NotConvertibleError: a time scale is unknown or needs more than a clock.
    """
    if frame == published:
        return Converted(values, 0.0)
    for scale in (frame.scale, published.scale):
        if scale not in SCALES and frame.scale != published.scale:
            raise NotConvertibleError(f"time scale {readable(scale)} cannot be converted here")
    days = days_in(unit)
    if frame.scale == published.scale:
        converted = values + (frame.zero - published.zero) / days
        note = "times count from another zero, and were converted"
    else:
        converted = _rescaled(values * days, frame, published) / days
        note = f"times converted from {frame.scale} to {published.scale}"
    return Converted(converted, MICROSECOND / 86400 / days, note)


def _rescaled(days: Array, frame: Frame, published: Frame) -> Array:
    from astropy.time import Time
    from astropy.utils import iers  # noqa: PLC0415 -- slow to import, seldom needed

    clean = np.where(np.isfinite(days), days, 0.0)
    zero = np.full(clean.shape, frame.zero)
    with warnings.catch_warnings(), iers.conf.set_temp("auto_download", False):  # noqa: FBT003 -- astropy's signature
        warnings.simplefilter("ignore")
        try:
            moved = getattr(
                Time(zero, clean, format="mjd", scale=frame.scale.lower()), published.scale.lower()
            )
        except Exception:  # noqa: BLE001 -- years that no calendar has
            words = f"times in {frame.scale} do not convert to {published.scale}"
            raise NotConvertibleError(words) from None
    result = (moved.jd1 - JD_OF_MJD - published.zero) + moved.jd2
    return np.where(np.isfinite(days), result, np.nan)
