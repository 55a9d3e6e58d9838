"""A [[table]]: one block whose templates make a figure of every row of a file."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from executor.domain.tabular import UnreadableError, read_table
from gallery.domain.paper.fields import BadPaperError, cleaned, is_finite, need

Files = Callable[[str], bytes | None]
"""Gives the bytes of a file that a statement names; None when there is none."""
ROWS_AT_MOST = 500
COLUMNS_AT_MOST = 100
BYTES_AT_MOST = 1024 * 1024
CELL_AT_MOST = 2000
HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
INTEGER = re.compile(r"^[+-]?\d{1,18}\Z")
NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\Z")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is printed, and the value it stands for; None when it is empty."""

    text: str
    value: str | int | float | None


Row = Mapping[str, Cell]


class _EmptyCellError(LookupError):
    """The template wants a cell that is empty."""


def expand(item: Mapping[str, Any], files: Files) -> list[dict[str, Any]]:
    """What a [[table]] comes to: a [[figure]] for each row of its file.

    A text that is one placeholder alone, as ``"{flux}"``, becomes the value of that column; inside
    other text the cell stands as it is printed. What needs an empty cell is left out, and a value
    whose ``published`` is empty altogether.

    Raises:
        BadPaperError: the file cannot be read, is too large, or has no such column.
    """
    name = need(item, "file", "a [[table]]")
    template = {key: value for key, value in item.items() if key != "file"}
    return [{"kind": "row"} | _filled(template, row, name) for row in _rows(name, files(name))]


def _filled(template: Mapping[str, Any], row: Row, file: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in template.items():
        if key in ("value", "product") and isinstance(value, list):
            parts = [_part(one, row, file) for one in value]
            made[key] = [part for part in parts if part is not None]
            continue
        try:
            made[key] = _fill(value, row, file)
        except _EmptyCellError:
            continue
    return made


def _part(template: Any, row: Row, file: str) -> Any:  # noqa: ANN401 -- any TOML value
    if not isinstance(template, dict):
        return template
    made = _filled(template, row, file)
    needed = {"published", "file"} & set(template)
    return made if needed <= set(made) else None


def _fill(value: Any, row: Row, file: str) -> Any:  # noqa: ANN401 -- any TOML value
    if isinstance(value, str):
        return _text(value, row, file)
    if isinstance(value, list):
        return [_fill(one, row, file) for one in value]
    if isinstance(value, dict):
        return {key: _fill(one, row, file) for key, one in value.items()}
    return value


def _text(template: str, row: Row, file: str) -> str | int | float:
    alone = HOLE.fullmatch(template)
    if alone and alone[1] is not None:
        value = _cell(alone[1], row, file).value
        if value is None:
            raise _EmptyCellError(template)
        return value
    return HOLE.sub(lambda found: _hole(found, row, file), template)


def _hole(found: re.Match[str], row: Row, file: str) -> str:
    if found[1] is not None:
        return _cell(found[1], row, file).text
    if found[0] in ("{{", "}}"):
        return found[0][0]
    raise BadPaperError(
        f"A brace of the [[table]] of {file} stands alone: write {{{{ or }}}} for the brace itself."
    )


def _cell(name: str, row: Row, file: str) -> Cell:
    if name not in row:
        raise BadPaperError(
            f"There is no column {name[:60]!r} in {file}; its columns are: {', '.join(row)[:600]}. "
            "Write {{ and }} for braces themselves."
        )
    return row[name]


def _rows(file: str, data: bytes | None) -> list[dict[str, Cell]]:
    if data is None:
        raise BadPaperError(f"The table {file} is not there: put it beside the statement.")
    if len(data) > BYTES_AT_MOST:
        raise BadPaperError(f"The table {file} is larger than {BYTES_AT_MOST // 1024} kB.")
    rows = _csv(file, data) if file.lower().endswith(".csv") else _ecsv(file, data)
    if not rows:
        raise BadPaperError(f"The table {file} has no rows.")
    if len(rows) > ROWS_AT_MOST:
        raise BadPaperError(f"The table {file} has more than {ROWS_AT_MOST} rows.")
    return rows


def _csv(file: str, data: bytes) -> list[dict[str, Cell]]:
    try:
        text = data.decode("utf-8-sig")
        lines = [line for line in io.StringIO(text) if line.strip() and not line.startswith("#")]
        names, *rows = list(csv.reader(lines[: ROWS_AT_MOST + 2], strict=True)) or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadPaperError(f"The table {file} is no CSV in UTF-8: {error}.") from None
    names = [name.strip() for name in names]
    if not all(names) or len(set(names)) < len(names) or len(names) > COLUMNS_AT_MOST:
        raise BadPaperError(
            f"The table {file} needs a first line with a name for each of its columns, "
            f"{COLUMNS_AT_MOST} at most."
        )
    if any(len(row) != len(names) for row in rows):
        raise BadPaperError(f"A row of the table {file} has not as many cells as it has columns.")
    return [dict(zip(names, map(_typed, row), strict=True)) for row in rows]


def _ecsv(file: str, data: bytes) -> list[dict[str, Cell]]:
    try:
        table = read_table(data, file) if file.lower().endswith(".ecsv") else None
    except UnreadableError as error:
        raise BadPaperError(str(error)) from None
    if table is None:
        raise BadPaperError(f"The table {file} is neither .csv nor .ecsv.")
    if len(table.colnames) > COLUMNS_AT_MOST or len(table) > ROWS_AT_MOST:
        raise BadPaperError(
            f"The table {file} has more than {ROWS_AT_MOST} rows or {COLUMNS_AT_MOST} columns."
        )
    return [
        {name: _of_table(table[name][number]) for name in table.colnames}
        for number in range(len(table))
    ]


def _of_table(found: Any) -> Cell:  # noqa: ANN401 -- any cell of a table
    plain = found.item() if hasattr(found, "item") else found
    if type(found).__name__ == "MaskedConstant" or not isinstance(plain, str | int | float):
        return Cell("", None)
    if isinstance(plain, float) and not is_finite(plain):
        return Cell("", None)
    return Cell(str(plain)[:CELL_AT_MOST], plain)


def _typed(printed: str) -> Cell:
    text = cleaned(printed)[:CELL_AT_MOST]
    if INTEGER.match(text):
        return Cell(text, int(text))
    if NUMBER.match(text) and is_finite(float(text)):
        return Cell(text, float(text))
    return Cell(text, text or None)
