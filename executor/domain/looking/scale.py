"""From values to shades: limits and stretches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from executor.domain.fits_image import Floats

STRETCHES = ("linear", "log", "sqrt", "asinh", "histogram")
LIMITS = ("percent", "zscale", "minmax")
PERCENT = 99.5
QUANTILES = 257
LOG_STRENGTH = 1000.0  # log: log(1 + 1000 t) / log(1001)
ASINH_STRENGTH = 10.0  # asinh: asinh(10 t) / asinh(10)
ZSCALE_SAMPLES = 1000
ZSCALE_CONTRAST = 0.25
ZSCALE_CLIP = 2.5  # standard deviations
ZSCALE_ROUNDS = 5
ZSCALE_FEWEST = 5

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """The values that are drawn in the first and the last colour; ``low`` is below ``high``."""

    low: float
    high: float


def known_values(values: Floats) -> Doubles:
    """All values that are not blank, in order."""
    return np.sort(values[np.isfinite(values)].astype(np.float64))


def limits_of(known: Doubles, how: str) -> Limits:
    """Limits of sorted values: ``minmax``, ``percent`` (the middle 99.5 %) or ``zscale``."""
    if not len(known):
        return Limits(0.0, 1.0)
    if how == "zscale":
        return _apart(*zscale(known))
    if how == "percent":
        cut = (100 - PERCENT) / 2
        low, high = np.percentile(known, [cut, 100 - cut])
        return _apart(float(low), float(high))
    return _apart(float(known[0]), float(known[-1]))


def zscale(known: Doubles) -> tuple[float, float]:
    """The IRAF zscale limits: a line through the sorted values around their median.

    A line is fitted to value against rank, values further than 2.5 standard deviations are left
    out, five times at most; the slope divided by the contrast (0.25), about the median, gives the
    limits, never beyond the values themselves. When more than half is left out, all values are
    shown. (The algorithm of the help page of IRAF's ``display`` task.)
    """
    picked = np.linspace(0, len(known) - 1, min(len(known), ZSCALE_SAMPLES)).round().astype(int)
    sample = known[picked]
    count, middle = len(sample), (len(sample) - 1) // 2
    low, high, median = float(sample[0]), float(sample[-1]), float(np.median(sample))
    slope = _slope(sample)
    if slope is None:
        return low, high
    slope /= ZSCALE_CONTRAST
    return max(low, median - (middle - 1) * slope), min(high, median + (count - middle) * slope)


def _slope(sample: Doubles) -> float | None:
    """The slope of a line through sorted values; None when most of them do not lie along one."""
    count = len(sample)
    rank, good, slope = np.arange(count, dtype=np.float64), np.ones(count, dtype=bool), 0.0
    for _round in range(ZSCALE_ROUNDS):
        if good.sum() < max(ZSCALE_FEWEST, count // 2):
            return None
        slope, start = (float(part) for part in np.polyfit(rank[good], sample[good], 1))
        rest = sample - (start + slope * rank)
        kept = np.abs(rest) <= ZSCALE_CLIP * np.std(rest[good]) + 1e-300
        kept = _without_neighbours(kept, max(1, count // 100))
        if kept.sum() >= good.sum():
            break
        good = kept
    return slope if good.sum() >= max(ZSCALE_FEWEST, count // 2) else None


def _without_neighbours(good: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    bad = np.convolve(~good, np.ones(width, dtype=int), mode="same")
    return np.asarray(good & (bad == 0))


def _apart(low: float, high: float) -> Limits:
    if low < high:
        return Limits(low, high)
    return Limits(low - max(abs(low), 1.0) * 1e-3, high + max(abs(high), 1.0) * 1e-3)


def quantiles(known: Doubles, limits: Limits) -> list[float]:
    """257 values that divide those between the limits into equal parts."""
    inside = known[(known >= limits.low) & (known <= limits.high)]
    if not len(inside):
        inside = np.array([limits.low, limits.high])
    found: list[float] = np.quantile(inside, np.linspace(0, 1, QUANTILES)).tolist()
    return found


def stretched(values: Floats, limits: Limits, how: str, steps: list[float] | None = None) -> Floats:
    """Values as shares from 0 to 1; NaN stays.

    Args:
        values: of any shape.
        limits: what becomes 0 and 1.
        how: one of ``STRETCHES``.
        steps: ``quantiles`` for ``histogram``.
    """
    share = np.clip((values.astype(np.float64) - limits.low) / (limits.high - limits.low), 0, 1)
    if how == "log":
        share = np.log1p(LOG_STRENGTH * share) / np.log1p(LOG_STRENGTH)
    elif how == "sqrt":
        share = np.sqrt(share)
    elif how == "asinh":
        share = np.arcsinh(ASINH_STRENGTH * share) / np.arcsinh(ASINH_STRENGTH)
    elif how == "histogram" and steps:
        blank = np.isnan(share)
        share = np.interp(values, np.array(steps), np.linspace(0, 1, len(steps)))
        share[blank] = np.nan
    return share.astype(np.float32)


def unstretched(share: float, limits: Limits, how: str, steps: list[float] | None = None) -> float:
    """The value that is drawn as a share; the inverse of ``stretched``."""
    if how == "histogram" and steps:
        return float(np.interp(share, np.linspace(0, 1, len(steps)), steps))
    if how == "log":
        share = float(np.expm1(share * np.log1p(LOG_STRENGTH)) / LOG_STRENGTH)
    elif how == "sqrt":
        share = share**2
    elif how == "asinh":
        share = float(np.sinh(share * np.arcsinh(ASINH_STRENGTH)) / ASINH_STRENGTH)
    return limits.low + share * (limits.high - limits.low)
