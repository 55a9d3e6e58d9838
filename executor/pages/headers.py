"""FITS headers as a page, and as text to keep."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from executor.domain.fits_header import Card, cards_of, text_of
from executor.domain.looking.hdus import Hdu
from executor.pages.image_source import fits_file
from executor.queries import product_of
from lib import panels

CARDS_AT_MOST = 2000  # of one header on a page
CARDS_IN_ALL = 12_000
TEXT_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class ShownHeader:
    """A header with as many cards as a page takes; ``left`` says how many are left out."""

    hdu: Hdu
    cards: list[Card]
    left: int


@require_safe
def header_page(request: HttpRequest, digest: str) -> HttpResponseBase:
    """Every header of a FITS file: a summary, and its cards; ``download`` sends them as text.

    Raises:
        UnknownProductError: no product has the digest.
        ProductEvictedError: its bytes are not kept.
        NotShownError: it is no FITS file.
    """
    product = product_of(digest)
    with fits_file(product) as (_file, hdus, note):
        if "download" in request.GET:
            return _download(hdus, digest)
    name = request.GET.get("name", "")[:200]
    context = {
        "product": product, "name": name or product.file or f"product {digest[:12]}",
        "given_name": name, "note": note, "headers": list(_shown(hdus)),
        "panels": panels.render("product", request, product),
    }  # fmt: skip
    return render(request, "executor/header.html", context)


def _shown(hdus: list[Hdu]) -> Iterator[ShownHeader]:
    left = CARDS_IN_ALL
    for hdu in hdus:
        cards = cards_of(hdu.header, min(CARDS_AT_MOST, left))
        left -= len(cards)
        cut = [
            Card(item.keyword, item.text[:TEXT_AT_MOST], item.comment[:TEXT_AT_MOST])
            for item in cards
        ]
        more = hdu.card_count > CARDS_AT_MOST or not left
        yield ShownHeader(hdu, cut, max(0, hdu.card_count - len(cards)) if more else 0)


def _download(hdus: list[Hdu], digest: str) -> HttpResponseBase:
    parts = (f"# header {hdu.index} {hdu.name[:80]}\n{text_of(hdu.header)}\n" for hdu in hdus)
    answer: HttpResponseBase = StreamingHttpResponse(
        parts, content_type="text/plain; charset=utf-8"
    )
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{digest[:12]}-headers.txt")
        or "attachment"
    )
    return answer
