"""Tables as the comparators see them: columns of plain arrays."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from executor.domain import tabular
from gallery.domain.comparison.bounds import (
    CELLS_AT_MOST,
    ROWS_AT_MOST,
    TEXT_AT_MOST,
    UnreadableError,
    check_size,
)  # fmt: skip
from gallery.domain.comparison.conversion import Frame, are_times, frame_of
from gallery.domain.comparison.fields import Array

if TYPE_CHECKING:
    from astropy.table import Table

SILENT = (".csv",)  # formats that cannot state units
CELL_AT_MOST = 1000  # characters of a cell that holds a structure


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: its name.
        values: numbers or texts, one a row, with more axes where a cell holds an array.
        blank: where there is no value, of the same shape.
        unit: empty when none is stated; None where the format cannot state one.
        frame: what its times count from; None where nothing says so.
        is_moments: whether it holds moments of time.
    """

    name: str
    values: Array
    blank: Array
    unit: str | None = ""
    frame: Frame | None = None
    is_moments: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it holds texts."""
        return bool(self.values.dtype.kind == "U")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its columns by name, and its number of rows."""

    columns: Mapping[str, Column]
    rows: int
    header: Mapping[str, Any] = field(default_factory=dict)


def read_grid(data: bytes, file: str) -> Grid:
    """The table in some bytes, by the ending of the file's name.

    Raises:
        UnreadableError: they are no such table.
        TooLargeError: they hold more than is compared.
    """
    check_size(len(data), TEXT_AT_MOST, "bytes of text")
    try:
        table = tabular.read_table(data, file)
    except tabular.UnreadableError as error:
        raise UnreadableError(str(error).removesuffix(".")) from None
    silent = file.lower().endswith(SILENT)
    return grid_of(table, table.meta, silent=silent)


def grid_of(table: "Table", header: Mapping[str, Any], *, silent: bool = False) -> Grid:
    """An astropy table as plain columns.

    Raises:
        TooLargeError: it has more rows or cells than are compared.
    """
    check_size(len(table), ROWS_AT_MOST, "rows")
    check_size(len(table) * len(table.colnames), CELLS_AT_MOST, "cells")
    known = {str(key).upper(): value for key, value in header.items()}
    # FITS counts in UTC where it says nothing; other formats leave it open.
    frame = frame_of(known) if "TIMESYS" in known or "TFIELDS" in known else None
    columns = {
        name: column
        for position in range(len(table.colnames))
        for name, column in _columns(table.colnames[position], table, frame, silent=silent)
    }
    check_size(sum(item.values.size for item in columns.values()), CELLS_AT_MOST, "values")
    return Grid(columns, len(table), known)


def _columns(
    name: str, table: "Table", frame: Frame | None, *, silent: bool
) -> list[tuple[str, Column]]:
    column = table[name]
    if hasattr(column, "scale") and hasattr(column, "mjd"):
        values = np.atleast_1d(np.ma.filled(column.mjd, np.nan)).astype(float)
        return [
            (
                name,
                Column(
                    name,
                    values,
                    np.isnan(values),
                    "d",
                    Frame(column.scale.upper()),
                    is_moments=True,
                ),
            )
        ]
    if hasattr(column, "spherical"):
        places = {"ra": column.spherical.lon.deg, "dec": column.spherical.lat.deg}
        return [_plain(f"{name}.{key}", item, "deg") for key, item in places.items()]
    unit = getattr(column, "unit", None)
    text = None if silent else "" if unit is None else str(unit)
    moments = are_times(name, text)
    values = getattr(column, "value", column)
    return [_plain(name, values, text, frame if moments else None, is_moments=moments)]


def _plain(
    name: str, values: Any, unit: str | None, frame: Frame | None = None, *,  # noqa: ANN401 -- any array
    is_moments: bool = False,
) -> tuple[str, Column]:  # fmt: skip
    masked = np.ma.asanyarray(values)
    blank = np.array(np.ma.getmaskarray(masked))
    data = np.asarray(masked.data)
    if data.dtype.names or data.dtype.kind not in "biufcUS":
        data = _texts(data)
        blank = blank if blank.shape == data.shape else np.zeros(data.shape, bool)
    elif data.dtype.kind == "S":
        data = np.char.decode(data, "utf-8", "replace")
    elif data.dtype.kind == "f" and data.dtype.itemsize > np.dtype(float).itemsize:
        data = data.astype(float)
    elif not data.dtype.isnative:
        data = data.astype(data.dtype.newbyteorder("="))
    if data.dtype.kind in "fc":
        blank = blank | np.isnan(data)
    return name, Column(name, data, blank, unit, frame, is_moments)


def _texts(data: Array) -> Array:
    """Cells that hold lists, dates or structures, as one text each."""
    return np.array([_cell(item) for item in data], dtype=str).reshape(len(data))


def _cell(item: Any) -> str:  # noqa: ANN401 -- whatever a stranger's table holds
    plain = item.tolist() if hasattr(item, "tolist") else item
    try:
        text = json.dumps(plain, sort_keys=True, default=str)
    except (ValueError, TypeError, RecursionError):
        text = str(plain)
    check_size(len(text), CELL_AT_MOST * 100, "characters in a cell")
    return text
