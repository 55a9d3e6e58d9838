"""Tables: columns by name, rows by key, position or order, each value in its published unit."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gallery.domain.comparison.columns import Column, Grid
from gallery.domain.comparison.conversion import (
    ROUNDING,
    Converted,
    NotConvertibleError,
    in_frame,
    in_unit,
)  # fmt: skip
from gallery.domain.comparison.fields import Array, Field, readable
from gallery.domain.comparison.rows import (
    LISTED,
    NoRowsError,
    RowMatch,
    match_rows,
    position_columns,
    same_rows,
)  # fmt: skip
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerance, Tolerances

ERRORS = ("{}_err", "{}_error", "{}_sigma", "{}_unc", "e_{}", "err_{}", "sigma_{}", "d{}",
          "{}err", "{}_e", "stat_err", "stat_error", "error")  # fmt: skip
MAIN = frozenset({"rate", "counts", "flux", "mag", "count_rate"})
AN_ERROR = re.compile(r"(e_|err_|sigma_).+|.*(err|error|sigma|unc)", re.IGNORECASE)


def compare_tables(  # noqa: PLR0913 -- what a table is compared by
    tally: Tally,
    published: Grid,
    found: Grid,
    tolerances: Tolerances,
    *,
    axis: Sequence[str] = (),
    within: str = "",
) -> RowMatch | None:
    """Compare two tables into a tally.

    Args:
        tally: counts what is found.
        published: the published table.
        found: the re-run's.
        tolerances: per column, keys, radius, errors and what is ignored.
        axis: columns that order the rows, of a spectrum or light curve.
        within: the extension, for words; empty for the only table of a file.

    Returns how rows were matched; None when they could not be.

    Raises:
        TooLargeError: too many sources crowd a zone.
    """
    try:
        match = match_rows(published, found, tolerances, axis)
    except NoRowsError as error:
        tally.blocks(str(error))
        return None
    before = tally.off
    _tell_columns(tally, published, found, tolerances, within)
    for column in _judged(published, tolerances):
        _compare_column(tally, column, published, found, tolerances, match, within)
    _tell_rows(tally, match, published, found, tolerances)
    if tally.off > before and match.how == "order" and same_rows(published, found):
        _forgive_order(tally, before)
    return match


def _judged(grid: Grid, tolerances: Tolerances) -> list[Column]:
    return [item for name, item in grid.columns.items() if name not in tolerances.ignore]


def _forgive_order(tally: Tally, before: int) -> None:
    """Equal rows in another order: no value differs, but nobody said that their order is free."""
    tally.off = before
    tally.shown = [item for item in tally.shown if not item.off]
    tally.blocks(
        "The rows are the same in another order, and the claim names no key columns: whether "
        "their order matters is not known"
    )


def _tell_columns(
    tally: Tally, published: Grid, found: Grid, tolerances: Tolerances, within: str
) -> None:
    place = f" of {within}" if within else ""
    extra = [name for name in found.columns if name not in published.columns]
    for name in [name for name in extra if name not in tolerances.ignore][:LISTED]:
        tally.note(f"column {readable(name)!r}{place} is new in the re-run")
    common = [name for name in published.columns if name in found.columns]
    if common != [name for name in found.columns if name in published.columns]:
        tally.note(f"columns{place} stand in another order")


def _tell_rows(
    tally: Tally, match: RowMatch, published: Grid, found: Grid, tolerances: Tolerances
) -> None:
    for note in match.notes:
        tally.note(note)
    width = max(len(_judged(published, tolerances)), 1)
    is_position = match.separation is not None
    for rows, where in ((match.missing, "missing"), (match.extra, "extra")):
        if rows:
            what = f"{'source' if is_position else 'row'}{'s' if len(rows) > 1 else ''}"
            listed = "; ".join(rows[:LISTED]) + (" …" if len(rows) > LISTED else "")
            which = "not in the re-run" if where == "missing" else "in the re-run only"
            tally.lacks(len(rows) * width, f"{len(rows):,} {what} {which}: {listed}")
    if match.separation is not None:
        _tell_separation(tally, match)
    if published.rows != found.rows:
        tally.note(f"published {published.rows:,} rows, found {found.rows:,}")


def _tell_separation(tally: Tally, match: RowMatch) -> None:
    separation = match.separation
    if separation is None or not separation.size:
        return
    tally.note(
        f"{separation.size:,} sources matched by {match.how}: "
        f"median {np.median(separation):.3g}, at most {separation.max():.3g} arcsec apart"
    )


def _compare_column(  # noqa: PLR0913, PLR0917 -- a column within two tables
    tally: Tally, column: Column, published: Grid, found: Grid, tolerances: Tolerances,
    match: RowMatch, within: str,
) -> None:  # fmt: skip
    name = f"column {readable(column.name)}" + (f" of {within}" if within else "")
    other = found.columns.get(column.name)
    if other is None:
        tally.blocks(f"The re-run has no {name}")
        return
    try:
        converted = _converted(column, other)
    except NotConvertibleError as error:
        tally.blocks(f"{name}: {error}")
        return
    if converted.note:
        tally.note(f"{name}: {converted.note}")
    tally.add(_field(name, column, other, converted, published, tolerances, match))


def _converted(column: Column, other: Column) -> Converted:
    if column.values.shape[1:] != other.values.shape[1:]:
        raise NotConvertibleError(
            f"cells of shape {other.values.shape[1:]}, published {column.values.shape[1:]}"
        )
    if column.is_text or other.is_text:
        return _as_published_kind(column, other)
    converted = in_unit(other.values, other.unit, column.unit)
    if column.frame is None or other.frame is None:
        is_unsaid = column.is_moments and column.frame != other.frame
        note = "only one side states a time scale; times were taken as they stand"
        return replace(converted, note=note) if is_unsaid else converted
    moved = in_frame(converted.values, column.unit or other.unit, other.frame, column.frame)
    slack = np.maximum(converted.slack, moved.slack)
    return Converted(moved.values, slack, "; ".join(filter(None, (converted.note, moved.note))))


def _as_published_kind(column: Column, other: Column) -> Converted:
    if column.is_text == other.is_text:
        return Converted(other.values, 0.0)
    if other.blank.all() or column.blank.all():
        # A column without a value has no kind.
        return Converted(np.full(other.values.shape, "" if column.is_text else np.nan), 0.0)
    words = np.char.lower(other.values if other.is_text else column.values)
    if np.isin(words, ["true", "false"]).all() and column.values.dtype.kind in "bU":
        # CSV writes true and false as words.
        as_words = np.char.lower(other.values.astype(str))
        return Converted(
            np.char.capitalize(as_words) if column.is_text else as_words == "true", 0.0
        )
    have, want = ("texts", "numbers") if other.is_text else ("numbers", "texts")
    raise NotConvertibleError(f"{have} where {want} were published")


def _field(  # noqa: PLR0913, PLR0917 -- a column within two tables
    name: str, column: Column, other: Column, converted: Converted, published: Grid,
    tolerances: Tolerances, match: RowMatch,
) -> Field:  # fmt: skip
    rows, others = match.published, match.found
    slack = converted.slack
    errors = error_column(column.name, published, tolerances)
    width = max(int(np.prod(column.values.shape[1:])), 1)
    return Field(
        name, column.values[rows], converted.values[others],
        tolerance=_tolerance(column, published, tolerances, match),
        blank=column.blank[rows], found_blank=other.blank[others],
        errors=_errors(errors, column, rows),
        slack=slack[others] if isinstance(slack, np.ndarray) and slack.ndim else slack,
        unit=column.unit or "",
        place=lambda index: f"row {int(rows[index // width]) + 1}",
        x=(rows + 1).astype(float), xlabel="row",
    )  # fmt: skip


def _errors(errors: Column | None, column: Column, rows: Array) -> Array | None:
    if errors is None or errors.is_text or errors.values.shape != column.values.shape:
        return None
    values = np.where(errors.blank, np.nan, errors.values.astype(float))
    try:
        values = in_unit(values, errors.unit, column.unit).values
    except NotConvertibleError:
        return None
    return values[rows]


def _tolerance(
    column: Column, published: Grid, tolerances: Tolerances, match: RowMatch
) -> Tolerance:
    chosen = tolerances.columns.get(column.name, tolerances.default)
    if column.is_moments and column.name not in tolerances.columns:
        return _of_moments(column, chosen)
    names = position_columns(published)
    if match.separation is None or names is None or column.name not in names:
        return chosen
    # The radius has judged the position already; right ascension runs fast near a pole.
    return Tolerance(absolute=np.inf, relative=chosen.relative, sigmas=chosen.sigmas)


def _of_moments(column: Column, chosen: Tolerance) -> Tolerance:
    """A fraction of a moment means nothing, as its zero is arbitrary: it is one of their span."""
    known = column.values[~column.blank]
    span = float(np.ptp(known)) if known.size else 0.0
    return Tolerance(max(chosen.absolute, chosen.relative * span), 0.0, chosen.sigmas)


def error_column(name: str, grid: Grid, tolerances: Tolerances) -> Column | None:
    """The column with the errors of another: as the author says, else by common names."""
    if name in tolerances.errors:
        return grid.columns.get(tolerances.errors[name])
    if AN_ERROR.fullmatch(name):
        return None
    known = {item.lower(): item for item in grid.columns}
    forms = ERRORS if name.lower() in MAIN else ERRORS[:-3]
    for form in forms:
        made = form.format(name.lower())
        if made in known and known[made] != name:
            return grid.columns[known[made]]
    return None


def rounding(values: Array) -> Array:
    """How far sums of doubles may be off by rounding alone."""
    return ROUNDING * len(np.atleast_1d(values)) * np.abs(values)
