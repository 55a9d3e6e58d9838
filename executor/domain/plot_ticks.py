"""Where an axis is marked, and with which words."""

import math

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
WANTED = 6
DECADES = 9
SMALL, LARGE = 1e-4, 1e9


def ticks(low: float, high: float, *, log: bool) -> list[tuple[float, str]]:
    """Places along an axis from ``low`` to ``high``, each with its text."""
    if log and low > 0:
        found = _log_ticks(low, high)
        if len(found) > 1:
            return found
    return _linear_ticks(low, high)


def _linear_ticks(low: float, high: float) -> list[tuple[float, str]]:
    raw = (high - low) / WANTED
    if not raw > 0 or not math.isfinite(raw):
        return [(low, _written(low, 0.0))]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((one * power for one in STEPS if one * power >= raw), 10 * power)
    if not step > 0:
        return [(low, _written(low, 0.0))]
    first, last = math.ceil(low / step), math.floor(high / step)
    if last - first > 2 * WANTED * len(STEPS) or low + step == low:
        return [(low, _written(low, 0.0))]
    return [(place * step, _written(place * step, step)) for place in range(first, last + 1)]


def _log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, -(-(last - first + 1) // DECADES))
    decades = range(first, last + 1, every)
    if len(decades) > 1:
        return [(10.0**power, _power(power)) for power in decades]
    found = [(digit * 10.0**power, f"{digit * 10.0**power:g}")
             for power in range(first - 1, last + 1) for digit in (1, 2, 5)]  # fmt: skip
    return [one for one in found if low <= one[0] <= high]


def _power(power: int) -> str:
    if -3 <= power <= 3:  # noqa: PLR2004 -- 0.001 to 1000 read better as they are
        return f"{10.0**power:g}"
    return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _written(value: float, step: float) -> str:
    if value == 0 or abs(value) < step * 1e-6:
        return "0"
    if not SMALL <= abs(value) < LARGE and not (step and abs(value) / step > LARGE / 100):
        return f"{value:.3g}" if not step else _short(value, step)
    places = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 3
    if step and step * 10**places % 1 > 1e-6:  # noqa: PLR2004 -- a step such as 2.5 has a digit more
        places += 1
    return f"{value:,.{min(places, 12)}f}".replace(",", "\u2009") if step else f"{value:.6g}"


def _short(value: float, step: float) -> str:
    digits = max(1, min(12, math.ceil(math.log10(abs(value) / step) + 1)))
    return f"{value:.{digits}g}"
