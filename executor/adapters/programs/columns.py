"""Columns of a table that was read whole, written out one by one so that others can map them."""
# ruff: noqa: ANN401, PLC0415 -- astropy has no types, and is read where it is needed

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from executor.adapters.programs.talk import RefusedError
from executor.domain.tables.keys import kept_keys
from executor.domain.tabular import COLUMNS_AT_MOST

WIDTH_AT_MOST = 1000  # bytes of a text in a cell
TEXT_AT_MOST = 2000
NUMBERS = {"f": "number", "i": "integer", "u": "integer", "b": "boolean"}


def written(table: Any, folder: Path) -> dict[str, Any]:
    """The layout of an astropy table whose columns are saved in a folder as ``.npy`` files."""
    found = list(_plain(table))
    if len(found) > COLUMNS_AT_MOST:
        raise RefusedError(f"it has {len(found)} columns, more than {COLUMNS_AT_MOST}")
    saved = [_saved(*one, folder, number) for number, one in enumerate(found)]
    return {
        "rows": len(table), "hdu": None, "hdus": [], "keys": kept_keys(dict(table.meta)),
        "notes": [], "columns": saved,
    }  # fmt: skip


def named_by_comments(table: Any, head: bytes) -> Any:
    """Give a text table without a head the names, and units, of comments with as many words."""
    lines = [line[1:].split() for line in head.decode("utf-8", "replace").splitlines()
             if line.startswith("#")]  # fmt: skip
    fitting = [words for words in lines if len(words) == len(table.columns)]
    nameless = all(name == f"col{i}" for i, name in enumerate(table.colnames, 1))
    if not (fitting and nameless and len(set(fitting[0])) == len(fitting[0])):
        return table
    table.rename_columns(table.colnames, fitting[0])
    if len(fitting) > 1:
        for name, unit in zip(table.colnames, fitting[1], strict=True):
            table[name].unit = unit if unit.lower() not in {"-", "none"} else None
    return table


def _plain(table: Any) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """Each column as numbers or text; instants and places on the sky are taken apart."""
    from astropy.coordinates import SkyCoord
    from astropy.time import Time

    for name in table.colnames:
        column = table[name]
        told = _told(column)
        if isinstance(column, Time):
            told |= {"unit": "d", "scale": str(column.scale), "instant": "mjd"}
            yield name, column.mjd, told
        elif isinstance(column, SkyCoord):
            for part, values in (("ra", column.icrs.ra.deg), ("dec", column.icrs.dec.deg)):
                yield f"{name}.{part}", values, told | {"unit": "deg"}
        else:
            yield name, getattr(column, "value", column), told


def _told(column: Any) -> dict[str, str]:
    info = column.info
    unit = info.unit
    meta = info.meta or {}
    ucd = meta.get("ucd", "") if isinstance(meta, dict) else ""
    return {
        "unit": "" if unit is None else str(unit), "ucd": str(ucd or "")[:TEXT_AT_MOST],
        "description": str(info.description or "")[:TEXT_AT_MOST],
    }  # fmt: skip


def _saved(name: str, column: Any, told: dict[str, str], folder: Path, at: int) -> dict[str, Any]:
    mask = np.ma.getmaskarray(column) if hasattr(column, "mask") else None
    values = np.asarray(np.ma.getdata(column))
    kind = NUMBERS.get(values.dtype.kind)
    if kind is None:
        kind, values = _texts(values)
    np.save(folder / f"{at}.npy", np.ascontiguousarray(values), allow_pickle=False)
    store = {"file": f"{at}.npy", "mask": ""}
    if mask is not None and mask.any():
        store["mask"] = f"{at}.mask.npy"
        np.save(folder / store["mask"], mask, allow_pickle=False)
    shape = list(values.shape[1:])
    return told | {"name": str(name), "kind": kind, "shape": shape, "store": store}


def _texts(values: Any) -> tuple[str, Any]:
    """Anything that is no number as UTF-8 text of bounded width."""
    if values.dtype.kind == "S":
        return "text", values.astype(f"S{min(values.dtype.itemsize or 1, WIDTH_AT_MOST)}")
    plain = values.ravel()
    cut = [str(item).encode("utf-8", "replace")[:WIDTH_AT_MOST] for item in plain]
    kind = "text" if values.dtype.kind == "U" else "other"
    return kind, np.array(cut, dtype="S" if cut else "S1").reshape(values.shape)
