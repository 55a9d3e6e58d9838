"""The plotted arrays of a picture, as an interactive plot."""

import json

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from executor.domain.plot import BYTES_AT_MOST, BadPlotError, read_plot
from executor.errors import UnknownProductError
from executor.models import Product
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

    if product.size > BYTES_AT_MOST:
        raise UnknownProductError("The plotted numbers are too many to be drawn in a browser.")
    try:
        return json.dumps(to_bokeh(read_plot(product.read())), allow_nan=False)
    except BadPlotError as error:
        raise UnknownProductError(f"The plotted numbers cannot be drawn: {error}.") from error
