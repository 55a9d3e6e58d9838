"""What name services answer, read as what it is: a stranger's text.

Formats: Sesame's plain text (``-oI``, CDS documentation of Sesame), SIMBAD's TAP in JSON (IVOA
TAP 1.1 with CDS's own ``json`` format: ``metadata`` and ``data``), NED's ObjectLookup (NED guide
to ObjectLookup: ResultCode 3 is an object with data, ``Preferred`` holds it).
"""

import json
import re
from dataclasses import replace
from typing import Any

from gallery.domain.names.found import Found

POSITION = re.compile(r"^%J\s+(\d+(?:\.\d+)?)\s+([+-]?\d+(?:\.\d+)?)", re.MULTILINE)
PRECISION = re.compile(
    r"^%J\.E\s+\[\s*(\d{1,9}(?:\.\d{1,9})?)\s+(\d{1,9}(?:\.\d{1,9})?)", re.MULTILINE
)
SERVICE = re.compile(r"^#=(\w+)=([^:(\n]{1,40})", re.MULTILINE)
LABEL = re.compile(r"^%I\.0\s+(.{1,100})$", re.MULTILINE)
KIND = re.compile(r"^%C\.0\s+(.{1,60})$", re.MULTILINE)
FOUND_WITH_DATA = 3
MILLI = 1000.0


def from_sesame(text: str) -> Found | None:
    """The answer of Sesame; None when it knows no position."""
    position = POSITION.search(text)
    if position is None:
        return None
    service, label, kind = SERVICE.search(text), LABEL.search(text), KIND.search(text)
    precision = PRECISION.search(text)
    by = f"Sesame (CDS), from {service[2].split(',')[0].strip()}" if service else "Sesame (CDS)"
    named = label[1] if label else ""
    found = _found(named, (position[1], position[2]), by, kind[1] if kind else "")
    if found is None or precision is None:
        return found
    return replace(found, uncertainty=max(map(float, precision.groups())) / MILLI)


def from_simbad(text: str) -> Found | None:
    """The first row of SIMBAD's answer: main_id, ra, dec, otype_txt; None without one."""
    rows = _of(_json(text), "data", list)
    row = rows[0] if rows and isinstance(rows[0], list) else []
    if len(row) < 3:  # noqa: PLR2004 -- name, ra, dec
        return None
    kind = str(row[3] or "") if len(row) > 3 else ""  # noqa: PLR2004 -- the column behind
    return _found(str(row[0]), (row[1], row[2]), "SIMBAD (CDS)", kind)


def from_ned(text: str) -> Found | None:
    """The preferred object of NED's answer; None when it found none, or more than one."""
    answer = _json(text)
    if _of(answer, "ResultCode", int) != FOUND_WITH_DATA:
        return None
    preferred = _of(answer, "Preferred", dict) or {}
    position = _of(preferred, "Position", dict) or {}
    kind = _of(_of(preferred, "ObjType", dict) or {}, "Value", str) or ""
    name = _of(preferred, "Name", str) or ""
    return _found(name, (position.get("RA"), position.get("Dec")), "NED (IPAC)", kind)


def simbad_query(name: str) -> str:
    """The ADQL that asks for an identifier; quotes are doubled (ADQL 2.1, section 2.1.4)."""
    quoted = name.replace("'", "''")
    return (
        "SELECT TOP 1 main_id, ra, dec, otype_txt FROM basic JOIN ident ON oidref = oid "  # noqa: S608 -- quoted
        f"WHERE id = '{quoted}'"
    )


def _json(text: str) -> Any:  # noqa: ANN401 -- any JSON value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _of(content: Any, name: str, kind: type) -> Any:  # noqa: ANN401 -- any JSON value
    value = content.get(name) if isinstance(content, dict) else None
    return value if isinstance(value, kind) else None


def _found(name: str, place: tuple[Any, Any], by: str, kind: str = "") -> Found | None:
    try:
        ra, dec = map(float, place)
    except (TypeError, ValueError):
        return None
    if not (0 <= ra <= 360 and -90 <= dec <= 90):  # noqa: PLR2004 -- NaN fails too
        return None
    return Found(_words(name), ra, dec, by, _words(kind))


def _words(text: str) -> str:
    """A stranger's text in a line of our own."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.removeprefix("NAME ").split())[:100]
