"""A release as every format of metadata is written from it, gathered from its rows."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings

from catalogue.models import Version
from executor.models import Run
from publishing.domain.formats import Code, Described, DescribedFile
from publishing.domain.gathering import repository_of
from publishing.domain.layout import is_cwl
from publishing.domain.steps import SHELF
from publishing.models import Deposit, Release

SERVICE = "Reprise"
ZIP = "application/zip"


def described_release(
    release: Release, *, doi: str | None = None, concept_doi: str | None = None
) -> Described:
    """The release with all that formats of metadata can say of it.

    It uses what was prefetched by ``releases()``, and asks one question for archived sources.

    Args:
        release: drafted or frozen.
        doi: to say instead of that of its deposit, such as one that is reserved.
        concept_doi: the same for that of all versions.
    """
    deposit, chosen = main_deposit(release), list(release.runs.all())
    frozen = _day(release.frozen_at or release.created_at)
    return Described(
        record=release.record,
        key=f"reprise_{release.pk}",
        page=f"{settings.PUBLIC_URL}{release.get_absolute_url()}",
        service=SERVICE,
        service_url=settings.PUBLIC_URL,
        frozen=frozen,
        publisher=_publisher(deposit),
        doi=_or(doi, deposit.doi if deposit else ""),
        concept_doi=_or(concept_doi, deposit.concept_doi if deposit else ""),
        version=release.number,
        published=frozen if deposit and deposit.is_published else None,
        files=(*_crate_files(release, deposit), *_products(chosen)),
        code=code_of(chosen[0]) if chosen else Code(),
        withdrawn=_day(release.withdrawn_at) if release.withdrawn_at else None,
        withdrawn_reason=release.withdrawn_reason,
    )


def main_deposit(release: Release) -> Deposit | None:
    """The deposit whose DOI is cited: published, for ever and elsewhere before all others."""
    with_doi = [item for item in release.deposits.all() if item.doi]
    return min(with_doi, key=_rank, default=None)


def code_of(run: Run) -> Code:
    """What a run ran."""
    version = run.version
    last = max(run.attempts.all(), key=lambda item: item.number, default=None)
    facts: dict[str, Any] = last.facts_json if last else {}
    python = str(facts.get("python", ""))
    return Code(
        repository=repository_of(version.source),
        commit=version.commit,
        runtime=f"Python {python}" if python else "",
        language="CWL" if is_cwl(version.main) else "Jupyter Notebook",
        archived=_archived(version),
    )


def _rank(deposit: Deposit) -> tuple[bool, bool, bool, bool, int]:
    # What we did not ask for was minted by a person afterwards, for the same crate.
    is_second = deposit.reserved_at is None
    is_here = deposit.repository == SHELF
    return (not deposit.is_published, not deposit.is_production, is_here, is_second, deposit.pk)


def _publisher(deposit: Deposit | None) -> str:
    if deposit is None or deposit.repository == SHELF:
        return SERVICE
    return deposit.repository.replace("-", " ").title()


def _crate_files(release: Release, deposit: Deposit | None) -> Iterable[DescribedFile]:
    if deposit is None or not deposit.crate:
        return ()
    address = f"{settings.PUBLIC_URL}/api/releases/{release.pk}/crate/"
    return (DescribedFile(deposit.file_name, deposit.crate_size, deposit.crate, ZIP, address),)


def _products(chosen: Iterable[Run]) -> Iterable[DescribedFile]:
    for run in chosen:
        for item in run.outputs.all():
            product = item.product
            address = f"{settings.PUBLIC_URL}{product.get_absolute_url()}"
            yield DescribedFile(
                item.file, product.size, product.digest, product.media_type, address
            )


def _archived(version: Version) -> str:
    known = version.archived_sources.filter(scheme="swhid").order_by("pk")
    return str(known.values_list("identifier", flat=True).first() or "")


def _or(given: str | None, otherwise: str | None) -> str:
    return (otherwise or "") if given is None else given


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
