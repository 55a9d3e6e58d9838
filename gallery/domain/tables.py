"""Reading tables of products: ECSV, CSV, FITS and VOTable, by astropy."""

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gallery.domain.compare import Measured, NotThereError

if TYPE_CHECKING:
    from astropy.table import Table

BYTES_AT_MOST = 64 * 1024 * 1024
FORMATS = {
    ".ecsv": "ascii.ecsv", ".csv": "ascii.csv", ".fits": "fits", ".vot": "votable",
    ".xml": "votable",
}  # fmt: skip
COLUMNS_AT_MOST = 999  # FITS 4.0, section 7.3.1; astropy makes room for as many as are named
COLUMNS = re.compile(rb"TFIELDS *= *[+']? *(\d+)")


def read_table(data: bytes, file: str) -> "Table":
    """The table in some bytes, by the ending of the file's name.

    Raises:
        NotThereError: the bytes are no such table.
    """
    suffix = f".{file.rsplit('.', 1)[-1].lower()}"
    form = FORMATS.get(suffix)
    if form is None or len(data) > BYTES_AT_MOST or (form == "fits" and is_too_wide(data)):
        raise NotThereError(f"{file} is no table that can be read here.")
    from astropy.table import Table

    try:
        return Table.read(io.BytesIO(data), format=form)
    except Exception as error:  # noqa: BLE001 -- see below
        # Hostile bytes make astropy raise nearly anything; none of it is our fault.
        raise NotThereError(f"{file} cannot be read as a table ({type(error).__name__}).") from None


def is_too_wide(data: bytes) -> bool:
    """Whether a FITS header names more columns than a table can have."""
    return any(int(count[:9]) > COLUMNS_AT_MOST for count in COLUMNS.findall(data))


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
