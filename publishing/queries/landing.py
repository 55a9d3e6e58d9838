"""What landing pages read: releases by DOI and by concept, and the releases of a product."""

from collections.abc import Sequence

from django.db.models import QuerySet

from executor.models import Output
from publishing.domain.steps import DONE
from publishing.errors import UnknownReleaseError
from publishing.models import Deposit, Release

HOLDING_AT_MOST = 20


def released_as(doi: str) -> tuple[Release | None, bool]:
    """The public release that has a DOI at any repository, and whether it is its concept's DOI."""
    known = Deposit.objects.filter(state__in=DONE).select_related("release")
    own = known.filter(doi__iexact=doi).first()
    if own is not None:
        return own.release, False
    concept = known.filter(concept_doi__iexact=doi).order_by("-release__number").first()
    return (concept.release, True) if concept else (None, False)


def newest_of(concept: str) -> Release:
    """The newest public version of a concept; the newest withdrawn one when all are withdrawn.

    Raises:
        UnknownReleaseError: there is none.
    """
    public = _public().filter(concept_id=concept) if concept.isalnum() else _public().none()
    order = public.order_by("-number")
    found = order.filter(withdrawn_at=None).first() or order.first()
    if found is None:
        raise UnknownReleaseError(
            f"There is no release {concept[:40]!r}; /releases/ lists what there is."
        )
    return found


def versions_of(release: Release) -> list[Release]:
    """All public versions of the concept of a release, the newest first; also withdrawn ones."""
    same = _public().filter(concept_id=release.concept_id)
    return list(same.prefetch_related("deposits").order_by("-number"))


def superseding(release: Release, versions: Sequence[Release]) -> Release | None:
    """The newest of some versions, the newest first, that is in use; None when it is this one."""
    used = (item for item in versions if item.withdrawn_at is None)
    return next((item for item in used if item.number > release.number), None)


def superseded(release: Release, versions: Sequence[Release]) -> Release | None:
    """The version just before this one; None for the first."""
    return next((item for item in versions if item.number < release.number), None)


def holding(product: str) -> Sequence[Release]:
    """Public releases that hold a product, the newest first."""
    found = _public().filter(runs__outputs__product_id=product, withdrawn_at=None)
    return list(found.order_by("-frozen_at").prefetch_related("deposits")[:HOLDING_AT_MOST])


def product_in(release: Release, digest: str) -> Output | None:
    """The output of a release whose product has this digest."""
    known = Output.objects.filter(run__releases=release, product_id=digest)
    return known.select_related("product", "run__version__workflow").order_by("pk").first()


def _public() -> QuerySet[Release]:
    return Release.objects.filter(deposits__state__in=DONE).distinct()
