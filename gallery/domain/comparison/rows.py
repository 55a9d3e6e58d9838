"""Which row of the re-run's table stands for which published row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gallery.domain.comparison.columns import Column, Grid
from gallery.domain.comparison.conversion import NotConvertibleError, in_unit, same_unit
from gallery.domain.comparison.fields import Array, readable
from gallery.domain.comparison.positions import mutual_nearest
from gallery.domain.comparison.tolerance import Tolerances

LISTED = 5  # rows that are named in a sentence
RA = ("ra", "raj2000", "ra_icrs", "ra_j2000", "_raj2000", "_ra", "alpha_j2000", "ra_deg", "radeg")
DEC = ("dec", "dej2000", "de_icrs", "dec_icrs", "dec_j2000", "_dej2000", "_de", "delta_j2000",
       "dec_deg", "decdeg", "de")  # fmt: skip


class NoRowsError(ValueError):
    """Rows cannot be matched as the author says; the message says why."""


@dataclass(frozen=True, slots=True)
class RowMatch:
    """Pairs of rows.

    Attributes:
        published: rows of the published table, in its order.
        found: the row of the re-run that stands for each.
        missing: published rows without one, described.
        extra: rows of the re-run that stand for none, described.
        notes: what was noticed on the way.
        separation: arcsec between the two of each pair; None when not matched by position.
        how: by what rows were matched, in words.
    """

    published: Array
    found: Array
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    separation: Array | None = None
    how: str = "order"


def match_rows(
    published: Grid, found: Grid, tolerances: Tolerances, axis: Sequence[str] = ()
) -> RowMatch:
    """Match rows by the author's keys, else by position, else along an axis, else by their order.

    Args:
        published: the published table.
        found: the re-run's.
        tolerances: keys and radius.
        axis: columns that order the rows of a spectrum or light curve; empty for other tables.

    Raises:
        NoRowsError: a key column or the positions are missing or unusable.
        TooLargeError: too many sources crowd a zone.
    """
    if tolerances.keys:
        return _by_keys(published, found, tolerances.keys)
    if tolerances.radius is not None:
        return _by_position(published, found, tolerances.radius)
    if axis and published.rows == found.rows:
        return _along(published, found, axis)
    return _by_order(published.rows, found.rows)


def _by_order(published: int, found: int) -> RowMatch:
    both = np.arange(min(published, found))
    missing = tuple(f"row {row + 1}" for row in range(both.size, published))
    extra = tuple(f"row {row + 1}" for row in range(both.size, found))
    return RowMatch(both, both, missing, extra)


def _along(published: Grid, found: Grid, axis: Sequence[str]) -> RowMatch:
    first, second = (
        np.lexsort([item.columns[name].values for name in reversed(axis)])
        for item in (published, found)
    )
    back = np.argsort(first, kind="stable")
    order = second[back]
    notes = () if (order == np.arange(order.size)).all() else ("rows stand in another order",)
    return RowMatch(np.arange(published.rows), order, notes=notes, how=", ".join(axis))


def _by_keys(published: Grid, found: Grid, keys: Sequence[str]) -> RowMatch:
    wanted, given = _names(published, published, keys), _names(found, published, keys)
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in range(found.rows - 1, -1, -1):
        waiting[given[row]].append(row)
    pairs = [(row, waiting[key].pop()) for row, key in enumerate(wanted) if waiting.get(key)]
    matched = {row for row, _other in pairs}
    missing = tuple(_said(keys, key) for row, key in enumerate(wanted) if row not in matched)
    extra = tuple(_said(keys, key) for key, rows in waiting.items() for _row in rows)
    first, second = (np.array([pair[side] for pair in pairs], dtype=int) for side in (0, 1))
    notes = [f"{where} has {count} rows with the same {', '.join(keys)}"
             for where, names in (("the paper", wanted), ("the re-run", given))
             if (count := len(names) - len(set(names)))]  # fmt: skip
    if (np.diff(second) < 0).any():
        notes.append("rows stand in another order")
    return RowMatch(first, second, missing, extra, tuple(notes), how=", ".join(keys))


def _names(grid: Grid, published: Grid, keys: Sequence[str]) -> list[tuple[str, ...]]:
    texts = []
    for key in keys:
        column, other = grid.columns.get(key), published.columns.get(key)
        if column is None or other is None or column.values.ndim != 1:
            raise NoRowsError(f"a table has no column {readable(key)!r} to match rows by")
        texts.append(_key_texts(column, other))
    return list(zip(*texts, strict=True))


def _key_texts(column: Column, published: Column) -> list[str]:
    if column.is_text:
        return [str(item).rstrip() for item in column.values.tolist()]
    try:
        values = in_unit(column.values, column.unit, published.unit).values
    except NotConvertibleError as error:
        raise NoRowsError(f"column {readable(column.name)!r} matches no rows: {error}") from None
    # Twelve digits: two formats and a conversion of units keep as many.
    return [f"{item:.12g}" if isinstance(item, float) else str(item) for item in values.tolist()]


def _said(keys: Sequence[str], key: Sequence[str]) -> str:
    return readable(", ".join(f"{name} = {item}" for name, item in zip(keys, key, strict=True)))


def _by_position(published: Grid, found: Grid, radius: float) -> RowMatch:
    first, second = _places(published), _places(found)
    good, fine = _usable(first), _usable(second)
    matched = mutual_nearest(
        (first[0][good], first[1][good]), (second[0][fine], second[1][fine]), radius
    )
    rows, others = good[matched.published], fine[matched.found]
    missing = _sources(first, np.setdiff1d(np.arange(published.rows), rows))
    extra = _sources(second, np.setdiff1d(np.arange(found.rows), others))
    moved = (np.diff(others) < 0).any()
    notes = ("sources stand in another order",) if moved else ()
    return RowMatch(
        rows, others, missing, extra, notes, matched.separation, f"position, {radius:g} arcsec"
    )


def position_columns(grid: Grid) -> tuple[str, str] | None:
    """Names of the columns of right ascension and declination; None without."""
    known = {name.lower(): name for name in reversed(list(grid.columns))}
    ra = next((known[name] for name in RA if name in known), None)
    dec = next((known[name] for name in DEC if name in known), None)
    return (ra, dec) if ra and dec else None


def _places(grid: Grid) -> tuple[Array, Array]:
    names = position_columns(grid)
    if names is None:
        raise NoRowsError("a table has no columns of right ascension and declination")
    ra, dec = (_degrees(grid.columns[name]) for name in names)
    return ra, dec


def _degrees(column: Column) -> Array:
    if column.is_text or column.values.ndim != 1:
        raise NoRowsError(f"column {readable(column.name)!r} holds no angles as plain numbers")
    try:
        values = in_unit(column.values, column.unit or "deg", "deg").values.astype(float)
    except NotConvertibleError as error:
        raise NoRowsError(f"column {readable(column.name)!r}: {error}") from None
    return np.where(column.blank, np.nan, values)


def _usable(places: tuple[Array, Array]) -> Array:
    return np.flatnonzero(np.isfinite(places[0]) & np.isfinite(places[1]))


def _sources(places: tuple[Array, Array], rows: Array) -> tuple[str, ...]:
    return tuple(
        f"row {row + 1} at ({places[0][row]:.5f}, {places[1][row]:.5f}) deg"
        for row in rows.tolist()
    )


def same_rows(published: Grid, found: Grid) -> bool:
    """Whether two tables hold exactly the same rows, in the same units, in whatever order."""
    if published.rows != found.rows or not published.rows:
        return False
    codes = []
    for name, column in published.columns.items():
        other = found.columns.get(name)
        if other is None or other.is_text != column.is_text:
            return False
        if (other.values.shape, other.frame) != (column.values.shape, column.frame):
            return False
        if not same_unit(column.unit or "", other.unit or ""):
            return False
        codes += _codes(column, other)
    if not codes:
        return False
    first = np.stack([one for one, _other in codes])
    second = np.stack([other for _one, other in codes])
    return bool((_ordered(first) == _ordered(second)).all())


def _codes(column: Column, other: Column) -> list[tuple[Array, Array]]:
    both = np.concatenate([column.values, other.values])
    blank = np.concatenate([column.blank, other.blank])
    number: Array = np.unique(both, return_inverse=True)[1].reshape(both.shape)
    number = np.where(blank, -1, number).reshape(len(both), -1)
    half = len(column.values)
    return [(item[:half], item[half:]) for item in number.T]


def _ordered(codes: Array) -> Array:
    return codes[:, np.lexsort(codes)]
