"""Small pictures of figures, for lists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from executor.errors import UnknownProductError
from executor.models import Product
from gallery.actions import thumbnail
from gallery.models import Figure
from gallery.queries import figure_named, picture

FOR_EVER = "public, max-age=31536000, immutable"
HARMLESS = "default-src 'none'; sandbox"


@require_safe
def small(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The small picture of a figure in WebP; larger with ``?large``.

    Where none can be made, it leads to the picture itself.

    Raises:
        UnknownFigureError: there is no such figure.
        UnknownProductError: the product is none of its pictures.
    """
    product = _picture(figure_named(slug), digest)
    data = thumbnail(product, "large" if "large" in request.GET else "small")
    if data is None:
        return redirect(product)
    response = HttpResponse(data, content_type="image/webp")
    response["Cache-Control"] = FOR_EVER
    response["Content-Security-Policy"] = HARMLESS
    return response


def _picture(figure: Figure, digest: str) -> Product:
    own = picture(figure)
    known = [own.product if own else None, figure.published_picture]
    found = next((item for item in known if item and item.digest == digest), None)
    if found is None:
        raise UnknownProductError(
            f"The figure {figure.slug} has no picture {digest[:64]!r}: its page shows what it has."
        )
    return found
