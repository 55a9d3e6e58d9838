"""A table as its page shows it: columns with their numbers, rows, links, and the plot form."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest

from executor.domain.conversion import FORMS
from executor.domain.tables import choosing, question
from executor.domain.tables.blending import part_text
from executor.domain.tables.cells import cells
from executor.domain.tables.choosing import WHOLE_ROWS, BadQuestionError, Chosen
from executor.domain.tables.column import Column
from executor.domain.tables.opened import Opened, Rows
from executor.domain.tables.question import Lists
from executor.domain.tables.roles import roles
from executor.domain.tables.summary import Summary, summary
from executor.models import Product
from executor.pages.tables_plot import PlotForm, plot_form
from executor.queries import run_that_made
from ontology.domain.units import printed

FIRST_COLUMNS = 12
COLUMNS_AT_MOST = 60
KEPT_SECONDS = 24 * 3600
HDU_AT_MOST = 999


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of the page with its links and numbers."""

    column: Column
    sorts: str
    order: str
    filter: str
    summary: Summary | None
    unit: str
    filters: bool

    @property
    def aria(self) -> str:
        """How it is sorted, as assistive technology is told."""
        return {"": "none", "up": "ascending", "down": "descending"}[self.order]


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page of a table shows."""

    product: Product
    name: str
    opened: Opened
    columns: list[ShownColumn]
    rows: list[tuple[int, list[str]]]
    chosen: Chosen
    query: Lists
    plot: PlotForm
    run: object
    fault: str = ""
    picked: frozenset[str] = field(default_factory=frozenset)
    size: int = choosing.PAGE_SIZES[0]

    @property
    def address(self) -> str:
        """The page without its query."""
        return f"{self.product.get_absolute_url()}/table"

    @property
    def title(self) -> str:
        """What the table is called."""
        extension = next((item.name for item in self.opened.info.hdus
                          if item.number == self.opened.info.hdu), "")  # fmt: skip
        return f"{self.name or self.product.digest[:12]}{f', {extension}' if extension else ''}"

    @property
    def is_partial(self) -> bool:
        """Whether only the first rows were looked at for filters, orders, numbers and plots."""
        return self.opened.info.rows > WHOLE_ROWS

    @property
    def whole_text(self) -> str:
        """How many rows are looked at for filters, orders, numbers and plots."""
        return f"{WHOLE_ROWS:,}"

    @property
    def forms(self) -> tuple[str, ...]:
        """What the plot is saved as."""
        return "png", "svg", "pdf", "csv"

    @property
    def conversions(self) -> tuple[str, ...]:
        """What the table is converted to."""
        return FORMS

    @property
    def blend(self) -> str:
        """The plot as a part of a blend (``executor.domain.tables.blending``)."""
        asked = self.plot.asked
        return part_text(self.product.digest, self.name, asked.x, asked.y[0] if asked.y else "")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Names and values that a form has to carry on and does not ask for."""
        return [(key, self.query[key][-1]) for key in ("name", "hdu", "sort", "desc")
                if self.query.get(key)]  # fmt: skip

    @property
    def hidden_filters(self) -> list[tuple[str, str]]:
        """Filters on columns that are not shown now."""
        there = {f"q.{item.column.name}" for item in self.columns}
        return [(key, values[-1]) for key, values in self.query.items()
                if key.startswith("q.") and values[-1] and key not in there]  # fmt: skip

    @property
    def last_shown(self) -> int:
        """Number of the last row of the page."""
        return (self.chosen.page - 1) * self.size + len(self.rows)

    @property
    def first_shown(self) -> int:
        """Number of the first row of the page."""
        return self.last_shown - len(self.rows) + 1

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Links to other pages: their words and addresses."""
        page, last = self.chosen.page, self.chosen.pages
        wanted = [("First", 1, page > 1), ("Previous", page - 1, page > 1),
                  ("Next", page + 1, page < last), ("Last", last, page < last)]  # fmt: skip
        return [(word, linked(self.query, page=str(to))) for word, to, there in wanted if there]

    @property
    def without_filters(self) -> str:
        """Address of the same page without filters."""
        kept = {key: value for key, value in self.query.items() if not key.startswith("q.")}
        return linked(kept, page="")

    @property
    def has_filters(self) -> bool:
        """Whether some rows are filtered out."""
        return bool(question.filters(self.query))

    @property
    def api(self) -> str:
        """The same rows in the API."""
        return f"/api{self.product.get_absolute_url()}/table/{linked(self.query)}"

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other tables of the file: their words and addresses."""
        kept = {"name": [self.name]}
        return [(f"{item.number}: {item.name or 'table'} ({item.rows:,} rows)",
                 linked(kept, hdu=str(item.number)))
                for item in self.opened.info.hdus
                if item.number != self.opened.info.hdu]  # fmt: skip


def lists_of(request: HttpRequest) -> dict[str, list[str]]:
    """The query of a request as lists of texts."""
    return {key: [str(one) for one in values] for key, values in request.GET.lists()}


def hdu_of(query: Lists) -> int | None:
    """Which table of the file is asked for; None for the first."""
    text = question.one(query, "hdu")
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) <= HDU_AT_MOST else None


def linked(query: Lists, **changed: str) -> str:
    """A query with some values changed; empty ones are left out."""
    kept: dict[str, list[str]] = {key: list(values) for key, values in query.items()}
    kept |= {key: [value] for key, value in changed.items()}
    pairs = [(key, value) for key, values in kept.items() for value in values if value]
    return f"?{urlencode(pairs)}" if pairs else "?"


def shown_table(product: Product, opened: Opened, query: Lists) -> Shown:
    """The page that a query asks for.

    Raises:
        BadQuestionError: part of the query cannot be understood.
    """
    known = roles(opened.info)
    kept = choosing.filtered(opened, question.filters(query))
    sort, desc = question.one(query, "sort"), question.one(query, "desc") == "yes"
    ordered = choosing.order_by(opened, sort, kept, desc=desc) if sort else kept
    size = page_size(query)
    chosen = choosing.page_of(opened, ordered, page_number(query), size)
    picked = picked_columns(opened, query)
    columns = [_column(product, opened, item, query, kept) for item in picked]
    texts = [cells(opened, item, chosen.rows) for item in picked]
    rows = [(int(number) + 1, [column[place] for column in texts])
            for place, number in enumerate(chosen.rows)]  # fmt: skip
    name = question.one(query, "name") or product.file
    return Shown(
        product=product, name=name, opened=opened, columns=columns, rows=rows, chosen=chosen,
        query=query, plot=plot_form(opened, question.plot_question(query), known, query), size=size,
        run=run_that_made(product), picked=frozenset(item.name for item in picked),
    )  # fmt: skip


def page_size(query: Lists) -> int:
    """Rows of a page."""
    text = question.one(query, "size")
    return choosing.PAGE_SIZES[1] if text == str(choosing.PAGE_SIZES[1]) else choosing.PAGE_SIZES[0]


def page_number(query: Lists) -> int:
    """Number of the page, from 1; the first for what is no number."""
    text = question.one(query, "page")
    return int(text[:12]) if text.isascii() and text.isdigit() else 1


def picked_columns(opened: Opened, query: Lists) -> list[Column]:
    """The columns to show: those chosen, or the first twelve.

    Raises:
        BadQuestionError: a column is not there, or they are too many.
    """
    names = [name for name in query.get("columns", ()) if name]
    if len(names) > COLUMNS_AT_MOST:
        raise BadQuestionError(f"{len(names)} columns; {COLUMNS_AT_MOST} are shown at once.")
    if names:
        wanted = {choosing.known(opened, name).name for name in names}
        return [item for item in opened.info.columns if item.name in wanted]
    return list(opened.info.columns[:FIRST_COLUMNS])


def _column(
    product: Product, opened: Opened, item: Column, query: Lists, kept: Rows | None
) -> ShownColumn:
    orders = not item.shape and item.kind not in {"list", "other"}
    now = question.one(query, "sort") == item.name
    down = now and question.one(query, "desc") == "yes"
    sorts = linked(query, sort=item.name, desc="yes" if now and not down else "", page="")
    return ShownColumn(
        column=item, sorts=sorts if orders else "", order=("down" if down else "up") if now else "",
        filter=question.one(query, f"q.{item.name}"), unit=printed(item.unit),
        summary=_summary(product, opened, item, kept), filters=orders,
    )  # fmt: skip


def _summary(product: Product, opened: Opened, item: Column, kept: Rows | None) -> Summary | None:
    """Numbers on a column; those of the whole table are kept, because they never change."""
    if kept is not None:
        return summary(opened, item, kept)
    key = f"summary:{opened.folder.name}:{product.digest}:{opened.info.columns.index(item)}"
    known: Summary | None = cache.get(key)
    if known is None and item.is_numeric:
        known = summary(opened, item, None)
        cache.set(key, known, KEPT_SECONDS)
    return known
