"""Which rows of a table, in which order: filters on columns, sorting, pages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from executor.domain.tables.column import Column
from executor.domain.tables.opened import Opened, Rows, Values

WHOLE_ROWS = 5_000_000
"""Rows of a table that sorting, filtering, statistics and plots look at: the first so many."""
PAGE_SIZES = (50, 100)
FILTERS_AT_MOST = 20
TEXT_AT_MOST = 200
COMPARED = re.compile(r"(>=|<=|!=|>|<|=)\s*(.+)", re.DOTALL)
WORD = 8  # bytes of a text that are compared at once


class BadQuestionError(ValueError):
    """A filter, sort or plot cannot be understood; the message says which and what to write."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows of a page.

    Attributes:
        rows: their numbers, from 0, in the order asked for.
        found: how many rows there are in all, after filters.
        page: number of the page, from 1; ``pages`` how many there are.
        looked_at: how many rows of the table were looked at for it.
    """

    rows: Rows
    found: int
    page: int
    pages: int
    looked_at: int


def filtered(opened: Opened, filters: Mapping[str, str]) -> Rows | None:
    """Numbers of the rows that pass all filters; None when there is no filter.

    Args:
        opened: the table.
        filters: name of a column → ``>5``, ``<=2``, ``2..3``, ``=4``, ``!=4``, ``none``, or for
            text what it contains (``=`` and ``!=`` for the whole).

    Raises:
        BadQuestionError: a filter is none, or names no column.
    """
    if len(filters) > FILTERS_AT_MOST:
        raise BadQuestionError(f"There are {len(filters)} filters; {FILTERS_AT_MOST} are taken.")
    kept: Rows | None = None
    for name, text in filters.items():
        column = known(opened, name)
        looked = opened.values(column, 0, WHOLE_ROWS) if kept is None else opened.at(column, kept)
        passed = np.flatnonzero(passing(looked, column, text.strip()))
        kept = passed if kept is None else kept[passed]
    return kept


def known(opened: Opened, name: str) -> Column:
    """The column of this name.

    Raises:
        BadQuestionError: there is none.
    """
    column = opened.info.column(name)
    if column is None:
        raise BadQuestionError(f"The table has no column {name[:100]!r}.")
    return column


def passing(values: Values, column: Column, text: str) -> NDArray[np.bool_]:
    """Which values pass a filter; what is missing passes only ``none``.

    Raises:
        BadQuestionError: the filter cannot be understood for such a column.
    """
    if len(text) > TEXT_AT_MOST:
        raise BadQuestionError(
            f"The filter on {column.name} is longer than {TEXT_AT_MOST} letters."
        )
    if column.shape or column.kind in {"list", "other"}:
        raise BadQuestionError(f"{column.name} holds several values in a cell: it has no filter.")
    missing = _missing(values)
    if text.lower() in {"none", "!none"}:
        return missing if text.lower() == "none" else ~missing
    if column.kind == "text":
        found = _text_passes(values.data, text)
    elif column.kind == "boolean":
        found = values.data == _truth(text, column)
    else:
        found = _number_passes(values.data, column, text)
    return np.asarray(found & ~missing)


def order_by(opened: Opened, name: str, rows: Rows | None, *, desc: bool) -> Rows:
    """The rows sorted by a column; equal ones stay in their order, missing ones come last.

    Raises:
        BadQuestionError: the column has no order.
    """
    column = known(opened, name)
    if column.shape or column.kind in {"list", "other"}:
        raise BadQuestionError(f"{column.name} holds several values in a cell: it has no order.")
    values = opened.values(column, 0, WHOLE_ROWS) if rows is None else opened.at(column, rows)
    order = _ordered(values, desc=desc)
    return order if rows is None else rows[order]


def page_of(opened: Opened, rows: Rows | None, page: int, size: int) -> Chosen:
    """A page of some rows, or of all; a page beyond the last is the last."""
    total = opened.info.rows if rows is None else len(rows)
    looked_at = opened.info.rows if rows is None else min(opened.info.rows, WHOLE_ROWS)
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    start, stop = (page - 1) * size, min(page * size, total)
    shown = np.arange(start, stop) if rows is None else rows[start:stop]
    return Chosen(shown.astype(np.int64), total, page, pages, looked_at)


def _missing(values: Values) -> NDArray[np.bool_]:
    masked = np.ma.getmaskarray(values)
    if values.dtype.kind == "f":
        return np.asarray(masked | np.isnan(values.data))
    if values.dtype.kind == "S":
        return np.asarray(masked | (values.data == b""))
    return np.asarray(masked)


def _number_passes(values: NDArray[Any], column: Column, text: str) -> NDArray[np.bool_]:
    if ".." in text:
        low, _dots, high = text.partition("..")
        above = values >= _number(low, column, values) if low.strip() else np.True_
        below = values <= _number(high, column, values) if high.strip() else np.True_
        return np.asarray(np.broadcast_to(above & below, values.shape))
    found = COMPARED.fullmatch(text)
    sign, number = (found[1], found[2]) if found else ("=", text)
    against = _number(number, column, values)
    compare = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal,
               "=": np.equal, "!=": np.not_equal}[sign]  # fmt: skip
    return np.asarray(compare(values, against))


def _number(text: str, column: Column, values: NDArray[Any]) -> Any:  # noqa: ANN401 -- of the column's own type
    try:
        if values.dtype.kind in "iu" and len(text) < TEXT_AT_MOST // 4:
            return _whole(text)
        # Compared as the column has it: 0.1 is found where a float32 holds it.
        with np.errstate(over="ignore"):
            return values.dtype.type(float(text)) if values.dtype.kind == "f" else float(text)
    except ValueError:
        raise BadQuestionError(
            f"The filter {text[:50]!r} on {column.name} is no number: "
            "write one such as >5, 2..3, =4 or !=4, or none for what is missing."
        ) from None


def _whole(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _truth(text: str, column: Column) -> bool:
    word = text.lower().removeprefix("=").strip()
    if word in {"yes", "true", "1"}:
        return True
    if word in {"no", "false", "0"}:
        return False
    raise BadQuestionError(f"{column.name} is yes or no: write one of them.")


def _text_passes(values: NDArray[np.bytes_], text: str) -> NDArray[np.bool_]:
    found = COMPARED.fullmatch(text)
    if found and found[1] in {"=", "!="}:
        same = np.char.strip(values) == found[2].strip().encode()
        return np.asarray(same if found[1] == "=" else ~same)
    return contains(values, text)


def contains(values: NDArray[np.bytes_], text: str) -> NDArray[np.bool_]:
    """Which of some texts contain a text, whatever the case of its Latin letters."""
    wanted = text.lower().encode()
    width = values.dtype.itemsize
    if not wanted or width < len(wanted):
        return np.full(len(values), not wanted)
    return np.asarray(np.char.find(np.char.lower(values), wanted) >= 0)


def _ordered(values: Values, *, desc: bool) -> Rows:
    missing = _missing(values)
    there, gone = np.flatnonzero(~missing), np.flatnonzero(missing)
    plain = values.data[there]
    if plain.dtype.kind == "S":
        keys = _words(plain)
        order = np.lexsort([~key if desc else key for key in reversed(keys)])
    else:
        order = np.argsort(_reversed(plain) if desc else plain, kind="stable")
    return np.asarray(np.concatenate([there[order], gone]), dtype=np.int64)


def _reversed(values: NDArray[Any]) -> NDArray[Any]:
    """Values whose order is the opposite one; ``~`` has no overflow, as ``-`` may."""
    found: NDArray[Any] = -values if values.dtype.kind == "f" else ~values
    return found


def _words(values: NDArray[np.bytes_]) -> Sequence[NDArray[np.uint64]]:
    """Texts as columns of numbers that sort as they do, which is ten times as fast."""
    width = -(-max(values.dtype.itemsize, 1) // WORD) * WORD
    padded = np.ascontiguousarray(values.astype(f"S{width}"))
    words = padded.view(">u8").reshape(len(values), width // WORD)
    return [words[:, place].astype(np.uint64) for place in range(width // WORD)]
