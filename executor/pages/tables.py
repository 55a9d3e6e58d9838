"""Tables of products: rows to sort, filter and page through, and plots of their columns."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from executor.actions.looking import asked_well, open_product, product_to_look_at
from executor.domain.tables import choosing, question
from executor.domain.tables.choosing import BadQuestionError
from executor.domain.tables.drawn import draw, settle
from executor.domain.tables.opened import Opened, Rows
from executor.domain.tables.roles import roles
from executor.models import Product
from executor.pages.pictures import FOR_A_DAY, described, form_named, pictured, tag_of, unchanged
from executor.pages.tables_shown import Shown, hdu_of, lists_of, shown_table
from lib import panels


@require_safe
def table(request: HttpRequest, digest: str) -> HttpResponse:
    """The table in a product: ``?name=`` its file name, ``?hdu=`` which one of several.

    Raises:
        UnknownProductError: no product has the digest.
        UnreadableTableError: it is no table.
    """
    product = product_to_look_at(digest)
    query = lists_of(request)
    opened = open_product(product, question.one(query, "name"), hdu_of(query))
    try:
        shown, status = shown_table(product, opened, query), 200
    except BadQuestionError as error:
        # What is not understood is left out, and the page says so.
        kept = {key: values for key, values in query.items() if key in {"name", "hdu"}}
        shown, status = replace(shown_table(product, opened, kept), fault=str(error)), 400
    return _page(request, shown, status)


@require_safe
def table_plot(request: HttpRequest, digest: str) -> HttpResponse:
    """A plot of columns: ``?form=`` bokeh (the default), view, png, svg, pdf or csv.

    Raises:
        BadTableQuestionError: the plot cannot be understood.
    """
    product = product_to_look_at(digest)
    query = lists_of(request)
    form = form_named(question.one(query, "form") or "bokeh")
    tag = tag_of(product.digest, request.META.get("QUERY_STRING", ""))
    known = unchanged(request, tag, FOR_A_DAY)
    if known:
        return known
    name = question.one(query, "name")
    opened = open_product(product, name, hdu_of(query))
    with asked_well(name):
        asked = question.plot_question(query)
        plot = draw(opened, asked, roles(opened.info), chosen_rows(opened, query))
    return described(pictured(plot, form, _plot_name(product, name, opened, query)), tag, FOR_A_DAY)


def chosen_rows(opened: Opened, query: question.Lists) -> Rows | None:
    """The rows that pass the filters of a query; None for all."""
    return choosing.filtered(opened, question.filters(query))


def _plot_name(product: Product, name: str, opened: Opened, query: question.Lists) -> str:
    settled = settle(question.plot_question(query), roles(opened.info))
    return " ".join(
        [name.rsplit(".", 1)[0] or product.digest[:12], *settled.y[:2], "on", settled.x]
    )


def _page(request: HttpRequest, shown: Shown, status: int) -> HttpResponse:
    context = {"shown": shown, "panels": panels.render("product", request, shown.product)}
    return render(request, "executor/table.html", context, status=status)
