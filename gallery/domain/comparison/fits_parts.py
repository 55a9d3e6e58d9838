"""FITS files as parts: images, tables and headers, each checked for size before it is decoded."""

import io
import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.io import fits

from executor.domain.tabular import is_too_wide
from gallery.domain.comparison.bounds import (
    BYTES_AT_MOST,
    CELLS_AT_MOST,
    PARTS_AT_MOST,
    UnreadableError,
    check_size,
)  # fmt: skip
from gallery.domain.comparison.columns import Grid, grid_of
from gallery.domain.comparison.fields import Array

MARK = b"SIMPLE  ="
NAXIS = re.compile(r"Z?NAXIS\d+")


@dataclass(frozen=True, slots=True)
class Part:
    """One HDU.

    Attributes:
        name: its EXTNAME; ``PRIMARY``, or empty when it has none.
        header: keyword → value, of single keywords.
        image: its pixels, with NaN for blank ones; None when it is no image.
        table: its table; None when it is none.
        cards: the header as astropy's own, for reading a WCS.
    """

    name: str
    header: Mapping[str, Any]
    image: Array | None
    table: Grid | None
    cards: fits.Header


def read_parts(data: bytes) -> list[Part]:
    """All HDUs of a FITS file.

    Raises:
        UnreadableError: the bytes are no FITS file, or end too early.
        TooLargeError: it holds more than is compared.
    """
    check_size(len(data), BYTES_AT_MOST, "bytes")
    if not data.startswith(MARK):
        raise UnreadableError("it does not begin like a FITS file")
    if is_too_wide(data):
        raise UnreadableError("a table of it names more than 999 columns")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(data)
        except (ValueError, OSError, TypeError, KeyError, IndexError, AttributeError) as error:
            if isinstance(error, UnreadableError) or type(error).__name__ == "TooLargeError":
                raise
            raise UnreadableError(f"it cannot be read as FITS ({type(error).__name__})") from None


def _read(data: bytes) -> list[Part]:
    parts: list[Part] = []
    with fits.open(io.BytesIO(data), memmap=False) as file:
        for hdu in file:
            check_size(len(parts) + 1, PARTS_AT_MOST, "extensions")
            _check(hdu, len(data))
            parts.append(_part(hdu, len(parts)))
    return parts


def _check(hdu: Any, length: int) -> None:  # noqa: ANN401 -- astropy has no types
    info = hdu.fileinfo()
    if info and info["datLoc"] + hdu.size > length and not hasattr(hdu, "compression_type"):
        raise UnreadableError("it ends before its data do")
    sides = [value for key, value in hdu.header.items() if NAXIS.fullmatch(key)]
    count = math.prod(side for side in sides if isinstance(side, int)) if sides else 0
    is_table = isinstance(hdu, fits.BinTableHDU | fits.TableHDU) and not hdu.is_image
    check_size(
        count, BYTES_AT_MOST if is_table else CELLS_AT_MOST, "bytes" if is_table else "pixels"
    )


def _part(hdu: Any, number: int) -> Part:  # noqa: ANN401 -- astropy has no types
    header = {
        str(key): value for key, value in hdu.header.items()
        if key and key not in ("HISTORY", "COMMENT")
    }  # fmt: skip
    name = str(hdu.name or "").strip().upper()
    name = "" if name == "COMPRESSED_IMAGE" else name
    image = table = None
    if hdu.is_image:
        image = None if hdu.data is None else _pixels(hdu.data, header)
    else:
        from astropy.table import Table

        read = Table.read(hdu, format="fits", unit_parse_strict="silent")
        table = grid_of(read, header)
    return Part(
        name if number or name != "PRIMARY" else "PRIMARY", header, image, table, hdu.header
    )


def _pixels(data: Any, header: Mapping[str, Any]) -> Array:  # noqa: ANN401 -- astropy has no types
    pixels = np.asarray(data)
    blank = header.get("BLANK", header.get("ZBLANK"))
    if pixels.dtype.kind in "iu" and isinstance(blank, int):
        return np.where(pixels == blank, np.nan, pixels.astype(float))
    return pixels.astype(pixels.dtype.newbyteorder("="))
