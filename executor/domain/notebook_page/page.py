"""A notebook as cells to show and a list of its headings."""

from dataclasses import dataclass

from executor.domain.notebook_page.budget import Budgets
from executor.domain.notebook_page.clean import SafeHtml, left_out
from executor.domain.notebook_page.code import coloured
from executor.domain.notebook_page.markdown import SOURCE_AT_MOST as TEXT_AT_MOST
from executor.domain.notebook_page.markdown import render
from executor.domain.notebook_page.outputs import Part, parts_of
from executor.domain.notebook_page.read import Cell, Notebook
from executor.domain.notebook_page.text import plain

SOURCE_AT_MOST = 50_000
HEADINGS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell to show; ``html`` is its safe text or coloured code."""

    number: int
    kind: str
    count: int | None
    html: SafeHtml
    parts: tuple[Part, ...]
    headings: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the cell it stands in."""

    level: int
    text: str
    cell: int


@dataclass(frozen=True, slots=True)
class Page:
    """All of it; ``refused`` counts the parts that are left out, each told where it was."""

    cells: tuple[ShownCell, ...]
    headings: tuple[Heading, ...]
    refused: int
    left: int


def make_page(notebook: Notebook) -> Page:
    """A notebook to show, safe whatever is in it."""
    budgets = Budgets()
    cells = tuple(_cell(cell, notebook.language, budgets) for cell in notebook.cells)
    told = [
        Heading(level, text, cell.number)
        for cell in cells
        for level, text in cell.headings
        if text.strip()
    ]
    refused = sum(part.kind == "note" for cell in cells for part in cell.parts)
    return Page(cells, tuple(told[:HEADINGS_AT_MOST]), refused, notebook.left)


def _cell(cell: Cell, language: str, budgets: Budgets) -> ShownCell:
    most = TEXT_AT_MOST if cell.kind == "markdown" else SOURCE_AT_MOST
    source, more = plain(cell.source, most)
    parts = parts_of(cell.outputs, budgets)
    if more or not budgets.shown.takes(len(source)):
        parts.insert(0, Part("note", "The rest of this cell is in the notebook file."))
        source = source if more else source[:1000]
    if cell.kind == "markdown" and budgets.words.takes(len(source)):
        told, shown = left_out(source), render(source, cell.attachments)
        parts += [Part("note", f"Left out of this text: {', '.join(told)}.")] if told else []
        return ShownCell(cell.number, cell.kind, None, shown.html, tuple(parts), shown.headings)
    kind = "raw" if cell.kind == "markdown" else cell.kind
    is_coloured = kind == "code" and budgets.code.takes(len(source))
    html = coloured(source, language if is_coloured else "text")
    return ShownCell(cell.number, kind, cell.count, html, tuple(parts))
