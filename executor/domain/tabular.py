"""Reading tables of products: ECSV, CSV, FITS and VOTable, by astropy."""

import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from astropy.table import Table

BYTES_AT_MOST = 64 * 1024 * 1024
FORMATS = {
    ".ecsv": "ascii.ecsv", ".csv": "ascii.csv", ".fits": "fits", ".vot": "votable",
    ".xml": "votable",
}  # fmt: skip
COLUMNS_AT_MOST = 999  # FITS 4.0, section 7.3.1; astropy makes room for as many as are named
COLUMNS = re.compile(rb"TFIELDS *= *[+']? *(\d+)")


class UnreadableError(ValueError):
    """The bytes are not what their name says, or are more than is read; the message says which."""


def read_table(data: bytes, file: str) -> "Table":
    """The table in some bytes, by the ending of the file's name.

    Raises:
        UnreadableError: the bytes are no such table.
    """
    suffix = f".{file.rsplit('.', 1)[-1].lower()}"
    form = FORMATS.get(suffix)
    if form is None or len(data) > BYTES_AT_MOST or (form == "fits" and is_too_wide(data)):
        raise UnreadableError(f"{file} is no table that can be read here.")
    from astropy.table import Table

    try:
        return Table.read(io.BytesIO(data), format=form)
    except Exception as error:  # noqa: BLE001 -- see below
        # Hostile bytes make astropy raise nearly anything; none of it is our fault.
        raise UnreadableError(
            f"{file} cannot be read as a table ({type(error).__name__})."
        ) from None


def is_too_wide(data: bytes) -> bool:
    """Whether a FITS header names more columns than a table can have."""
    return any(int(count[:9]) > COLUMNS_AT_MOST for count in COLUMNS.findall(data))
