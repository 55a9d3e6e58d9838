"""The pictures of a report, made small: what the paper printed, and what the re-run drew."""

import base64
from collections.abc import Iterable

from executor.models import Product
from executor.queries import is_kept
from gallery.adapters import thumbnails
from gallery.models import Figure
from gallery.queries import picture

CHARACTERS_AT_MOST = 1_500_000
"""Of all pictures together, so that the report stays below 2 MB."""


def pictures(figures: Iterable[Figure]) -> dict[str, str]:
    """``<figure>/published`` and ``<figure>/got`` → the picture as a ``data:`` address.

    Figures that share a picture share its bytes here; what would make the report too large, or
    cannot be decoded, is left out.
    """
    made: dict[str, str] = {}
    addresses: dict[str, str] = {}
    room = CHARACTERS_AT_MOST
    for figure in figures:
        drawn = picture(figure)
        sides = {"published": figure.published_picture, "got": drawn.product if drawn else None}
        for side, product in sides.items():
            if product is None:
                continue
            if product.digest not in addresses:
                addresses[product.digest] = _address(product)
            address = addresses[product.digest]
            if address and len(address) <= room:
                made[f"{figure.slug}/{side}"] = address
                room -= len(address)
    return made


def _address(product: Product) -> str:
    if not is_kept(product) or product.size > thumbnails.BYTES_AT_MOST:
        return ""
    try:
        small = thumbnails.drawn(product.read(), product.media_type, "small")
    except OSError:
        return ""
    return f"data:image/webp;base64,{base64.b64encode(small).decode()}" if small else ""
