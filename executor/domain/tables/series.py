"""Columns as arrays to draw: numbers in the unit asked for, with their errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from executor.domain.tables.choosing import WHOLE_ROWS, BadQuestionError, known
from executor.domain.tables.column import Column
from executor.domain.tables.opened import Opened, Rows
from executor.domain.tables.question import VECTOR
from executor.domain.tables.units import converted, converts, is_spectral, shown, unit_of

Numbers = NDArray[np.float64]
BINS = ".."


@dataclass(frozen=True, slots=True)
class Drawable:
    """A column, one place of a vector column, or the middle of two, that can be drawn.

    Attributes:
        column: the column.
        place: the place in each of its vectors; None for a column of numbers.
        upper: the column with the upper ends of bins, whose lower ends ``column`` has.
    """

    column: Column
    place: int | None = None
    upper: Column | None = None

    @property
    def name(self) -> str:
        """What it is called: ``Flux_History[3]``, or ``E_MIN..E_MAX`` for the middle of bins."""
        if self.upper is not None:
            return f"{self.column.name}{BINS}{self.upper.name}"
        return self.column.name if self.place is None else f"{self.column.name}[{self.place}]"

    def label(self, unit: str = "") -> str:
        """Its name and unit, as an axis carries them."""
        told = shown(unit or self.column.unit)
        return f"{self.name} [{told}]" if told else self.name


def drawable(opened: Opened, name: str) -> Drawable:
    """The column of a name, or one place of it: ``Flux_History[3]``.

    Raises:
        BadQuestionError: there is no such column, or it holds no numbers.
    """
    column, told = opened.info.column(name), VECTOR.fullmatch(name)
    if column is None and BINS in name:
        return _bins(*(drawable(opened, part) for part in name.split(BINS, 1)))
    place: int | None = None
    if column is None and told:
        column, place = known(opened, told[1]), int(told[2])
    column = column or known(opened, name)
    if place is None and column.is_vector:
        place = 0
    if place is not None:
        size = int(np.prod(column.shape, dtype=np.int64)) if column.is_vector else 0
        if not 0 <= place < size:
            raise BadQuestionError(
                f"{column.name} has {size or 'no'} places: write {column.name}[0] for the first."
            )
        return Drawable(column, place)
    if not column.is_numeric:
        raise BadQuestionError(f"{column.name} holds no numbers, so it cannot be drawn.")
    return Drawable(column)


def _bins(low: Drawable, high: Drawable) -> Drawable:
    if low.place is not None or high.place is not None or low.column.unit != high.column.unit:
        raise BadQuestionError(f"{low.name} and {high.name} are not the ends of bins.")
    return Drawable(low.column, upper=high.column)


def numbers(opened: Opened, item: Drawable, rows: Rows | None) -> Numbers:
    """Values of a column as floats; not-a-number where they are missing."""
    if item.upper is not None:
        return _middles(*ends(opened, item, rows), log=is_spectral(item.column.unit))
    column = item.column
    values = opened.values(column, 0, WHOLE_ROWS) if rows is None else opened.at(column, rows)
    if item.place is not None:
        values = values.reshape(len(values), -1)[:, item.place]
    plain = np.ma.array(values.data.astype(np.float64), mask=np.ma.getmaskarray(values))
    return np.asarray(plain.filled(np.nan))


def ends(opened: Opened, item: Drawable, rows: Rows | None) -> tuple[Numbers, Numbers]:
    """Lower and upper ends of bins."""
    low, high = (numbers(opened, Drawable(one), rows) for one in (item.column, item.upper) if one)
    return low, high


def _middles(low: Numbers, high: Numbers, *, log: bool) -> Numbers:
    """Middles of bins: of positive energies the geometric ones."""
    with np.errstate(all="ignore"):
        plain = low / 2 + high / 2
        return np.where((low > 0) & (high > 0), np.sqrt(low * high), plain) if log else plain


def check_unit(column: Column, unit: str, across: str = "") -> None:
    """Refuse a unit that a column cannot be shown in.

    Raises:
        BadQuestionError: the column has no unit that is known, or the other does not fit it.
    """
    if not unit or unit == column.unit:
        return
    if unit_of(column.unit) is None:
        raise BadQuestionError(f"{column.name} has no unit that is known, so it has no other.")
    if not converts(column.unit, unit, across):
        raise BadQuestionError(f"{column.name} is in {column.unit}: it cannot be shown in {unit}.")


def shown_in(
    values: Numbers,
    errors: tuple[Numbers, Numbers] | None,
    column: Column,
    unit: str,
    across: tuple[Numbers, str] | None = None,
) -> tuple[Numbers, tuple[Numbers, Numbers] | None]:
    """Values and the lengths of their bars in another unit, where below may become above.

    Args:
        values: as the table has them.
        errors: lengths of the bars below and above.
        column: whose values they are.
        unit: the unit wanted; empty for the column's own.
        across: the values along x and their unit, by which flux densities convert.
    """
    if not unit or unit == column.unit:
        return values, errors
    at = None
    if across is not None and is_spectral(across[1]):
        at = across[0] * unit_of(across[1])
    middle = converted(values, column.unit, unit, at)
    if errors is None:
        return middle, None
    ends = [converted(values - errors[0], column.unit, unit, at),
            converted(values + errors[1], column.unit, unit, at)]  # fmt: skip
    low, high = np.minimum(*ends), np.maximum(*ends)
    return middle, (np.abs(middle - low), np.abs(high - middle))
