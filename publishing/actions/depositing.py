"""Depositing a frozen release with this service itself."""

import logging
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from executor.models import Run
from lib import digest, store
from lib.problem import ProblemError
from lib.queue import enqueue
from publishing.actions.drafting import words_of
from publishing.actions.freezing import freeze_release, read_run
from publishing.actions.holding import holding
from publishing.domain.steps import SHELF, Step, doi_of, doi_of_concept, standing
from publishing.errors import LostBytesError
from publishing.models import Deposit, Release
from publishing.queries import release_crate
from publishing.queries.deposits import due

log = logging.getLogger(__name__)
CARRY_ON = "publishing.carry_on"


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
    if deposit.published_at is None:
        with holding(deposit.pk):  # so that no sweep packs it too; who asked does it in any case
            _take_steps(deposit)
    return deposit


def _take_steps(deposit: Deposit) -> None:
    try:
        while (step := standing(**deposit.reached())) is not Step.PUBLISHED:
            STEPS[step](deposit)
            deposit.refresh_from_db()
    except ProblemError as error:
        _fail(deposit, error)
        raise


def release_run(run: Run, *, title: str = "") -> Deposit:
    """Release one run by itself; the same run again gives the same release and DOI.

    Raises:
        ChecklistError: the run has not finished, or its workflow names no people or licence.
    """
    read_run(run)
    with transaction.atomic():
        words = words_of(run, title, "", None, "")
        release, new = Release.objects.get_or_create(sole_run=run, defaults=words)
        if new:
            release.runs.add(run)
        freeze_release(release)
    return deposit_on_shelf(release)


def resume_deposits() -> int:
    """Go on with what was left half-way; returns how many ended here or were given to a worker."""
    done = 0
    for deposit in due(timezone.now()):
        if deposit.repository != SHELF:
            enqueue(CARRY_ON, deposit.pk)
        elif not _is_shelved(deposit):
            continue  # why not is written down in the deposit, where its people see it
        done += 1
    return done


def _is_shelved(deposit: Deposit) -> bool:
    try:
        deposit_on_shelf(deposit.release)
    except ProblemError:
        return False
    except Exception:  # one that goes wrong keeps no other from going on
        log.exception("deposit %s: an error that nobody thought of", deposit.pk)
        return False
    return True


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
    with transaction.atomic():
        mine.update(state=Step.PUBLISHED, published_at=timezone.now(), **NO_FAULT)
        _name_concept(deposit.release)


def _name_concept(release: Release) -> None:
    """Give all versions on the shelf the DOI of their concept, as soon as there is a second."""
    shelved = Deposit.objects.filter(
        release__concept=release.concept_id, repository=SHELF, published_at__isnull=False
    )
    if shelved.count() > 1:
        shelved.update(concept_doi=doi_of_concept(settings.DOI_PREFIX, release.concept_id))


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
