"""Plotted arrays: those of a picture as an interactive plot, those of a product in every form."""

import json

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from executor.actions.looking import product_to_look_at
from executor.domain.plot import BYTES_AT_MOST, BadPlotError, Plot, read_plot
from executor.errors import UnknownProductError
from executor.models import Product
from executor.pages.pictures import FOR_EVER, described, form_named, pictured, tag_of, unchanged
from executor.queries import is_kept, output_named, run_at

DRAWING = "1"  # raise it when the same plot is drawn differently: copies kept elsewhere end
KEPT_AT_MOST = 2_000_000  # characters of a drawing that are kept in the cache
KEPT_SECONDS = 24 * 3600


@require_safe
def plot(request: HttpRequest, address: str, name: str) -> HttpResponse:
    """The item that ``plots.js`` draws, for the output ``name`` of a run.

    Raises:
        UnknownRunError: no run has the address.
        UnknownProductError: nothing plotted is kept for the output, or it cannot be read.
    """
    output = output_named(run_at(address), name, "plot")
    if output is None or not is_kept(output.product):
        raise UnknownProductError(
            f"The run keeps no plotted numbers for an output {name[:100]!r}: its page lists what "
            "it keeps. Only figures that matplotlib saved have them."
        )
    tag = f'"{output.product_id}-{DRAWING}"'
    asked = request.headers.get("If-None-Match", "")
    response = (
        HttpResponseNotModified()
        if tag in (part.strip().removeprefix("W/") for part in asked.split(","))
        else HttpResponse(_drawn(output.product), content_type="application/json")
    )
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def product_plot(request: HttpRequest, digest: str) -> HttpResponse:
    """A product that holds plotted arrays, such as found minus published; ``?form=`` as for tables.

    Raises:
        UnknownFormError: there is no such form.
        UnknownProductError: there is no such product, or it holds no plotted arrays.
        ProductEvictedError: its bytes were cleared away.
    """
    product = product_to_look_at(digest)
    form = form_named(request.GET.get("form", "bokeh"))
    tag = tag_of("product-plot", DRAWING, product.digest, form)
    known = unchanged(request, tag, FOR_EVER)
    if known:
        return known
    if form == "bokeh":
        answer = HttpResponse(_drawn(product), content_type="application/json")
    else:
        plot = _read(product)
        answer = pictured(plot, _drawable(plot, form), f"plot-{product.digest[:12]}")
    return described(answer, tag, FOR_EVER)


def _drawable(plot: Plot, form: str) -> str:
    """The form; matplotlib draws a view of pixels, which an SVG of ours leaves out."""
    has_pixels = any(series.image for axes in plot.axes for series in axes.series)
    return "svg" if form == "view" and has_pixels else form


def _drawn(product: Product) -> str:
    key = f"plot:{DRAWING}:{product.digest}"
    text: str | None = cache.get(key)
    if text is None:
        text = _draw(product)
        if len(text) <= KEPT_AT_MOST:
            cache.set(key, text, KEPT_SECONDS)
    return text


def _draw(product: Product) -> str:
    from executor.adapters.bokeh_plot import to_bokeh  # noqa: PLC0415 -- Bokeh takes 1 s to import

    return json.dumps(to_bokeh(_read(product)), allow_nan=False)


def _read(product: Product) -> Plot:
    if product.size > BYTES_AT_MOST:
        raise UnknownProductError("The plotted numbers are too many to be drawn in a browser.")
    try:
        return read_plot(product.read())
    except BadPlotError as error:
        raise UnknownProductError(f"The plotted numbers cannot be drawn: {error}.") from error
    except FileNotFoundError:
        raise UnknownProductError(
            "The plotted numbers are missing here: ask for the product to be made again."
        ) from None
