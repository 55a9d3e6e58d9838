"""Counting how products are used, roughly: often enough to tell what is worth keeping."""

from datetime import timedelta

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from executor.models import Product

COUNTED_EVERY = timedelta(hours=1)


def note_use(product: Product) -> bool:
    """Count a use of a product, at most one an hour; whether this one was counted.

    Costs nothing while the last one is younger than that, by the row as the caller read it. A
    database that cannot be written to just now loses a use and nothing else.
    """
    now = timezone.now()
    if now - product.used_at < COUNTED_EVERY:
        return False
    same = Product.objects.filter(pk=product.pk, used_at=product.used_at)
    try:
        return bool(same.update(uses=F("uses") + 1, used_at=now))
    except DatabaseError:
        return False
