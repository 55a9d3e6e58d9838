"""Spectra and light curves: bin by bin, and the same data on other bins told from other data."""

from dataclasses import dataclass

import numpy as np

from gallery.domain.comparison.bins import (
    SHARE,
    Bins,
    axis_of,
    bins_of,
    is_density,
    membership,
    rebinned,
    rebinned_errors,
    rounding,
    total,
)  # fmt: skip
from gallery.domain.comparison.columns import Column, Grid
from gallery.domain.comparison.conversion import NotConvertibleError, in_unit
from gallery.domain.comparison.fields import Array, Field
from gallery.domain.comparison.outcome import Outcome
from gallery.domain.comparison.tables import AN_ERROR, compare_tables, error_column
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerances
from gallery.domain.verdict import Verdict

FAR = 5.0  # sigma between two totals that are certainly not one
NOTICEABLE = 0.01  # relative, where no errors are known
COVERED = 0.999  # of the published range


@dataclass(frozen=True, slots=True)
class Side:
    """One side on its bins."""

    grid: Grid
    bins: Bins


def compare_series(
    tally: Tally, published: Grid, found: Grid, tolerances: Tolerances, *, within: str = ""
) -> Outcome | None:
    """Compare two spectra or light curves; rows are bins and may stand in any order.

    Returns an outcome when the bins are others, so that nothing was compared bin by bin; None when
    the tally has everything.
    """
    axis = axis_of(published)
    same_axis = bool(axis) and axis == axis_of(found)
    if published.rows != found.rows and same_axis and not tolerances.keys:
        outcome = _on_other_bins(tally, published, found, tolerances)
        if outcome is not None:
            return outcome
        keyed = Tolerances(tolerances.default, tolerances.columns, axis, tolerances.errors,
                           tolerances.ignore)  # fmt: skip
        compare_tables(tally, published, found, keyed, within=within)
        return None
    compare_tables(tally, published, found, tolerances, axis=axis if same_axis else (),
                   within=within)  # fmt: skip
    return None


def _on_other_bins(
    tally: Tally, published: Grid, found: Grid, tolerances: Tolerances
) -> Outcome | None:
    try:
        first, second = bins_of(published), bins_of(found, published)
    except NotConvertibleError:
        return None
    if first is None or second is None or _is_part(first, second):
        return None
    one, other = Side(published, first), Side(found, second)
    names = _valued(one, other)
    if not names:
        return None
    tally.note(f"published {first.low.size:,} bins, found {second.low.size:,}")
    finer = second.low.size > first.low.size
    home = membership(second, first) if finer else membership(first, second)
    if home is None:
        return _by_totals(tally, one, other, names)
    for name in names:
        _compare_rebinned(tally, name, one, other, home, tolerances, finer=finer)
    return _aligned(tally, one, other, finer=finer)


def _is_part(first: Bins, second: Bins) -> bool:
    """Whether the bins of one side are some of the other's: then rows are missing, not rebinned."""
    small, large = sorted((first, second), key=lambda item: item.low.size)
    place = np.clip(np.searchsorted(large.low, small.low - SHARE * small.width), 0, None)
    place = np.minimum(place, large.low.size - 1)
    near = (np.abs(large.low[place] - small.low) <= SHARE * small.width) & (
        np.abs(large.high[place] - small.high) <= SHARE * small.width
    )
    return bool(near.all())


def _valued(one: Side, other: Side) -> list[str]:
    """Columns whose values can be summed over bins: numbers with a fraction, or counts."""
    skipped = {*one.bins.names, *other.bins.names}
    return [
        name for name, column in one.grid.columns.items()
        if name not in skipped and name in other.grid.columns and not AN_ERROR.fullmatch(name)
        and column.values.ndim == 1 and _sums(column) and _sums(other.grid.columns[name])
        and name.lower() not in ("timedel", "bin_width", "width", "fracexp")
    ]  # fmt: skip


def _sums(column: Column) -> bool:
    is_magnitude = "mag" in (column.unit or "").lower() or column.name.lower().startswith("mag")
    counts = "count" in column.name.lower()
    return not is_magnitude and (column.values.dtype.kind == "f" or counts)


def _compare_rebinned(  # noqa: PLR0913, PLR0917 -- a column on two grids
    tally: Tally, name: str, one: Side, other: Side, home: Array, tolerances: Tolerances,
    *, finer: bool,
) -> None:  # fmt: skip
    fields = [
        _rebinned_field(name, one, other, home, tolerances, density=density, finer=finer)
        for density in _ways(one.grid.columns[name], one.bins)
    ]
    made = [item for item in fields if item is not None]
    if not made:
        tally.blocks(f"column {name}: the units do not convert")
        return
    trials = [Tally(tally.comparator) for _item in made]
    offs = [trial.add(item).off for trial, item in zip(trials, made, strict=True)]
    tally.add(made[int(np.argmin(offs))])


def _ways(column: Column, bins: Bins) -> tuple[bool, ...]:
    """Whether values are densities, or both where the unit does not tell."""
    known = is_density(column.unit, bins.unit)
    if known is not None:
        return (known,)
    return (False,) if "count" in column.name.lower() else (True, False)


def _rebinned_field(  # noqa: PLR0913 -- a column on two grids
    name: str, one: Side, other: Side, home: Array, tolerances: Tolerances, *, density: bool,
    finer: bool,
) -> Field | None:  # fmt: skip
    published, found = _ordered(name, one, one), _ordered(name, other, one)
    if published is None or found is None:
        return None
    errors = _errors(name, one, tolerances)
    count = one.bins.low.size if finer else other.bins.low.size
    if finer:
        found = rebinned(found, other.bins, home, count, density=density)
    else:
        published = rebinned(published, one.bins, home, count, density=density)
        if errors is not None:
            errors = rebinned_errors(errors, one.bins, home, count, density=density)
    bins = one.bins if finer else other.bins
    return Field(
        f"column {name} on the coarser grid", published, found,
        tolerance=tolerances.columns.get(name, tolerances.default), errors=errors,
        slack=rounding(published, home.size), unit=one.grid.columns[name].unit or "",
        place=lambda index: f"bin {index + 1}", x=(bins.low + bins.high) / 2,
        xlabel=f"{bins.names[0]} [{bins.unit or ''}]",
    )  # fmt: skip


def _ordered(name: str, side: Side, like: Side) -> Array | None:
    column, target = side.grid.columns[name], like.grid.columns[name]
    values = np.where(column.blank, np.nan, column.values.astype(float))
    try:
        return in_unit(values, column.unit, target.unit).values[side.bins.order]
    except NotConvertibleError:
        return None


def _errors(name: str, side: Side, tolerances: Tolerances) -> Array | None:
    column = error_column(name, side.grid, tolerances)
    if column is None or column.values.dtype.kind not in "iuf" or column.values.ndim != 1:
        return None
    return column.values.astype(float)[side.bins.order]


def _aligned(tally: Tally, one: Side, other: Side, *, finer: bool) -> Outcome:
    """Rebinned values agree or not; published bins that a coarser grid lost cannot be told."""
    bins = f"{other.bins.low.size:,} bins instead of {one.bins.low.size:,}"
    if tally.off:
        words = f"Another grid ({bins}), and other data: after rebinning "
        return tally.outcome(sentence=words + tally.sentence())
    tally.note("errors and other columns were not compared on the other grid")
    if tally.obstacles or not tally.values:
        return tally.outcome()
    if finer:
        words = f"The same data on a finer grid ({bins}): rebinned, "
        return tally.outcome(Verdict.WITHIN_TOLERANCE, words + tally.sentence())
    words = (
        f"The same data on a coarser grid ({bins}): the published values, rebinned, agree with the "
        "re-run's, but each bin of the paper cannot be compared"
    )
    return tally.outcome(Verdict.NOT_COMPARABLE, f"{words}. {tally.sentence()}")


def _by_totals(tally: Tally, one: Side, other: Side, names: list[str]) -> Outcome:
    """Bins that do not line up: totals over the shared range tell other data, never the same."""
    low, high = (
        max(one.bins.low[0], other.bins.low[0]), min(one.bins.high.max(), other.bins.high.max()),
    )  # fmt: skip
    span = float(one.bins.high.max() - one.bins.low[0])
    bins = f"{other.bins.low.size:,} bins instead of {one.bins.low.size:,}, with other edges"
    if high - low < COVERED * span:
        share = 100 * max(high - low, 0) / span
        words = f"Another grid ({bins}) that covers {share:.3g} % of the paper's"
        return tally.outcome(Verdict.NOT_COMPARABLE, f"{words}.")
    apart = [words for name in names if (words := _apart(name, one, other, low, high))]
    if apart:
        return tally.outcome(
            Verdict.DIFFERENT, f"Another grid ({bins}), and other data: {'; '.join(apart[:3])}."
        )
    words = f"Another grid ({bins}): totals agree, single bins cannot be compared"
    return tally.outcome(Verdict.NOT_COMPARABLE, f"{words}.")


def _apart(name: str, one: Side, other: Side, low: float, high: float) -> str:
    """Two totals that are certainly not one, in words; empty when they may be."""
    published, found = _ordered(name, one, one), _ordered(name, other, one)
    if published is None or found is None:
        return ""
    density = _ways(one.grid.columns[name], one.bins)[0]
    first = total(published, one.bins, low, high, density=density)
    second = total(found, other.bins, low, high, density=density)
    errors = _errors(name, one, Tolerances())
    noise = NOTICEABLE * abs(first)
    if errors is not None:
        weights = one.bins.width if density else np.ones(errors.size)
        noise = FAR * float(np.sqrt(np.nansum((errors * weights) ** 2)))
    if abs(second - first) <= noise:
        return ""
    return f"the total of {name} was {first:.6g} and is {second:.6g}"
