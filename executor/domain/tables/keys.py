"""Header words of a table that say how its times count and where it was seen."""

import re
from collections.abc import Mapping
from typing import Any

TIMES = (
    "MJDREF", "MJDREFI", "MJDREFF", "JDREF", "JDREFI", "JDREFF", "BJDREF", "BJDREFI", "BJDREFF",
    "TIMESYS", "TIMEUNIT", "TIMEZERO", "TIMEREF", "TSTART", "TSTOP", "TRIGTIME", "DATE-OBS",
)  # fmt: skip
ABOUT = ("TELESCOP", "INSTRUME", "OBJECT", "OBS_ID", "EXTNAME", "MESSENGER", "REFERENC")
KNOWN = frozenset(TIMES + ABOUT)
FORTRAN = re.compile(r"[+-]?\d+\.?\d*[dD][+-]?\d+")
TEXT_AT_MOST = 200


def kept_keys(header: Mapping[str, Any]) -> dict[str, float | str]:
    """The known words of a header, upper case, as numbers or short text."""
    found: dict[str, float | str] = {}
    for key, value in header.items():
        name = str(key).upper()
        if name in KNOWN and isinstance(value, int | float | str):
            found[name] = _value(value)
    return found


def _value(value: float | str) -> float | str:
    if not isinstance(value, str):
        return float(value)
    text = value.strip()[:TEXT_AT_MOST]
    # A double as Fortran writes it is no number of FITS, yet the 3FGL has MJDREFF so.
    return float(text.lower().replace("d", "e")) if FORTRAN.fullmatch(text) else text
