"""Small pictures for lists, made when they are first asked for."""

from contextlib import suppress

from django.conf import settings
from django.core.cache import cache

from executor.models import Product
from gallery.adapters import thumbnails

TRIED_AGAIN_SECONDS = 3600


def thumbnail(product: Product, size: str = "small") -> bytes | None:
    """The small picture of a product; None when there is none to be made.

    What cannot be decoded is not tried again for an hour.

    Args:
        product: the large picture.
        size: ``small`` for lists, ``large`` for a page of its own.
    """
    path = thumbnails.path_of(settings.DATA_DIR, product.digest, size)
    try:
        return path.read_bytes()
    except OSError:
        pass
    failed = f"no-thumbnail:{product.digest}"
    if product.size > thumbnails.BYTES_AT_MOST or cache.get(failed):
        return None
    small = _made(product, size)
    if small is None:
        cache.set(failed, 1, TRIED_AGAIN_SECONDS)
    else:
        with suppress(OSError):  # a full disk: it is drawn again for the next who asks
            thumbnails.keep(path, small)
    return small


def _made(product: Product, size: str) -> bytes | None:
    try:
        return thumbnails.drawn(product.read(), product.media_type, size)
    except FileNotFoundError:  # cleared away
        return None
