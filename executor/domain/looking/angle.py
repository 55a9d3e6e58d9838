"""Angles as astronomers write them."""

import math

HMS = ("\u02b0", "\u1d50", "\u02e2")
DMS = ("\u00b0", "\u2032", "\u2033")


def hours_text(degrees: float, step: float) -> str:
    """A right ascension in hours, minutes and seconds, as fine as a step in degrees needs."""
    return _sexagesimal(degrees % 360 / 15, step / 15, HMS, "")


def degrees_text(
    degrees: float, step: float, *, signed: bool = False, sexagesimal: bool = False
) -> str:
    """An angle in degrees as fine as a step needs; decimal, or with minutes and seconds."""
    near = abs(degrees) < step / 1e6
    sign = "" if near or not signed else "+" if degrees > 0 else "\u2212"
    size = abs(degrees) if signed else degrees
    if sexagesimal:
        return _sexagesimal(size, step, DMS, sign)
    return f"{sign}{size:.{_places(step)}f}\u00b0"


def position_text(ra: float, dec: float) -> str:
    """A position in ICRS, to a hundredth of a second of time and a tenth of an arcsecond."""
    hours = _sexagesimal(ra % 360 / 15, 1e-2 / 3600, HMS, "")
    sign = "\u2212" if dec < 0 else "+"
    return f"{hours} {_sexagesimal(abs(dec), 0.1 / 3600, DMS, sign)}"


def _places(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))


def _sexagesimal(value: float, step: float, marks: tuple[str, str, str], sign: str) -> str:
    if step >= 1 - 1e-9:
        return f"{sign}{round(value)}{marks[0]}"
    if step >= 1 / 60 - 1e-9:
        minutes = round(value * 60)
        return f"{sign}{minutes // 60}{marks[0]}{minutes % 60:02d}{marks[1]}"
    places = _places(step * 3600)
    ticks = round(value * 3600 * 10**places)
    seconds, rest = divmod(ticks, 10**places)
    tail = f".{rest:0{places}d}" if places else ""
    whole = f"{seconds // 3600}{marks[0]}{seconds // 60 % 60:02d}{marks[1]}"
    return f"{sign}{whole}{seconds % 60:02d}{tail}{marks[2]}"
