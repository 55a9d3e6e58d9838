"""A table whose columns are mapped into memory: only what is asked for is read."""

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from executor.domain.tables.column import Column, TableInfo

Values = np.ma.MaskedArray[Any, Any]
Rows = NDArray[np.int64]
TRUE = ord("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """A table that can be read.

    Attributes:
        info: what is known of it.
        product: the file of the product itself.
        folder: where its columns were written, if they were.
    """

    info: TableInfo
    product: Path
    folder: Path

    def values(self, column: Column, start: int = 0, stop: int | None = None) -> Values:
        """Values of a column from row ``start`` up to but not with ``stop``."""
        stop = self.info.rows if stop is None else min(stop, self.info.rows)
        return _plain(self._stored(column), self._mask(column), column, slice(start, stop))

    def at(self, column: Column, rows: Rows) -> Values:
        """Values of a column at some rows, in their order."""
        return _plain(self._stored(column), self._mask(column), column, rows)

    def _stored(self, column: Column) -> NDArray[Any]:
        store = column.store
        if "dtype" not in store:
            return _mapped(self.folder / store["file"])
        path = self.folder / store["file"] if store["file"] else self.product
        return _strided(path, column, self.info.rows)

    def _mask(self, column: Column) -> NDArray[np.bool_] | None:
        name = column.store.get("mask")
        return _mapped(self.folder / name) if name else None


def _mapped(path: Path) -> NDArray[Any]:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError:  # nothing can be mapped of an array without values
        return np.asarray(np.load(path, allow_pickle=False))


def _strided(path: Path, column: Column, rows: int) -> NDArray[Any]:
    store, dtype = column.store, np.dtype(column.store["dtype"])
    shape = (rows, *column.shape)
    if not (dtype.itemsize and rows and all(column.shape)):
        return np.zeros(shape, dtype)
    inner = tuple(
        int(dtype.itemsize * np.prod(column.shape[place + 1 :], dtype=np.int64))
        for place in range(len(column.shape))
    )
    with path.open("rb") as handle:
        whole = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
    strides = (store["stride"], *inner)
    # Raises ValueError rather than read beyond the end of the file.
    return np.ndarray(shape, dtype, whole, store["offset"], strides)


def _plain(
    stored: NDArray[Any], mask: NDArray[np.bool_] | None, column: Column, rows: slice | Rows
) -> Values:
    """Stored values as what they mean: native, scaled, with what is missing masked."""
    values = np.asarray(stored[rows])
    if values.dtype.kind in "fiuc":
        values = values.astype(values.dtype.newbyteorder("="))
    hidden = np.asarray(mask[rows]) if mask is not None else None
    store = column.store
    if "dtype" not in store:
        return np.ma.array(values, mask=np.ma.nomask if hidden is None else hidden)
    if column.kind == "boolean":
        return np.ma.array(values == TRUE, mask=values == 0)
    if "null" in store and column.kind in {"integer", "number"} and values.dtype.kind in "iu":
        hidden = values == int(store["null"])
    values = _scaled(values, store.get("scale", 1), store.get("zero", 0), column.kind)
    return np.ma.array(values, mask=np.ma.nomask if hidden is None else hidden)


def _scaled(values: NDArray[Any], scale: float, zero: float, kind: str) -> NDArray[Any]:
    if scale == 1 and zero == 0:
        return values
    if kind == "integer":  # unsigned integers are written with an offset (FITS 4.0, table 19)
        if values.dtype.itemsize == 8 and zero == 2**63:  # noqa: PLR2004 -- bytes of a `K`
            return values.view(np.uint64) ^ np.uint64(2**63)
        return values.astype(np.int64) + int(zero)
    return values.astype(np.float64) * scale + zero
