"""Depositing a frozen release with this service itself."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from executor.models import Run
from lib import digest, store
from lib.problem import ProblemError
from publishing.actions.drafting import freeze_release, words_of
from publishing.domain.steps import SHELF, Step, doi_of, standing
from publishing.errors import LostBytesError
from publishing.models import Deposit, Release
from publishing.queries import release_crate, unfinished


def deposit_on_shelf(release: Release) -> Deposit:
    """Deposit a release with this service itself, from wherever an earlier try was left.

    Every step is written down when it is done, and doing one twice gives the same: killed
    anywhere and called again, there is one deposit with one DOI.

    Raises:
        ChecklistError: the release misses something that it must have.
        UnsafeNameError: a file has a name that has no place in a crate.
        LostBytesError: the store lacks bytes of it.
    """
    freeze_release(release)
    deposit, _new = Deposit.objects.get_or_create(release=release, repository=SHELF)
    try:
        while (step := standing(**deposit.reached())) is not Step.PUBLISHED:
            STEPS[step](deposit)
            deposit.refresh_from_db()
    except ProblemError as error:
        _fail(deposit, error)
        raise
    return deposit


def release_run(run: Run, *, title: str = "") -> Deposit:
    """Release one run by itself; the same run again gives the same release and DOI.

    Raises:
        ChecklistError: the run has not finished, or its workflow names no people or licence.
    """
    with transaction.atomic():
        words = words_of(run, title, "", None, "")
        release, new = Release.objects.get_or_create(sole_run=run, defaults=words)
        if new:
            release.runs.add(run)
        freeze_release(release)
    return deposit_on_shelf(release)


def resume_deposits() -> int:
    """Go on with the deposits that were left half-way; returns how many came to their end."""
    done = 0
    for deposit in unfinished():
        try:
            deposit_on_shelf(deposit.release)
        except ProblemError:
            continue  # written down in the deposit, where its people see it
        done += 1
    return done


def _reserve(deposit: Deposit) -> None:
    """Give the deposit its DOI; it follows from the release, so there is never a second one."""
    Deposit.objects.filter(pk=deposit.pk, doi=None).update(
        doi=doi_of(settings.DOI_PREFIX, deposit.release_id),
        state=Step.RESERVED,
        reserved_at=timezone.now(),
        **NO_FAULT,
    )


def _pack(deposit: Deposit) -> None:
    """Make the crate and keep it; the same release and DOI give the same bytes."""
    with tempfile.NamedTemporaryFile(prefix="reprise-crate-") as handle:
        handle.writelines(release_crate(deposit.release, str(deposit.doi)))
        handle.flush()
        crate, size = store.put_file(Path(handle.name))
    Deposit.objects.filter(pk=deposit.pk, crate="").update(
        crate=crate, crate_size=size, state=Step.PACKED, packed_at=timezone.now(), **NO_FAULT
    )


def _publish(deposit: Deposit) -> None:
    """Read the kept crate back, and only then let the DOI lead to it."""
    mine = Deposit.objects.filter(pk=deposit.pk, published_at=None)
    if not _is_kept(deposit):
        mine.update(crate="", crate_size=0)
        raise LostBytesError("The store did not keep the crate: ask again, and it is packed anew.")
    mine.update(state=Step.PUBLISHED, published_at=timezone.now(), **NO_FAULT)


def _is_kept(deposit: Deposit) -> bool:
    try:
        found = digest.of_chunks(store.chunks(deposit.crate))
    except FileNotFoundError:
        return False
    return found == (deposit.crate, deposit.crate_size)


def _fail(deposit: Deposit, error: ProblemError) -> None:
    Deposit.objects.filter(pk=deposit.pk, published_at=None).update(
        state=Step.FAILED, error_id=error.id, error=error.detail
    )


NO_FAULT = {"error_id": "", "error": ""}
STEPS = {Step.DRAFTED: _reserve, Step.RESERVED: _pack, Step.PACKED: _publish}
