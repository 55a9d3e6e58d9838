"""Times of tables: how a column counts them, and the same instants on one axis.

Zeros and scales follow FITS 4.0, section 9 (``MJDREF``, ``TIMESYS``, ``TIMEZERO``); instants are
kept in two parts by astropy, so that seconds since an event stay exact to microseconds.
"""
# ruff: noqa: PLC0415 -- astropy.time takes long to import

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from executor.domain.tables.choosing import BadQuestionError
from executor.domain.tables.column import Column, Keys
from executor.domain.tables.units import unit_of

Numbers = NDArray[np.float64]
SCALES = ("utc", "tt", "tdb", "tai", "tcb", "tcg")
SHOWN_SCALES = ("utc", "tt", "tdb")
RELATIVE = ("s", "ms", "us", "min", "h", "d", "yr")
ABSOLUTE = ("mjd", "jd", "gps")
MJD_ZERO = 2400000.5
MJD_RANGE = (-700_000.0, 300_000.0)  # within which astropy's calendars work
LOOKS_MJD = (10_000.0, 100_000.0)
LOOKS_JD = (2_300_000.0, 2_600_000.0)
GPS_ZERO = (44244.0, "utc")  # 6 January 1980; the seconds are counted without leaps
UNIX_ZERO = 40587.0
BJD_UNIT = re.compile(r"B?JD *- *(\d{7}(?:\.\d*)?)", re.IGNORECASE)
CLOCK = re.compile(r"(?P<kind>mjd|jd|gps|unix|iso|since=(?P<since>.+))")
TEXT_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Clock:
    """How a column counts times.

    Attributes:
        kind: ``days`` (since ``zero``), ``gps``, ``unix`` or ``text``.
        scale: the time scale of its instants.
        zero: MJD of its zero, in two parts to be added.
        days: length of its unit in days.
    """

    kind: str
    scale: str = "utc"
    zero: tuple[float, float] = (0.0, 0.0)
    days: float = 1.0


def clock_of(column: Column, keys: Keys, sample: Numbers, told: str = "") -> Clock:
    """How a column counts its times.

    Args:
        column: the column.
        keys: header words of its table.
        sample: some of its values, by which MJD and JD are told apart where nothing else does.
        told: how the reader says it counts: ``mjd``, ``jd``, ``gps``, ``unix``, ``iso`` or
            ``since=2008-09-16T00:12:45`` (or an MJD).

    Raises:
        BadQuestionError: its zero is not known.
    """
    if told:
        return _told(column, keys, told)
    if column.instant == "mjd":
        return Clock("days", _scale(column.scale))
    if column.kind == "text":
        return Clock("text", _scale(keys.get("TIMESYS", "utc")))
    named = _by_name(column, keys)
    if named is not None:
        return named
    zero = _zero(column, keys)
    if zero is not None:
        return Clock("days", _scale(keys.get("TIMESYS", "tdb" if zero[1] else "utc")),
                     _shifted(zero[0], column, keys), _unit_days(column, keys))  # fmt: skip
    return _by_values(column, keys, sample)


def instants(values: Any, clock: Clock) -> Any:  # noqa: ANN401 -- numbers or texts; astropy has no types
    """Values of a column as an astropy Time; masked where a value is none."""
    with quiet():
        from astropy.time import Time

        if clock.kind == "text":
            return _from_text(values, clock.scale)
        if clock.kind == "gps":
            plain = np.where(np.abs(values) < 1e11, values, np.nan)  # noqa: PLR2004 -- 3,000 years
            return Time(np.nan_to_num(plain), format="gps"), np.isfinite(plain)
        if clock.kind == "unix":
            first, rest = np.full(np.shape(values), UNIX_ZERO), values / 86400.0
        else:
            first, rest = (
                np.full(np.shape(values), clock.zero[0]),
                clock.zero[1] + values * clock.days,
            )
        total = first + rest
        there = np.isfinite(total) & (total > MJD_RANGE[0]) & (total < MJD_RANGE[1])
        first, rest = np.where(there, first, 50000.0), np.where(there, rest, 0.0)
        return Time(first, rest, format="mjd", scale=clock.scale), there


def placed(values: Any, clock: Clock, zero: Any, unit: str, scale: str) -> Numbers:  # noqa: ANN401 -- as above
    """Times of a column along an axis; not-a-number where there is none.

    Args:
        values: as the table has them.
        clock: how they count.
        zero: astropy Time of the axis' zero; None for an absolute axis.
        unit: one of ``RELATIVE`` with a zero, of ``ABSOLUTE`` without.
        scale: the time scale of an absolute axis.
    """
    with quiet():
        found, there = instants(values, clock)
        if zero is not None:
            along = (found - zero).to_value(unit)
        elif unit == "gps":
            along = found.gps
        else:
            along = getattr(getattr(found, scale), unit)
        return np.where(there, np.asarray(along, dtype=np.float64), np.nan)


def zero_of(text: str, scale: str) -> Any:  # noqa: ANN401 -- astropy has no types
    """The instant that a reader writes: ISO 8601, an MJD, a JD, or ``gps:`` and seconds.

    Raises:
        BadQuestionError: it is none.
    """
    text = text.strip()[:TEXT_AT_MOST]
    with quiet():
        from astropy.time import Time

        try:
            if text.lower().startswith("gps:"):
                return Time(_bounded(float(text[4:]), 1e11), format="gps")
            number = _float(text)
            if number is None:
                return Time(text.removesuffix("Z"), scale=scale)
            _bounded(number, 3e6)
            return Time(number, format="jd" if number > LOOKS_JD[0] else "mjd", scale=scale)
        except (ValueError, TypeError):
            raise BadQuestionError(
                f"t0 is {text!r}: write a time such as 2015-09-14T09:50:45.4, an MJD, "
                "or gps:1126259462.4."
            ) from None


def written(zero: Any, scale: str) -> str:  # noqa: ANN401 -- astropy has no types
    """An instant in words: ``2015-09-14T09:50:45.400 UTC``."""
    with quiet():
        return f"{getattr(zero, scale).isot} {scale.upper()}"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep astropy from fetching tables of leap seconds, and from warning of old or far times."""
    from astropy.utils import iers

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with iers.conf.set_temp("auto_download", value=False):  # noqa: SIM117 -- reads better in two
            with iers.conf.set_temp("auto_max_age", value=None):
                yield


def _told(column: Column, keys: Keys, told: str) -> Clock:
    found = CLOCK.fullmatch(told)
    if not found:
        raise BadQuestionError(
            f"Times cannot be counted as {told[:50]!r}: "
            "write mjd, jd, gps, unix, iso or since=<a time>."
        )
    scale = _scale(keys.get("TIMESYS", "utc"))
    if found["since"]:
        zero = zero_of(found["since"], scale)
        with quiet():
            day = getattr(zero, scale)
            parts = (float(day.jd1) - MJD_ZERO, float(day.jd2))
        return Clock("days", scale, parts, _unit_days(column, keys))
    return {
        "mjd": Clock("days", scale), "jd": Clock("days", scale, (-MJD_ZERO, 0.0)),
        "gps": Clock("gps"), "unix": Clock("unix"), "iso": Clock("text", scale),
    }[found["kind"]]  # fmt: skip


def _by_name(column: Column, keys: Keys) -> Clock | None:
    name = column.name.lower()
    if "gps" in name:
        return Clock("gps")
    found = BJD_UNIT.search(column.unit)
    if found:
        zero = (float(found[1]) - MJD_ZERO, 0.0)
        return Clock("days", _scale(keys.get("TIMESYS", "tdb")), zero)
    words = set(re.split(r"[^a-z]+", name))
    if words & {"mjd", "tmjd", "mjdobs"}:
        return Clock("days", _scale(keys.get("TIMESYS", "utc")))
    if words & {"jd", "bjd", "hjd", "tjd"} and "mjdref" not in {key.lower() for key in keys}:
        scale = "tdb" if "bjd" in words else keys.get("TIMESYS", "utc")
        return Clock("days", _scale(scale), (-MJD_ZERO, 0.0))
    return None


def _zero(column: Column, keys: Keys) -> tuple[tuple[float, float], bool] | None:
    """MJD of the zero in the header, in two parts, and whether it is of the barycentre."""
    del column
    for name, less in (("MJDREF", 0.0), ("JDREF", MJD_ZERO), ("BJDREF", MJD_ZERO)):
        whole, part = keys.get(f"{name}I"), keys.get(f"{name}F")
        single = keys.get(name)
        if isinstance(whole, float):
            rest = part if isinstance(part, float) else 0.0
            return (whole - less, rest), name == "BJDREF"
        if isinstance(single, float):
            return (float(np.floor(single)) - less, single % 1), name == "BJDREF"
    return None


def _shifted(zero: tuple[float, float], column: Column, keys: Keys) -> tuple[float, float]:
    shift = keys.get("TIMEZERO", 0.0)
    later = shift * _unit_days(column, keys) if isinstance(shift, float) else 0.0
    return zero[0], zero[1] + later


def _by_values(column: Column, keys: Keys, sample: Numbers) -> Clock:
    finite = sample[np.isfinite(sample)]
    scale = _scale(keys.get("TIMESYS", "utc"))
    in_days = not column.unit or _unit_days(column, keys) == 1
    if len(finite) and in_days:
        low, high = finite.min(), finite.max()
        if LOOKS_MJD[0] < low and high < LOOKS_MJD[1]:
            return Clock("days", scale)
        if LOOKS_JD[0] < low and high < LOOKS_JD[1]:
            return Clock("days", scale, (-MJD_ZERO, 0.0))
    raise BadQuestionError(
        f"{column.name} says no zero of its times: write how it counts after its name, such as "
        f"{column.name}@mjd, {column.name}@gps, or {column.name}@since=2008-09-16T00:12:45."
    )


def _unit_days(column: Column, keys: Keys) -> float:
    unit = unit_of(column.unit) if column.unit else unit_of(str(keys.get("TIMEUNIT", "")))
    try:
        return float(unit.to("d")) if unit is not None else 1.0
    except (ValueError, TypeError):
        return 1.0


def _scale(text: object) -> str:
    name = str(text).strip().lower()
    return name if name in SCALES else "utc"


def _from_text(values: Any, scale: str) -> Any:  # noqa: ANN401 -- as above
    from astropy.time import Time

    texts = [bytes(value).decode("ascii", "replace").strip().removesuffix("Z") for value in values]
    there = np.array([_is_date(text) for text in texts], dtype=bool)
    plain = [text if ok else "2000-01-01" for text, ok in zip(texts, there, strict=True)]
    try:
        return Time(np.array(plain or [], dtype="U40"), scale=scale), there
    except ValueError:
        raise BadQuestionError("The column holds texts that are no dates.") from None


DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([ T]\d\d(:\d\d(:\d\d(\.\d+)?)?)?)?")


def _is_date(text: str) -> bool:
    return bool(DATE.fullmatch(text))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _bounded(number: float, most: float) -> float:
    if not abs(number) < most:
        raise ValueError(number)
    return number
