"""The products that figures hold."""

from collections.abc import Collection

from executor.models import Output
from gallery.models import CheckedProduct, Figure


def held(digests: Collection[str]) -> set[str]:
    """Those of the digests that figures show or are judged by.

    Products of their runs, published products and pictures, and what checks compared.
    """
    shown = Figure.objects.exclude(run=None).values("run")
    known = set(Output.objects.filter(run__in=shown).values_list("product", flat=True))
    known |= set(Figure.objects.order_by().values_list("published_picture", flat=True))
    claims = Figure.objects.exclude(products_json=[]).values_list("products_json", flat=True)
    known |= {claim["digest"] for some in claims for claim in some}
    checked = CheckedProduct.objects.order_by().values_list("published", "found", "residual")
    known |= {digest for some in checked for digest in some}
    return known & set(digests)
