"""Where the columns of a FITS table lie in its file (FITS 4.0, sections 7.2 and 7.3)."""
# ruff: noqa: ANN401, PLC0415 -- astropy has no types, and is read where it is needed

import re
from pathlib import Path
from typing import Any

from executor.adapters.programs import columns
from executor.adapters.programs.talk import RefusedError
from executor.domain.tables.keys import kept_keys
from executor.domain.tabular import COLUMNS_AT_MOST, is_too_wide

HDUS_AT_MOST = 200
HEADER_BYTES = 4 * 1024 * 1024
# Tables that go with others: they are shown when nothing else is there, or when asked for.
ASIDE = frozenset({"EBOUNDS", "GTI", "STDGTI", "ROIS"})
TFORM = re.compile(r"\s*(\d*)([LXBIJKAEDCMPQ])(\d*)")
TYPES = {
    "L": ("i1", "boolean"), "X": ("u1", "other"), "B": ("u1", "integer"), "I": (">i2", "integer"),
    "J": (">i4", "integer"), "K": (">i8", "integer"), "E": (">f4", "number"),
    "D": (">f8", "number"), "C": (">c8", "other"), "M": (">c16", "other"),
}  # fmt: skip
TDIM = re.compile(r"\(([\d, ]+)\)")


def layout(path: Path, wanted: int | None, where: str, folder: Path) -> dict[str, Any]:
    """The layout of one table of a FITS file; nothing but headers is read.

    Args:
        path: the file, uncompressed.
        wanted: number of the HDU; the first that is a table of its own by default.
        where: what to call the file in the layout; empty for the product itself.
        folder: where columns of an ASCII table are written, which have no numbers to map.
    """
    from astropy.io import fits

    with path.open("rb") as handle:
        if is_too_wide(handle.read(HEADER_BYTES)):
            raise RefusedError(f"its header names more than {COLUMNS_AT_MOST} columns")
    with fits.open(path, memmap=False, lazy_load_hdus=True) as found:
        hdus = _hdus(found)
        tables = [(i, found[i]) for i in range(len(hdus)) if _is_table(found[i])]
        told = [{"number": i, "name": item.name, "rows": int(item.header.get("NAXIS2", 0)),
                 "columns": int(item.header.get("TFIELDS", 0))} for i, item in tables]  # fmt: skip
        number, hdu = _chosen(tables, wanted)
        keys = kept_keys(dict(found[0].header)) | kept_keys(dict(hdu.header))
        if isinstance(hdu, fits.TableHDU):
            return columns.written(_ascii(path, number), folder) | {
                "hdu": number, "hdus": told, "keys": keys,
            }  # fmt: skip
        return _layout(path, hdu, where) | {"hdu": number, "hdus": told, "keys": keys}


def number_of(path: Path, wanted: int | None) -> int:
    """Number of the HDU that is asked for, or of the first that is a table of its own."""
    from astropy.io import fits

    with path.open("rb") as handle:
        if is_too_wide(handle.read(HEADER_BYTES)):
            raise RefusedError(f"its header names more than {COLUMNS_AT_MOST} columns")
    with fits.open(path, memmap=False, lazy_load_hdus=True) as found:
        hdus = _hdus(found)
        return _chosen([(i, one) for i, one in enumerate(hdus) if _is_table(one)], wanted)[0]


def _hdus(found: Any) -> list[Any]:
    hdus: list[Any] = []
    try:
        while len(hdus) < HDUS_AT_MOST:
            hdus.append(found[len(hdus)])
    except IndexError:
        pass
    return hdus


def _is_table(hdu: Any) -> bool:
    from astropy.io import fits

    return isinstance(hdu, fits.BinTableHDU | fits.TableHDU)


def _chosen(tables: list[tuple[int, Any]], wanted: int | None) -> tuple[int, Any]:
    if not tables:
        raise RefusedError("it holds no table, only images or headers")
    known = dict(tables)
    if wanted is not None:
        if wanted not in known:
            listed = ", ".join(str(number) for number in known)
            raise RefusedError(f"its HDU {wanted} is no table; tables are at {listed[:200]}")
        return wanted, known[wanted]
    return next((one for one in tables if one[1].name.upper() not in ASIDE), tables[0])


def _ascii(path: Path, number: int) -> Any:
    from astropy.table import Table

    return Table.read(path, hdu=number, format="fits", memmap=False)


def _layout(path: Path, hdu: Any, where: str) -> dict[str, Any]:
    header, start = hdu.header, int(hdu.fileinfo()["datLoc"])
    stride, rows = int(header["NAXIS1"]), int(header["NAXIS2"])
    found, offset = [], start
    for number in range(1, int(header["TFIELDS"]) + 1):
        column, width = _column(header, number, offset, stride, where)
        found.append(column)
        offset += width
    if offset - start > stride:
        raise RefusedError("its columns are wider than its rows: the header is damaged")
    there = max(0, (path.stat().st_size - start) // stride) if stride else 0
    short = f"The file ends early: {there:,} of its {rows:,} rows are there."
    return {"rows": min(rows, there), "notes": [short] if there < rows else [], "columns": found}


def _column(
    header: Any, number: int, offset: int, stride: int, where: str
) -> tuple[dict[str, Any], int]:
    form = TFORM.match(str(header.get(f"TFORM{number}", "")))
    if not form:
        raise RefusedError(f"its column {number} has no format that FITS knows")
    count, letter = int(form[1][:9] or 1), form[2]
    dtype, kind, shape, width = _typed(letter, count, form[3], header.get(f"TDIM{number}"))
    store = {"file": where, "dtype": dtype, "offset": offset, "stride": stride}
    for key, name in (("TNULL", "null"), ("TSCAL", "scale"), ("TZERO", "zero")):
        value = header.get(f"{key}{number}")
        if isinstance(value, int | float) and kind in {"integer", "number"}:
            store[name] = value
    if kind == "integer" and store.get("scale", 1) != 1:
        kind = "number"
    described = header.get(f"TCOMM{number}") or header.comments[f"TTYPE{number}"]
    return {
        "name": str(header.get(f"TTYPE{number}", f"col{number}")).strip() or f"col{number}",
        "unit": str(header.get(f"TUNIT{number}", "")).strip(),
        "description": _description(str(described or "")),
        "ucd": str(header.get(f"TUCD{number}", "")).strip(),
        "kind": kind, "shape": shape, "store": store,
    }, width  # fmt: skip


def _description(comment: str) -> str:
    """A comment of a header, unless it only says that here is a name."""
    words = comment.strip().lower()
    dull = words.startswith(("label for field", "label for column", "name of field", "field name"))
    return "" if dull else comment.strip()


def _typed(letter: str, count: int, width: str, dims: object) -> tuple[str, str, list[int], int]:
    if letter in "PQ":
        size = 8 if letter == "P" else 16
        return (">i4" if letter == "P" else ">i8"), "list", [2], size * min(count, 1)
    if letter == "A":
        each = int(width or 0)
        if 0 < each < count and count % each == 0:
            return f"S{each}", "text", [count // each], count
        return f"S{count}", "text", [], count
    if letter == "X":
        size = (count + 7) // 8
        return "u1", "other", [size], size
    dtype, kind = TYPES[letter]
    size = count * {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "E": 4, "D": 8, "C": 8, "M": 16}[letter]
    return dtype, kind, _shape(count, dims), size


def _shape(count: int, dims: object) -> list[int]:
    told = TDIM.fullmatch(str(dims).strip()) if dims else None
    if told:
        shape = [int(part) for part in reversed(told[1].split(",")) if part.strip()]
        product = 1
        for side in shape:
            product *= side
        if product == count and shape:
            return shape
    return [] if count == 1 else [count]
