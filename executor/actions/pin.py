"""Pinning: what was published stays."""

from collections.abc import Iterable

from executor.models import Output, Product, Run, RunInput
from executor.queries import upstream


def pin_products(runs: Iterable[Run]) -> int:
    """Keep for ever what some runs made, and the uploads that it came from; how many were pinned.

    What runs upstream made is not pinned: it can be made again from those uploads.
    """
    wanted = [run.pk for run in runs]
    made = Output.objects.filter(run__in=wanted).values("product")
    given = RunInput.objects.filter(run__in=upstream(wanted)).exclude(product=None)
    pinned = Product.objects.filter(pk__in=made, is_pinned=False).update(is_pinned=True)
    uploads = Product.objects.filter(pk__in=given.values("product"), is_pinned=False)
    return pinned + uploads.update(is_pinned=True)


def pin_published(digests: Iterable[str]) -> int:
    """Keep for ever what a paper published, by digest; how many were not pinned before."""
    return Product.objects.filter(pk__in=list(digests), is_pinned=False).update(is_pinned=True)
