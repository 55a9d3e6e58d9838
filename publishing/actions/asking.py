"""Asking for deposits: begin one, try one again. Nothing waits for a repository."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from executor.domain.asker import Asker
from lib.queue import enqueue
from publishing.actions.depositing import CARRY_ON, deposit_on_shelf
from publishing.actions.doing import NOT_PACKED, PROGRESS
from publishing.actions.freezing import freeze_release
from publishing.actions.holding import holding
from publishing.actions.opening import open_repository, settings_of
from publishing.actions.owning import check_owner
from publishing.domain.depositing import SAME
from publishing.domain.lasting import is_lasting
from publishing.domain.names import new_key
from publishing.domain.steps import SHELF, Step
from publishing.errors import (
    BadDepositError,
    DraftGoneError,
    MisconfiguredError,
    UnchangedError,
    WithdrawnError,
)
from publishing.models import Concept, Deposit, DepositEvent, Release
from publishing.queries.deposits import RETRIED, before, content_of, later_there, was_asked
from publishing.queries.drafts import limits, size_of

GIGABYTE = 1000**3
AFRESH = PROGRESS | {"state": Step.DRAFTED, "uploaded_at": None}
NOTHING_THERE = NOT_PACKED | {
    "remote_id": "", "remote_parent": "", "remote_url": "", "doi": None, "concept_doi": "",
    "reserved_at": None,
}  # fmt: skip


def check_may_deposit(asker: Asker, release: Release, repository_name: str) -> None:
    """See that somebody may publish a release; a run by itself anybody may bring to the shelf.

    Raises:
        DraftingClosedError: the operator takes nothing from them.
        NotYoursError: the release is somebody else's.
    """
    if repository_name != SHELF or release.sole_run_id is None:
        check_owner(release, asker)


def check_repository(name: str) -> None:
    """Ask a repository whether token, address and prefix fit together.

    Raises:
        UnknownRepositoryError, TokenError, MisconfiguredError, NotAnsweringError: they do not, or
            it cannot be told now.
    """
    open_repository(name).check()


def begin_deposit(release: Release, repository_name: str) -> Deposit:
    """Write down that a release shall be at a repository, and nudge a worker; sends nothing.

    Asked again it gives the same deposit. One that was abandoned begins anew.

    Raises:
        UnknownRepositoryError: the operator configured none of this name.
        ChecklistError: the release misses something that it must have.
        WithdrawnError, UnchangedError, BadDepositError: it has no place there.
    """
    if repository_name == SHELF:
        return _begin_here(release)
    settings_of(repository_name)
    with transaction.atomic():
        Concept.objects.select_for_update().get(pk=release.concept_id)
        deposit = Deposit.objects.filter(release=release, repository=repository_name).first()
        if deposit is None or deposit.state == Step.ABANDONED:
            deposit = _begin(
                release, deposit or Deposit(release=release, repository=repository_name)
            )
        enqueue(CARRY_ON, deposit.pk)
    return deposit


def _begin_here(release: Release) -> Deposit:
    if not release.deposits.filter(repository=SHELF).exists():
        check_new(Deposit(release=release, repository=SHELF))
    return deposit_on_shelf(release)


def _begin(release: Release, deposit: Deposit) -> Deposit:
    check_new(deposit)
    freeze_release(release)
    if deposit.pk is None:
        deposit.save()
        return deposit
    left = Deposit.objects.filter(pk=deposit.pk, state=Step.ABANDONED)
    left.update(**AFRESH | NOTHING_THERE, create_sent_at=None, key=new_key())
    deposit.refresh_from_db()
    return deposit


def check_new(deposit: Deposit) -> None:
    """See that a release has a place at a repository; raises as :func:`begin_deposit`."""
    release = deposit.release
    if release.withdrawn_at is not None:
        raise WithdrawnError("The release was withdrawn: it is not published anywhere any more.")
    later = later_there(deposit)
    if later is not None:
        raise BadDepositError(
            f"Version {later.release.number} of it is at {deposit.repository} already: an older "
            "one cannot come after it."
        )
    _check_address(deposit.repository)
    _check_one_doi(deposit)
    last, _awaited = before(deposit)
    if last is not None and content_of(last.release) == content_of(release):
        raise UnchangedError(SAME.format(last.release.number, last.doi))
    check_size(deposit)


def check_size(deposit: Deposit) -> None:
    """See that a repository takes so many bytes in one record; BadDepositError when not."""
    most = {item.repository: item.size for item in limits()}.get(deposit.repository)
    size = size_of(deposit.release)
    if most is not None and size > most:
        told = f"Its products are {size / GIGABYTE:.1f} GB; one record takes {most / GIGABYTE:.0f}."
        raise BadDepositError(f"{told} Release fewer runs.", errors={"runs": told})


def _check_address(name: str) -> None:
    """See that a record which is for ever does not lead to a machine that only we can reach."""
    lasting = {item.name for item in settings.REPOSITORIES if item.production}
    if name in lasting and not is_lasting(settings.PUBLIC_URL):
        raise MisconfiguredError(
            f"A record at {name} is for ever and would lead to {settings.PUBLIC_URL}, which others "
            "cannot reach: the operator sets REPRISE_URL to the lasting address of this service."
        )


def _check_one_doi(deposit: Deposit) -> None:
    """See that a release gets no second DOI that is for ever: a copy has the DOI of the first."""
    lasting = {item.name for item in settings.REPOSITORIES if item.production and item.prefix}
    if deposit.repository not in lasting:
        return
    there = deposit.release.deposits.filter(repository__in=lasting - {deposit.repository})
    other = there.exclude(state=Step.ABANDONED).first()
    if other is not None:
        raise BadDepositError(
            f"The release is at {other.repository}, or on its way there: another repository would "
            "give the same thing a second DOI."
        )


def retry_deposit(deposit: Deposit) -> Deposit:
    """Let a deposit go on that failed or rests; whoever asks mended what stood in the way.

    Raises:
        BadDepositError: a worker is at it.
    """
    with holding(deposit.pk) as mine:
        if mine is None:
            raise BadDepositError(BUSY)
        if mine.published_at is not None:
            Deposit.objects.filter(pk=mine.pk).update(next_try_at=None)
        elif mine.state != Step.ABANDONED:
            # A draft that somebody deleted there is looked for by its key once more.
            gone = _gone(mine) if mine.error_id == DraftGoneError.id else {}
            Deposit.objects.filter(pk=mine.pk).update(**AFRESH | gone)
            DepositEvent.objects.create(deposit=mine, words=RETRIED)
    enqueue(CARRY_ON, deposit.pk)
    deposit.refresh_from_db()
    return deposit


def _gone(deposit: Deposit) -> dict[str, Any]:
    """What is known of a draft that is gone; was it published, its record may only be unseen."""
    doubt = {"create_sent_at": timezone.now()} if was_asked(deposit) else {}
    return NOTHING_THERE | doubt


BUSY = "A worker is at this deposit right now: look again in a minute."
