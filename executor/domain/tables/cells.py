"""Cells of a table in words."""

from typing import Any

import numpy as np

from executor.domain.tables.column import Column
from executor.domain.tables.opened import Opened, Rows

SHOWN_OF_A_VECTOR = 4
TEXT_AT_MOST = 200
NOTHING = "–"  # noqa: RUF001 -- a dash is meant


def cells(opened: Opened, column: Column, rows: Rows) -> list[str]:
    """What stands in a column at some rows, as a page shows it; a dash where nothing stands."""
    if column.kind == "list":
        return [f"{int(pair[0])} values" for pair in opened.at(column, rows).filled(0)]
    values = opened.at(column, rows)
    masks = np.ma.getmaskarray(values)
    return [_cell(value, mask) for value, mask in zip(values.data, masks, strict=True)]


def plain_cells(opened: Opened, column: Column, rows: Rows) -> list[Any]:
    """What stands in a column at some rows, as JSON values; None for missing and for no number."""
    if column.kind in {"list", "other"}:
        return list(cells(opened, column, rows))
    values = opened.at(column, rows)
    masks = np.ma.getmaskarray(values)
    return [_json(value, mask) for value, mask in zip(values.data, masks, strict=True)]


def _cell(value: Any, mask: Any) -> str:  # noqa: ANN401 -- any type a table has
    if np.ndim(value):
        flat, hidden = np.ravel(value), np.ravel(mask)
        shown = ", ".join(
            _cell(flat[i], hidden[i]) for i in range(min(flat.size, SHOWN_OF_A_VECTOR))
        )
        return f"[{shown}, … {flat.size} values]" if flat.size > SHOWN_OF_A_VECTOR else f"[{shown}]"
    if mask:
        return NOTHING
    if isinstance(value, bytes):
        return _text(value) or NOTHING
    if isinstance(value, np.bool_):
        return "yes" if value else "no"
    return "NaN" if value != value else str(value)  # noqa: PLR0124 -- only NaN differs from itself


def _json(value: Any, mask: Any) -> Any:  # noqa: ANN401 -- any type a table has
    if np.ndim(value):
        return [_json(one, hidden) for one, hidden in zip(value, mask, strict=True)]
    if mask:
        return None
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, np.floating):
        # float32 as people write it: 0.1, not 0.10000000149011612
        return float(str(value)) if np.isfinite(value) else None
    return value.item()


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").replace("\0", "").strip()[:TEXT_AT_MOST]
