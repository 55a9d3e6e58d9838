"""A column in numbers: least, greatest, mean, what is missing, and how it is spread."""

from dataclasses import dataclass

import numpy as np

from executor.domain.tables.choosing import WHOLE_ROWS
from executor.domain.tables.column import Column
from executor.domain.tables.opened import Opened, Rows

BINS = 24
HEIGHT, WIDTH = 28, 96


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers on a column.

    Attributes:
        count: values that are there and finite.
        missing: values that are masked, or no number.
        infinite: values that are infinite.
        minimum: least of the finite ones, None without any; ``maximum`` and ``mean`` as well.
        counts: of finite values in bins of equal width from minimum to maximum.
    """

    count: int
    missing: int
    infinite: int
    minimum: float | None
    maximum: float | None
    mean: float | None
    counts: tuple[int, ...]

    @property
    def minimum_text(self) -> str:
        """The least value as a page shows it."""
        return _text(self.minimum)

    @property
    def maximum_text(self) -> str:
        """The greatest value as a page shows it."""
        return _text(self.maximum)

    @property
    def mean_text(self) -> str:
        """The mean as a page shows it."""
        return _text(self.mean)

    @property
    def path(self) -> str:
        """The outline of the histogram as the ``d`` of an SVG path, 96 wide and 28 high."""
        most = max(self.counts, default=0)
        if not most:
            return ""
        step = WIDTH / len(self.counts)
        parts = [f"M0 {HEIGHT}"]
        for place, count in enumerate(self.counts):
            parts.append(f"V{HEIGHT - count / most * (HEIGHT - 1):.1f}H{(place + 1) * step:.1f}")
        return "".join(parts) + f"V{HEIGHT}Z"


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.7g}"


def summary(opened: Opened, column: Column, rows: Rows | None) -> Summary | None:
    """Numbers on a column over some rows, or the first five million; None when it has none."""
    if not column.is_numeric:
        return None
    values = opened.values(column, 0, WHOLE_ROWS) if rows is None else opened.at(column, rows)
    plain = np.asarray(values.compressed(), dtype=np.float64)
    with np.errstate(all="ignore"):
        finite = plain[np.isfinite(plain)]
        infinite = int(np.isinf(plain).sum())
        missing = len(values) - len(finite) - infinite
        if not len(finite):
            return Summary(0, missing, infinite, None, None, None, ())
        low, high = float(finite.min()), float(finite.max())
        mean = float(np.clip(finite.mean(), low, high))
        return Summary(len(finite), missing, infinite, low, high, mean, _counts(finite, low, high))


def _counts(
    finite: np.ndarray[tuple[int], np.dtype[np.float64]], low: float, high: float
) -> tuple[int, ...]:
    if not np.isfinite(high - low) or high == low or low + (high - low) / BINS == low:
        return ()
    counts, _edges = np.histogram(finite, bins=BINS, range=(low, high))
    return tuple(int(count) for count in counts)
