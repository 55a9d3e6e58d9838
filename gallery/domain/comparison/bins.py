"""Bins of a spectrum or light curve, and the same values on other bins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units

from gallery.domain.comparison.columns import Column, Grid
from gallery.domain.comparison.conversion import (
    ROUNDING,
    NotConvertibleError,
    in_frame,
    in_unit,
)  # fmt: skip
from gallery.domain.comparison.fields import Array

PAIRS = (
    ("e_min", "e_max"), ("energ_lo", "energ_hi"), ("e_lo", "e_hi"), ("emin", "emax"),
    ("tstart", "tstop"), ("t_start", "t_stop"), ("time_start", "time_stop"), ("t_min", "t_max"),
    ("time_min", "time_max"), ("wave_lo", "wave_hi"), ("bin_lo", "bin_hi"),
    ("energy_min", "energy_max"), ("start", "stop"),
)  # fmt: skip
MIDDLES = ("time", "mjd", "bjd", "hjd", "jd", "energy", "wavelength", "wave", "lambda", "frequency",
           "freq", "period")  # fmt: skip
WIDTHS = ("timedel", "bin_width", "width", "delta", "de", "dt", "binsize")
SHARE = 1e-6  # of a bin: how far edges may be off and still be one


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins in rising order.

    Attributes:
        names: the columns that hold them.
        low: lower edges, shape (n,).
        high: upper edges.
        order: the row of each bin.
        unit: of the edges.
    """

    names: tuple[str, ...]
    low: Array
    high: Array
    order: Array
    unit: str | None

    @property
    def width(self) -> Array:
        """Widths of the bins."""
        return self.high - self.low


def axis_of(grid: Grid) -> tuple[str, ...]:
    """Columns that order the rows; empty when none is known."""
    known = {name.lower(): name for name in grid.columns if _is_numeric(grid.columns[name])}
    for low, high in PAIRS:
        if low in known and high in known:
            return known[low], known[high]
    return next(((known[name],) for name in MIDDLES if name in known), ())


def _is_numeric(column: Column) -> bool:
    return column.values.dtype.kind in "iuf" and column.values.ndim == 1


def bins_of(grid: Grid, like: Grid | None = None) -> Bins | None:
    """The bins of a table, in the unit and time frame of another; None when there are none.

    Middles without a width reach half-way to their neighbours.

    Raises:
        NotConvertibleError: the other table counts in a unit that does not convert.
    """
    names = axis_of(grid)
    if not names or not grid.rows:
        return None
    edges = [_as_in(grid.columns[name], like) for name in names]
    unit = (like or grid).columns.get(names[0], grid.columns[names[0]]).unit
    if len(edges) == 1:
        edges = _around(edges[0], _width(grid, unit))
    low, high = np.minimum(*edges), np.maximum(*edges)
    if not (np.isfinite(low).all() and np.isfinite(high).all() and (high > low).all()):
        return None
    order = np.argsort(low, kind="stable")
    return Bins(names, low[order], high[order], order, unit)


def _as_in(column: Column, like: Grid | None) -> Array:
    target = like.columns.get(column.name) if like else None
    if target is None:
        return column.values.astype(float)
    values = in_unit(column.values.astype(float), column.unit, target.unit).values
    if column.frame and target.frame:
        values = in_frame(values, target.unit, column.frame, target.frame).values
    return values


def _width(grid: Grid, unit: str | None) -> Array | None:
    known = {name.lower(): column for name, column in grid.columns.items()}
    column = next((known[name] for name in WIDTHS if name in known), None)
    if column is None or not _is_numeric(column):
        return None
    try:
        return in_unit(column.values.astype(float), column.unit, unit).values
    except NotConvertibleError:
        return None


def _around(middle: Array, width: Array | None) -> list[Array]:
    if width is not None:
        return [middle - width / 2, middle + width / 2]
    if middle.size < 2:  # noqa: PLR2004 -- one point has no neighbour
        return [middle, middle]
    order = np.argsort(middle)
    between = (middle[order][1:] + middle[order][:-1]) / 2
    first, last = middle[order][0], middle[order][-1]
    edges = np.concatenate([[2 * first - between[0]], between, [2 * last - between[-1]]])
    back = np.argsort(order)
    return [edges[:-1][back], edges[1:][back]]


def membership(fine: Bins, coarse: Bins) -> Array | None:
    """The coarse bin of each fine bin, shape (fine,); None when the edges do not line up.

    They line up when each coarse bin is filled by whole fine bins without a gap.
    """
    middle = (fine.low + fine.high) / 2
    home = np.searchsorted(coarse.low, middle, "right") - 1
    if (home < 0).any():
        return None
    slack = SHARE * np.minimum(fine.width, coarse.width[home])
    inside = (fine.low >= coarse.low[home] - slack) & (fine.high <= coarse.high[home] + slack)
    filled = np.bincount(home, weights=fine.width, minlength=coarse.low.size)
    full = np.abs(filled - coarse.width) <= SHARE * coarse.width
    return home if inside.all() and full.all() else None


def is_density(unit: str | None, axis: str | None) -> bool | None:
    """Whether values of a unit are per unit of the axis; None when nobody can tell.

    A rate in 1/s is a density over time and a plain amount over energy.
    """
    try:
        known, along = units.Unit(unit or ""), units.Unit(axis or "")
    except (ValueError, TypeError):
        return None
    if units.dimensionless_unscaled in (along, known):
        return None
    if not hasattr(known, "bases") or isinstance(known, units.function.FunctionUnitBase):
        return None
    if known.is_equivalent(units.Jy):
        return True
    parts: list[tuple[Any, Any]] = list(zip(known.bases, known.powers, strict=True))
    return any(base.is_equivalent(along) and power < 0 for base, power in parts)


def rebinned(values: Array, fine: Bins, home: Array, count: int, *, density: bool) -> Array:
    """Values of fine bins, in their order, summed into coarse ones, or averaged by width."""
    weights = fine.width if density else np.ones(fine.width.size)
    summed = np.bincount(home, weights=values * weights, minlength=count)
    if not density:
        return summed
    return summed / np.bincount(home, weights=fine.width, minlength=count)


def rebinned_errors(errors: Array, fine: Bins, home: Array, count: int, *, density: bool) -> Array:
    """The same of independent 1-sigma errors: in quadrature."""
    weights = fine.width if density else np.ones(fine.width.size)
    summed = np.sqrt(np.bincount(home, weights=(errors * weights) ** 2, minlength=count))
    if not density:
        return summed
    return summed / np.bincount(home, weights=fine.width, minlength=count)


def rounding(values: Array, terms: int) -> Array:
    """What summing so many doubles may cost."""
    return ROUNDING * terms * np.abs(values)


def total(values: Array, bins: Bins, low: float, high: float, *, density: bool) -> float:
    """Sum over a range; a bin that is cut counts by the share that lies within."""
    inside = np.clip(np.minimum(bins.high, high) - np.maximum(bins.low, low), 0, None)
    share = inside if density else inside / bins.width
    return float(np.nansum(values * share))


Columns = Mapping[str, Column]
