"""Single cells of the tables of products."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gallery.domain.compare import Measured, NotThereError

if TYPE_CHECKING:
    from astropy.table import Table


def cell(table: "Table", column: str, row: Mapping[str, str | int | float]) -> Measured:
    """The value of a column in the one row that the key columns choose.

    Raises:
        NotThereError: no such column, no row or several rows match, or the cell is masked or no
            single value.
    """
    for name in (column, *row):
        if name not in table.colnames:
            raise NotThereError(f"The table has no column {name!r}.")
    chosen = [number for number in range(len(table)) if _matches(table, number, row)]
    if len(chosen) != 1:
        keys = ", ".join(f"{name} = {value}" for name, value in row.items())
        raise NotThereError(f"{len(chosen)} rows of the table have {keys}, one was expected.")
    found = _plain(table[column][chosen[0]])
    if not isinstance(found, str | int | float):
        raise NotThereError(f"The cell of column {column!r} holds no single value.")
    unit = getattr(table[column], "unit", None)
    silent = all(table[name].unit is None for name in table.colnames)
    return Measured(found, None if silent else str(unit) if unit is not None else "")


def _matches(table: "Table", number: int, row: Mapping[str, str | int | float]) -> bool:
    found = {name: _plain(table[name][number]) for name in row}
    return all(isinstance(item, str | int | float) for item in found.values()) and found == row


def _plain(value: Any) -> Any:  # noqa: ANN401 -- numpy scalars become plain ones
    # A masked cell is asked first: as a plain number it would be 0.
    if value is np.ma.masked:
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    return plain.decode("utf-8", "replace") if isinstance(plain, bytes) else plain
