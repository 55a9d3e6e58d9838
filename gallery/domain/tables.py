"""Reading tables of products: ECSV, CSV, FITS and VOTable, by astropy."""

import io
from collections.abc import Mapping
from typing import Any

from astropy.table import Table

from gallery.domain.compare import Measured, NotThereError

BYTES_AT_MOST = 64 * 1024 * 1024
FORMATS = {
    ".ecsv": "ascii.ecsv", ".csv": "ascii.csv", ".fits": "fits", ".vot": "votable",
    ".xml": "votable",
}  # fmt: skip


def read_table(data: bytes, file: str) -> Table:
    """The table in some bytes, by the ending of the file's name.

    Raises:
        NotThereError: the bytes are no such table.
    """
    suffix = f".{file.rsplit('.', 1)[-1].lower()}"
    form = FORMATS.get(suffix)
    if form is None or len(data) > BYTES_AT_MOST:
        raise NotThereError(f"{file} is no table that can be read here.")
    try:
        return Table.read(io.BytesIO(data), format=form)
    except Exception as error:  # noqa: BLE001 -- see below
        # Hostile bytes make astropy raise nearly anything; none of it is our fault.
        raise NotThereError(f"{file} cannot be read as a table ({type(error).__name__}).") from None


def cell(table: Table, column: str, row: Mapping[str, str | int | float]) -> Measured:
    """The value of a column in the one row that the key columns choose.

    Raises:
        NotThereError: no such column, or no row or several rows match.
    """
    for name in (column, *row):
        if name not in table.colnames:
            raise NotThereError(f"The table has no column {name!r}.")
    chosen = [number for number in range(len(table)) if _matches(table, number, row)]
    if len(chosen) != 1:
        keys = ", ".join(f"{name} = {value}" for name, value in row.items())
        raise NotThereError(f"{len(chosen)} rows of the table have {keys}, one was expected.")
    unit = table[column].unit
    return Measured(_plain(table[column][chosen[0]]), str(unit) if unit is not None else "")


def _matches(table: Table, number: int, row: Mapping[str, str | int | float]) -> bool:
    return all(_plain(table[name][number]) == value for name, value in row.items())


def _plain(value: Any) -> Any:  # noqa: ANN401 -- numpy scalars become plain ones
    plain = value.item() if hasattr(value, "item") else value
    if plain is None or type(plain).__name__ == "MaskedConstant":
        return None
    return plain.decode() if isinstance(plain, bytes) else plain
