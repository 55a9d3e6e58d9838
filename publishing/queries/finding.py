"""Releases, deposits and runs, found by what people and programs call them."""

from collections.abc import Collection
from typing import IO

from django.db.models import Prefetch, QuerySet

from executor.domain.states import State
from executor.models import Run
from executor.queries import run_at, runs
from lib import store
from publishing.adapters import crate_zip
from publishing.domain.steps import DONE
from publishing.errors import (
    LostBytesError,
    NotDepositedError,
    RunNotFinishedError,
    UnknownReleaseError,
)
from publishing.models import Deposit, Release
from publishing.queries.describing import main_deposit


def releases() -> QuerySet[Release]:
    """All published releases, newest first, with their deposits and runs at hand."""
    published = Release.objects.filter(deposits__state__in=DONE).distinct()
    return published.prefetch_related("deposits", Prefetch("runs", runs()))


def release_of(name: str) -> Release:
    """The published release of this id.

    Raises:
        UnknownReleaseError: there is none.
    """
    release = releases().filter(pk=name).first() if name.isalnum() else None
    if release is None:
        raise UnknownReleaseError(
            f"There is no release {name[:40]!r}; /releases/ lists what there is."
        )
    return release


def deposit_of(release: Release) -> Deposit:
    """The deposit of a release that its DOI leads to.

    Raises:
        NotDepositedError: it has none yet.
    """
    deposit = main_deposit(release)
    if deposit is None or not deposit.is_published:
        raise NotDepositedError(f"The release {release.pk} has no crate yet: deposit it first.")
    return deposit


def deposited_crate(deposit: Deposit) -> IO[bytes]:
    """The bytes of a deposited crate, to be read and closed.

    Raises:
        LostBytesError: the store no longer has them.
    """
    try:
        return store.open_file(deposit.crate)
    except FileNotFoundError:
        raise LostBytesError(
            f"The store lost the crate {deposit.crate}: restore it from a copy."
        ) from None


def released_metadata(deposit: Deposit) -> bytes:
    """The ``ro-crate-metadata.json`` of a deposited crate."""
    with deposited_crate(deposit) as handle:
        return crate_zip.read_metadata(handle)


def release_of_run(run: Run) -> Release | None:
    """The release that a run has by itself, or None."""
    return Release.objects.filter(sole_run=run).prefetch_related("deposits").first()


def finished_run(address: str) -> Run:
    """The finished run of this address.

    Raises:
        UnknownRunError: there is none.
        RunNotFinishedError: it has no products yet, or never will.
    """
    run = run_at(address)
    if run.state != State.FINISHED:
        raise RunNotFinishedError(f"The run is {run.state}: only a finished run has a crate.")
    return run


def held(digests: Collection[str]) -> set[str]:
    """Those of the digests that are deposited crates, or files that go with them."""
    kept = Deposit.objects.exclude(crate="", files_json=[])
    known = set()
    for crate, files in kept.values_list("crate", "files_json"):
        known |= {crate, *(item["sha256"] for item in files)}
    return known & set(digests)
