"""Verifying products: bytes that are no longer what their digest says are never served again."""

import errno
import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from executor.models import Product
from lib import digest, store

log = logging.getLogger(__name__)
VERIFIED_EVERY = timedelta(days=30)
ROUND_SECONDS = 10.0
AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """What a round of verification found: products read, and those of them that were damaged."""

    read: int
    damaged: int


def verify_products(seconds: float = ROUND_SECONDS) -> Verified:
    """Read products again, those first that were not for longest, for so many seconds.

    Each is read once in 30 days. One that is being read when the time is up is read to its end.
    """
    until, read, damaged = time.monotonic() + seconds, 0, 0
    due = Q(verified_at=None) | Q(verified_at__lt=timezone.now() - VERIFIED_EVERY)
    oldest = F("verified_at").asc(nulls_first=True)
    known = Product.objects.filter(due, evicted_at=None).order_by(oldest, "created_at", "pk")
    for product in known[:AT_MOST]:
        if time.monotonic() >= until:
            break
        read += 1
        damaged += not verify_product(product)
    return Verified(read, damaged)


def verify_product(product: Product) -> bool:
    """Whether a product's bytes are those that its digest names.

    Others are set aside, and the product counts as evicted: its address makes it again.
    """
    try:
        found, size = digest.of_chunks(store.chunks(product.digest))
    except FileNotFoundError:
        return _give_up(product, "its bytes are gone")
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return _give_up(product, "the disk cannot read its bytes")
    if (found, size) != (product.digest, product.size):
        return _give_up(product, f"it has {size} bytes with the sha256 {found}")
    Product.objects.filter(pk=product.pk).update(verified_at=timezone.now())
    return True


def _give_up(product: Product, why: str) -> bool:
    """Mark a product as no longer kept, and set aside what is in its place; always False."""
    same = Product.objects.filter(pk=product.pk, evicted_at=None)
    if same.update(evicted_at=timezone.now(), verified_at=None):
        store.set_aside(product.digest)
        log.error("product %s is damaged: %s; it is made again when asked for", product.pk, why)
    return False
