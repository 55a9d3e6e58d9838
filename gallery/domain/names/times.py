"""One moment in the ways that astronomers write it.

IJD counts days of Terrestrial Time from 2000-01-01T00:00:00 TT (INTEGRAL's Julian date: MJD(TT)
less 51544). JD and MJD are given and read in UTC, as ISO 8601 texts are.
"""

import math
import re
import warnings
from dataclasses import asdict, dataclass
from typing import Any

from gallery.domain.names.found import UnreadableNameError

FORMATS = ("isot", "mjd", "jd", "ijd")
IJD_ZERO = 51544.0  # MJD, both in TT
NUMBER = re.compile(r"^[+-]?\d{1,9}(?:\.\d{1,12})?$")
JD_FROM, MJD_FROM = 1_000_000, 15_000  # a bare number is read as what it most likely is
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment; ``isot``, ``mjd`` and ``jd`` in UTC, ``ijd`` in TT; ``read_as`` is its format."""

    isot: str
    mjd: float
    jd: float
    ijd: float
    read_as: str

    def to_json(self) -> dict[str, Any]:
        """The moment as plain JSON values."""
        return asdict(self)


def read_time(text: str, form: str = "") -> Moment:
    """The moment that a text is, in one of FORMATS; guessed by its looks when none is given.

    Raises:
        UnreadableNameError: it is none.
    """
    plain = text.strip().removesuffix("Z")
    if len(plain) > LONGEST or form not in ("", *FORMATS):
        raise UnreadableNameError(f"Write a time as one of {', '.join(FORMATS)}.")
    form = form or _guess(plain)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of leap seconds before 1960, and far ahead
        return _moment(_time(plain, form), form)


def _moment(moment: Any, form: str) -> Moment:  # noqa: ANN401 -- astropy is untyped
    mjd = float(moment.utc.mjd)
    if not math.isfinite(mjd):
        raise _unreadable(str(moment))
    return Moment(
        str(moment.utc.isot), round(mjd, 9), round(float(moment.utc.jd), 9),
        round(float(moment.tt.mjd) - IJD_ZERO, 9), form,
    )  # fmt: skip


def _guess(text: str) -> str:
    if not NUMBER.match(text):
        return "isot"
    number = float(text)
    return "jd" if number >= JD_FROM else "mjd" if number >= MJD_FROM else "ijd"


def _time(text: str, form: str) -> Any:  # noqa: ANN401 -- astropy is untyped
    from astropy.time import Time

    if form != "isot" and not NUMBER.match(text):
        raise _unreadable(text)
    try:
        if form == "isot":
            return Time(text.replace(" ", "T"), format="isot", scale="utc", precision=3)
        if form == "ijd":
            return Time(IJD_ZERO, float(text), format="mjd", scale="tt", precision=3)
        return Time(float(text), format=form, scale="utc", precision=3)
    except (ValueError, OverflowError, ArithmeticError):
        raise _unreadable(text) from None


def _unreadable(text: str) -> UnreadableNameError:
    return UnreadableNameError(
        f"{text[:LONGEST]!r} is no time: write 2003-03-15T13:27:40, or days as MJD, JD or IJD."
    )
