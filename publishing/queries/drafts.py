"""Drafts of releases: found by id, gathered for the checklist, and the versions of a concept."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone

from executor.models import Product, Run
from executor.queries import feeding, runs
from lib import store
from publishing.domain.checklist import ChosenRun, Draft, Limits
from publishing.domain.repository_faults import Kind
from publishing.domain.steps import DONE
from publishing.errors import UnknownReleaseError
from publishing.models import Release
from publishing.queries.deposits import content_of

FILES_TAKEN, BYTES_TAKEN = 100, 50 * 1000**3
FILES_SENT = 4  # crate, metadata, preview and README, whatever the crate holds


def draft_of(name: str) -> Release:
    """The release of this id, drafted or not; who may see it is for the caller to say.

    Raises:
        UnknownReleaseError: there is none.
    """
    known = name.isascii() and name.isalnum()
    release = Release.objects.filter(pk=name).first() if known else None
    if release is None:
        raise UnknownReleaseError(
            f"There is no release {name[:40]!r}; /releases/ lists what there is."
        )
    return release


def seen_of(release: Release) -> Draft:
    """A release as its checklist sees it; nothing is read but sizes."""
    chosen = list(runs().filter(releases=release).order_by("pk"))
    fed_on = _fed_on(chosen)
    return Draft(
        record=release.record,
        runs=tuple(_seen(run, is_fed_on=run.pk in fed_on) for run in chosen),
        today=timezone.now().date(),
        files=FILES_SENT,
        size=_size(chosen),
        limits=limits(),
        elsewhere=_elsewhere(release, chosen),
        same_as=_same_as(release),
    )


def limits() -> tuple[Limits, ...]:
    """What the configured repositories take in one record, where they say so.

    Zenodo takes 50 GB and 100 files; both are what InvenioRDM sets unless told otherwise.
    """
    return tuple(
        Limits(item.name, FILES_TAKEN, BYTES_TAKEN)
        for item in settings.REPOSITORIES
        if item.kind is Kind.INVENIORDM
    )


def size_of(release: Release) -> int:
    """Bytes of its products together, each counted once."""
    return _size(runs().filter(releases=release))


def _seen(run: Run, *, is_fed_on: bool) -> ChosenRun:
    outputs = [(item.name, item.product) for item in run.outputs.all()]
    kept = [(name, product) for name, product in outputs if product.evicted_at is None]
    return ChosenRun(
        address=run.address,
        state=run.state,
        version=run.version.digest,
        is_trial=run.version.workflow.is_hidden,
        is_unfit=run.version.is_draft,
        is_fed_on=is_fed_on,
        evicted=tuple(name for name, product in outputs if product.evicted_at),
        short=tuple(name for name, product in kept if not _is_whole(product)),
    )


def _is_whole(product: Product) -> bool:
    return store.size_of(product.digest) == product.size


def _fed_on(chosen: Iterable[Run]) -> set[int]:
    """Keys of those runs that feed another of them, near or far."""
    pks = {run.pk for run in chosen}
    composed = Run.objects.filter(pk__in=pks, inputs__source__isnull=False).distinct()
    if len(pks) == 1:
        return set()
    return {other for run in composed for other in feeding(run) if other in pks - {run.pk}}


def _size(chosen: Iterable[Run]) -> int:
    return sum({item.product_id: item.product.size
                for run in chosen for item in run.outputs.all()}.values())  # fmt: skip


def _elsewhere(release: Release, chosen: list[Run]) -> int:
    """How many of the runs stand in an open draft that somebody else owns."""
    others = Release.objects.filter(frozen_at=None, runs__in=chosen).exclude(owner=release.owner)
    return others.exclude(pk=release.pk).values("runs").filter(runs__in=chosen).distinct().count()


def _same_as(release: Release) -> int:
    """Number of the public version just before that holds the very same; 0 for none."""
    if release.number == 1:
        return 0
    earlier = Release.objects.filter(concept=release.concept_id, number__lt=release.number)
    last = earlier.filter(deposits__state__in=DONE).order_by("-number").first()
    return last.number if last and content_of(last) == content_of(release) else 0


def products_of(release: str) -> QuerySet[Product]:
    """What the runs of the release of this id made, each product once."""
    return Product.objects.filter(outputs__run__releases=release).distinct()


def newest_number(release: Release) -> int:
    """The highest number of the concept, drafts among them."""
    known = Release.objects.filter(concept=release.concept_id)
    return int(known.aggregate(most=Max("number"))["most"] or 0)
