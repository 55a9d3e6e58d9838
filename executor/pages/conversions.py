"""Products in other forms: tables as FITS, ECSV, VOTable or CSV, plots as pictures or numbers."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from executor.actions.looking import asked_well, product_to_look_at
from executor.adapters.converted import converted
from executor.domain import conversion
from executor.domain.plot import BYTES_AT_MOST, BadPlotError, read_plot
from executor.domain.plot_json import plot_csv
from executor.domain.tables import question
from executor.errors import UnknownProductError
from executor.models import Product
from executor.pages.pictures import (
    FOR_EVER,
    HARMLESS,
    form_named,
    picture,
    saved_as,
    tag_of,
    unchanged,
)
from executor.pages.tables_shown import hdu_of, lists_of
from executor.queries import is_kept, output_named, run_at

PICTURES = ("png", "svg", "pdf", "csv")


@require_safe
def product_as(request: HttpRequest, digest: str, form: str) -> HttpResponseBase:
    """The table of a product in another form; ``?name=`` and ``?hdu=`` as for its page.

    Raises:
        UnknownFormError: there is no such form.
        UnreadableTableError: the product is no table, or too large for the form.
    """
    product = product_to_look_at(digest)
    form_named(form, conversion.FORMS)
    query = lists_of(request)
    hdu, name = hdu_of(query), question.one(query, "name")
    tag = tag_of("as", product.digest, form, str(hdu), name)
    known = unchanged(request, tag, FOR_EVER)
    if known:
        return known
    with asked_well(name or product.digest[:12]):
        path = converted(product.digest, name, hdu, form)
    answer = FileResponse(path.open("rb"), content_type=conversion.MEDIA_TYPES[form])
    answer["Content-Length"] = str(path.stat().st_size)
    return _kept(saved_as(answer, _stem(name, product, hdu), conversion.ENDINGS[form]), tag)


@require_safe
def plot_as(request: HttpRequest, address: str, name: str, form: str) -> HttpResponseBase:
    """The plotted arrays of an output, drawn as png, svg or pdf, or their numbers as csv.

    Raises:
        UnknownProductError: nothing plotted is kept for the output, or it cannot be read.
        UnknownFormError: there is no such form.
    """
    form_named(form, PICTURES)
    output = output_named(run_at(address), name, "plot")
    if output is None or not is_kept(output.product):
        raise UnknownProductError(
            f"The run keeps no plotted numbers for an output {name[:100]!r}: its page lists what "
            "it keeps. Only figures that matplotlib saved have them."
        )
    tag = tag_of("plot", output.product_id, form)
    known = unchanged(request, tag, FOR_EVER)
    if known:
        return known
    data = _plotted(output.product)
    if form == "csv":
        text = plot_csv(read_plot(data))
        answer = saved_as(HttpResponse(text, "text/csv; charset=utf-8"), name, "csv")
    else:
        answer = picture(data, form, name)
    return _kept(answer, tag)


def _plotted(product: Product) -> bytes:
    if product.size > BYTES_AT_MOST:
        raise UnknownProductError("The plotted numbers are too many to be drawn.")
    data = product.read()
    try:
        read_plot(data)
    except BadPlotError as error:
        raise UnknownProductError(f"The plotted numbers cannot be drawn: {error}.") from error
    return data


def _stem(name: str, product: Product, hdu: int | None) -> str:
    stem = name.removesuffix(".gz").rsplit(".", 1)[0] or product.digest[:12]
    return stem if hdu is None else f"{stem}-{hdu}"


def _kept(answer: HttpResponseBase, tag: str) -> HttpResponseBase:
    answer["ETag"] = tag
    answer["Cache-Control"] = FOR_EVER
    answer["Content-Security-Policy"] = HARMLESS
    return answer
