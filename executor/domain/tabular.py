"""Reading tables of products: ECSV, CSV, FITS and VOTable, by astropy."""
# ruff: noqa: PLC0415 -- astropy.table takes long to import

import gzip
import io
import re
import zlib
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

    from astropy.table import Table

BYTES_AT_MOST = 64 * 1024 * 1024
UNPACKED_AT_MOST = 512 * 1024 * 1024
FORMATS = {
    ".ecsv": "ascii.ecsv", ".csv": "ascii.csv", ".fits": "fits", ".fit": "fits", ".fts": "fits",
    ".vot": "votable", ".xml": "votable",
}  # fmt: skip
COLUMNS_AT_MOST = 999  # FITS 4.0, section 7.3.1; astropy makes room for as many as are named
COLUMNS = re.compile(rb"TFIELDS *= *[+']? *(\d+)")
GZIP = b"\x1f\x8b"


class UnreadableError(ValueError):
    """The bytes are not what their name says, or are more than is read; the message says which."""


def read_table(data: bytes, file: str, hdu: int | None = None) -> "Table":
    """The table in some bytes, by the ending of the file's name; ``.gz`` after it is unpacked.

    Args:
        data: the bytes.
        file: name of the file.
        hdu: number of the FITS extension to read; the first table by default.

    Raises:
        UnreadableError: the bytes are no such table.
    """
    form = form_of(file)
    data = _unpacked(data, file) if file.lower().endswith(".gz") else data
    if form is None or len(data) > BYTES_AT_MOST or (form == "fits" and is_too_wide(data)):
        raise UnreadableError(f"{file} is no table that can be read here.")
    return _read(io.BytesIO(data), form, file, hdu)


def read_table_at(path: "Path", file: str, hdu: int | None = None) -> "Table":
    """The table of a file; an uncompressed FITS is mapped into memory, not read, so may be large.

    Raises:
        UnreadableError: the file is no such table.
    """
    if form_of(file) != "fits" or file.lower().endswith(".gz"):
        if path.stat().st_size > BYTES_AT_MOST:
            raise UnreadableError(f"{file} is no table that can be read here.")
        return read_table(path.read_bytes(), file, hdu)
    return _read(path, "fits", file, hdu, memmap=True)


def form_of(file: str) -> str | None:
    """What astropy calls the format that a file's name tells; None for no table."""
    name = file.lower().removesuffix(".gz")
    return FORMATS.get(f".{name.rsplit('.', 1)[-1]}")


def is_too_wide(data: bytes) -> bool:
    """Whether a FITS header names more columns than a table can have."""
    return any(int(count[:9]) > COLUMNS_AT_MOST for count in COLUMNS.findall(data))


def unpack(packed: IO[bytes], target: IO[bytes], most: int = UNPACKED_AT_MOST) -> int:
    """Unpack gzip piece by piece into a file; returns how many bytes came out.

    Raises:
        UnreadableError: they are more than ``most``, or no gzip.
    """
    total = 0
    try:
        with gzip.GzipFile(fileobj=packed) as handle:
            while piece := handle.read(1024 * 1024):
                total += len(piece)
                if total > most:
                    raise UnreadableError(f"it unpacks to more than {most:,} bytes")
                target.write(piece)
    except (OSError, EOFError, zlib.error):
        raise UnreadableError("it cannot be unpacked: its gzip is damaged") from None
    return total


def forbid_streams() -> None:
    """Keep astropy from opening what the ``STREAM`` of a VOTable names: any URL, or file here."""
    from astropy.io.votable import tree

    tree.urllib = SimpleNamespace(request=SimpleNamespace(urlopen=_refuse_stream))


def _refuse_stream(*_given: object, **_named: object) -> NoReturn:
    raise UnreadableError("data of a VOTable that lies elsewhere is not fetched")


def _unpacked(data: bytes, file: str) -> bytes:
    target = io.BytesIO()
    try:
        unpack(io.BytesIO(data), target, BYTES_AT_MOST)
    except UnreadableError as error:
        raise UnreadableError(f"{file} cannot be read as a table: {error}.") from None
    return target.getvalue()


def _read(source: Any, form: str, file: str, hdu: int | None, **more: Any) -> "Table":  # noqa: ANN401 -- what astropy takes
    from astropy.table import Table

    if form == "votable":
        forbid_streams()
    if hdu is not None and form == "fits":
        more["hdu"] = hdu
    try:
        return Table.read(source, format=form, **more)
    except Exception as error:  # noqa: BLE001 -- see below
        # Hostile bytes make astropy raise nearly anything; none of it is our fault.
        raise UnreadableError(
            f"{file} cannot be read as a table ({type(error).__name__})."
        ) from None
