"""``/api/products/<digest>/table/``: rows of a product's table, sorted and filtered, as JSON."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from executor.actions.looking import asked_well, open_product, product_to_look_at
from executor.domain.tables import choosing, question
from executor.domain.tables.cells import plain_cells
from executor.domain.tables.column import Column, TableInfo
from executor.domain.tables.opened import Opened
from executor.domain.tables.question import Lists
from executor.domain.tables.roles import roles

SIZE_AT_MOST = 1000
COLUMNS_AT_MOST = 60
HDU_AT_MOST = 999
ASKED = [
    OpenApiParameter("name", str, description="file name, which tells a CSV from other text"),
    OpenApiParameter("hdu", int, description="which table of the file; the first by default"),
    OpenApiParameter("columns", str, many=True, description="columns to give; 60 at most"),
    OpenApiParameter("sort", str, description="a column to sort by"),
    OpenApiParameter("desc", str, enum=["yes", "no"], description="from the greatest"),
    OpenApiParameter("page", int, description="page, from 1"),
    OpenApiParameter("size", int, description="rows of a page, 50 by default, 1000 at most"),
]


class ProductTable(APIView):
    """The table of a product."""

    @extend_schema(parameters=ASKED, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, digest: str) -> Response:
        """Give a page of rows, and what is known of the table.

        Filters are ``q.<column>=``: ``>5``, ``2..3``, ``=4``, ``!=4``, ``none``, or a part of a
        text. Missing values, and what is no number, are null.
        """
        query: dict[str, list[str]] = {
            key: [str(one) for one in values] for key, values in request.query_params.lists()
        }
        product = product_to_look_at(digest)
        with asked_well("The table"):
            hdu = question.whole(query, "hdu", -1, HDU_AT_MOST) if query.get("hdu") != ["0"] else 0
            opened = open_product(product, question.one(query, "name"), None if hdu < 0 else hdu)
            return Response(_told(opened.info) | _rows(opened, query))


def _rows(opened: Opened, query: Lists) -> dict[str, Any]:
    kept = choosing.filtered(opened, question.filters(query))
    sort = question.one(query, "sort")
    if sort:
        desc = question.choice(query, "desc", ("no", "yes")) == "yes"
        kept = choosing.order_by(opened, sort, kept, desc=desc)
    size = question.whole(query, "size", 50, SIZE_AT_MOST)
    page = question.whole(query, "page", 1, 10**9)
    chosen = choosing.page_of(opened, kept, page, size)
    names = [name for name in query.get("columns", ()) if name]
    if len(names) > COLUMNS_AT_MOST:
        raise choosing.BadQuestionError(
            f"{len(names)} columns; {COLUMNS_AT_MOST} are given at once."
        )
    columns = [choosing.known(opened, name) for name in names] or list(opened.info.columns[:12])
    texts = [plain_cells(opened, item, chosen.rows) for item in columns]
    return {
        "found": chosen.found, "page": chosen.page, "pages": chosen.pages,
        "looked_at": chosen.looked_at, "names": [item.name for item in columns],
        "numbers": [int(number) + 1 for number in chosen.rows],
        "data": [list(row) for row in zip(*texts, strict=True)],
    }  # fmt: skip


def _told(info: TableInfo) -> dict[str, Any]:
    known = roles(info)
    return {
        "rows": info.rows, "hdu": info.hdu, "keys": dict(info.keys), "notes": list(info.notes),
        "tables": [{"hdu": item.number, "name": item.name, "rows": item.rows,
                    "columns": item.columns} for item in info.hdus],
        "columns": [_column(item) for item in info.columns],
        "roles": {"times": list(known.times), "energies": list(known.energies),
                  "fluxes": list(known.fluxes),
                  "errors": {name: list(names) for name, names in known.errors.items()}},
    }  # fmt: skip


def _column(item: Column) -> dict[str, Any]:
    return {
        "name": item.name, "kind": item.kind, "unit": item.unit, "ucd": item.ucd,
        "description": item.description, "shape": list(item.shape),
    }  # fmt: skip
