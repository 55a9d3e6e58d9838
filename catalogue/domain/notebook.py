"""Notebooks as data: cells, tags, and the assignments and comments in them.

Nothing of a notebook is run here; the source of a cell is only parsed. The format is nbformat 4
(nbformat's documentation, "The Notebook file format").
"""

import ast
import io
import json
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalogue.domain.interface import Value

CELLS_AT_MOST = 2_000
SOURCE_AT_MOST = 1_000_000


class UnreadableNotebookError(ValueError):
    """The bytes are not a notebook; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its number from 1 over all cells, its kind, source and tags."""

    number: int
    kind: str
    source: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name given a value on one line of a cell.

    Attributes:
        name: the variable.
        value: the literal it is given; None when it is not a literal.
        literal: whether the value is a literal.
        hint: the type hint as written; empty when there is none.
        comment: the comment at the end of the line, without ``#``.
        cell: number of the cell.
        line: line within the cell, from 1.
    """

    name: str
    value: Value
    literal: bool
    hint: str
    comment: str
    cell: int
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that has a line of its own."""

    text: str
    cell: int
    line: int


def read_cells(data: bytes) -> tuple[Cell, ...]:
    """The cells of a notebook.

    Raises:
        UnreadableNotebookError: not JSON, not nbformat 4, or too large.
    """
    notebook = _load(data)
    cells = notebook.get("cells")
    if notebook.get("nbformat") != 4 or not isinstance(cells, list):  # noqa: PLR2004 -- nbformat 4
        raise UnreadableNotebookError(
            "It is not a notebook of format 4: save it again with a current Jupyter."
        )
    if len(cells) > CELLS_AT_MOST:
        raise UnreadableNotebookError(f"It has more than {CELLS_AT_MOST:,} cells: split it.")
    return tuple(_cell(number, cell) for number, cell in enumerate(cells, start=1))


def tagged(cells: tuple[Cell, ...], tag: str) -> tuple[Cell, ...]:
    """The code cells with a tag, in order."""
    return tuple(cell for cell in cells if cell.kind == "code" and tag in cell.tags)


def assignments(cell: Cell) -> Iterator[Assignment]:
    """The single-name assignments and bare names of a cell, with the comment on their line.

    Raises:
        SyntaxError: the source does not parse as Python.
    """
    comments = _comments(cell.source)
    for node in _parse(cell.source).body:
        if found := _assigned(node):
            name, value, hint = found
            literal, plain = _literal(value)
            line = node.end_lineno or node.lineno
            comment, _alone = comments.get(line, ("", False))
            yield Assignment(name, plain, literal, hint, comment, cell.number, node.lineno)


def unread(cell: Cell) -> Iterator[tuple[int, str]]:
    """Line and comment of every commented assignment that gives not exactly one name a value.

    Raises:
        SyntaxError: the source does not parse as Python.
    """
    comments = _comments(cell.source)
    for node in _parse(cell.source).body:
        if isinstance(node, ast.Assign | ast.AugAssign) and not _assigned(node):
            comment, _alone = comments.get(node.end_lineno or node.lineno, ("", False))
            if comment:
                yield node.lineno, comment


def remarks(cells: tuple[Cell, ...]) -> Iterator[Remark]:
    """The comments of all code cells that have a line of their own."""
    for cell in cells:
        if cell.kind == "code":
            for line, (text, alone) in _comments(cell.source).items():
                if alone:
                    yield Remark(text, cell.number, line)


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (RecursionError, MemoryError):
        raise SyntaxError("it is nested too deeply") from None


def _load(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadableNotebookError("It is not JSON: save it again with Jupyter.") from None
    if not isinstance(notebook, dict):
        raise UnreadableNotebookError("It is JSON but not a notebook: an object was expected.")
    return notebook


def _cell(number: int, cell: Any) -> Cell:  # noqa: ANN401 -- any JSON value
    if not isinstance(cell, dict):
        raise UnreadableNotebookError(
            f"Cell {number} is not an object: save it again with Jupyter."
        )
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    if len(text) > SOURCE_AT_MOST:
        raise UnreadableNotebookError(
            f"Cell {number} is longer than {SOURCE_AT_MOST:,} characters."
        )
    metadata = cell.get("metadata")
    tags = metadata.get("tags", ()) if isinstance(metadata, dict) else ()
    names = tuple(str(tag) for tag in tags) if isinstance(tags, list) else ()
    # JSON can spell NUL and half of a surrogate pair, which no database keeps.
    plain = text.replace("\0", "?").encode("utf-8", "replace").decode()
    return Cell(number, str(cell.get("cell_type", "")), plain, names)


def _comments(source: str) -> dict[int, tuple[str, bool]]:
    found: dict[int, tuple[str, bool]] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                alone = not token.line[: token.start[1]].strip()
                found[token.start[0]] = (token.string.lstrip("#").strip(), alone)
    except (tokenize.TokenError, SyntaxError):
        pass  # what was read until here stands; the syntax is reported where it is parsed
    return found


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None, str] | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return (target.id, node.value, "") if isinstance(target, ast.Name) else None
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value, _hint(node.annotation)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Name):
        return node.value.id, None, ""
    return None


def _hint(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:
        return ""


def _literal(node: ast.expr | None) -> tuple[bool, Value]:
    if node is None:
        return False, None
    try:
        text = json.dumps(ast.literal_eval(node), allow_nan=False, ensure_ascii=False)
        text.encode()  # fails for half of a surrogate pair
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None
    # No database keeps the character NUL in a text.
    return (False, None) if "\\u0000" in text else (True, json.loads(text))
