"""Header keywords: numbers are compared, texts are told, book-keeping does not matter."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from gallery.domain.comparison.fields import Field, readable
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerance, Tolerances

STRUCTURE = re.compile(
    r"(SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|EXTEND|TFIELDS|THEAP|BSCALE|BZERO|BLANK"
    r"|T(TYPE|FORM|UNIT|DIM|NULL|SCAL|ZERO|DISP|COMM|CTYP|CUNI|RPOS|BCOL)\d+|TD?(MIN|MAX)\d+"
    r"|DATAM(IN|AX)|EXT(NAME|VER|LEVEL)|INHERIT|Z[A-Z]+\d*|LONGSTRN|END|BUNIT"
    r"|TIMESYS|MJDREF[IF]?|JDREF|TIMEZERO|TIMEUNIT)"
)
POSITION = re.compile(
    r"(WCSAXES|CTYPE\d+|CUNIT\d+|CRVAL\d+|CRPIX\d+|CDELT\d+|CROTA\d+|(CD|PC|PV|PS)\d+_\d+|LONPOLE"
    r"|LATPOLE|EQUINOX|EPOCH|RADE(SYS|CSYS)|[AB]P?_\d+_\d+|[AB]P?_ORDER|WCSNAME)[A-Z]?"
)
BOOKS = frozenset({
    "DATE", "CHECKSUM", "DATASUM", "CREATOR", "AUTHOR", "SOFTWARE", "SOFTVER", "PROGRAM", "ORIGIN",
    "FILENAME", "FILE", "VERSION", "HOSTNAME", "USER", "PROCTIME", "RUNTIME", "CPUTIME",
})  # fmt: skip


def compare_headers(
    tally: Tally,
    name: str,
    published: Mapping[str, Any],
    found: Mapping[str, Any],
    tolerances: Tolerances,
) -> None:
    """Compare the keywords of one extension; positions on the sky are compared elsewhere."""
    ignored = {item.upper() for item in tolerances.ignore}
    for key in sorted({*published, *found}):
        if key.upper() in ignored or STRUCTURE.fullmatch(key) or POSITION.fullmatch(key):
            continue
        allowed = tolerances.columns.get(key, tolerances.default)
        _compare(tally, f"keyword {key} of {name}", published.get(key), found.get(key), allowed)


def _compare(tally: Tally, where: str, published: Any, found: Any, allowed: Tolerance) -> None:  # noqa: ANN401 -- values of a header
    if published is None and found is None:
        return
    if where.split()[1].upper() in BOOKS or not (_is_number(published) and _is_number(found)):
        if published != found:
            tally.note(_told(where, published, found))
        return
    tally.add(
        Field(
            where, np.atleast_1d(published), np.atleast_1d(found),
            allowed,
        )
    )  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _told(where: str, published: object, found: object) -> str:
    if found is None:
        return f"{where} is missing in the re-run"
    if published is None:
        return f"{where} is new in the re-run"
    return f"{where}: published {readable(str(published), 40)}, found {readable(str(found), 40)}"
