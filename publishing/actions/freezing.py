"""Freezing a release: read its products, write down what it stands for, and keep it as it is."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from executor.actions import pin_products, verify_product
from executor.domain.asker import SERVICE, Asker
from executor.models import Product, Run
from lib import digest, highlights, store
from lib.queue import enqueue
from ontology.domain.findings import Severity
from publishing.actions.drafting import checklist, held_release, refused
from publishing.actions.owning import check_owner
from publishing.domain.checklist import Told
from publishing.errors import BeingReadError, ChecklistError
from publishing.models import Release
from publishing.queries.drafts import products_of

READ = "publishing.read_products"
READ_EVERY = timedelta(days=1)
READ_AT_ONCE = 2 * 1000**3  # bytes that somebody waits for; a task reads what is more


def freeze_release(release: Release) -> Release:
    """Freeze a release: from now on it stays as it is; freezing twice changes nothing.

    Raises:
        ChecklistError: it misses something that it must have.
    """
    if release.frozen_at is None:
        faults = _faults(release)
        if faults:
            raise ChecklistError(faults)
        _freeze(release)
    return release


def freeze_draft(release: Release, *, asker: Asker = SERVICE) -> Release:
    """Freeze somebody's draft; twice changes nothing.

    Raises:
        NotYoursError, DraftingClosedError: the asker may not freeze it.
        DraftError: it misses something that it must have; ``errors`` has a sentence a field.
        BeingReadError: it is large and is being read: ask again later.
    """
    release.refresh_from_db()
    check_owner(release, asker)
    if release.frozen_at is None:
        _read(release)
    try:
        return freeze_release(release)
    except ChecklistError:
        raise refused(_faults(release) or checklist(release)) from None


def read_products(release: str) -> int:
    """Read what the release of this id holds against its digests; how many were damaged.

    What is damaged is set aside and counts as evicted, which the checklist tells.
    """
    return _read_all(_unread(products_of(release)))


def read_run(run: Run) -> int:
    """The same of one run that is to be released by itself."""
    made = Product.objects.filter(outputs__run=run, evicted_at=None).distinct()
    return sum(not (_is_whole(product) or verify_product(product)) for product in made)


def _is_whole(product: Product) -> bool:
    try:
        return digest.of_file(store.local_copy(product.digest)) == product.digest
    except (OSError, store.DamagedBytesError):
        return False


def _read_all(products: QuerySet[Product]) -> int:
    return sum(not verify_product(product) for product in list(products))


def _read(release: Release) -> None:
    size = _unread(products_of(release.pk)).aggregate(size=Sum("size"))["size"] or 0
    if size > READ_AT_ONCE:
        enqueue(READ, release.pk)
        raise BeingReadError(
            f"Its products have {size / 1e9:.1f} GB, which are read now to see that they are "
            "whole: freeze it again in some minutes."
        )
    read_products(release.pk)


def _unread(products: QuerySet[Product]) -> QuerySet[Product]:
    due = Q(verified_at=None) | Q(verified_at__lt=timezone.now() - READ_EVERY)
    return Product.objects.filter(due, pk__in=products.values("pk"), evicted_at=None)


def _faults(release: Release) -> list[Told]:
    return [item for item in checklist(release) if item.severity is Severity.MUST]


def _freeze(release: Release) -> None:
    with transaction.atomic():
        held = held_release(release)
        if held.frozen_at is None:
            faults = _faults(held)  # somebody may have written meanwhile
            if faults:
                raise ChecklistError(faults)
            addresses = list(held.runs.order_by("address").values_list("address", flat=True))
            held.shown_json = highlights.of_runs(addresses)
            held.frozen_at = timezone.now()
            held.save(update_fields=["shown_json", "frozen_at"])
            pin_products(held.runs.all())
    release.refresh_from_db()
