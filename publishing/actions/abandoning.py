"""Taking a deposit back before it is published: its draft is deleted, if it is our own."""

from django.utils import timezone

from publishing.actions.asking import BUSY, NOTHING_THERE
from publishing.actions.doing import PROGRESS
from publishing.actions.holding import holding
from publishing.actions.opening import check_same_place, open_repository
from publishing.adapters.repositories.port import Repository
from publishing.domain.remote import Remote, Stage
from publishing.domain.steps import Step
from publishing.domain.waiting import LAG
from publishing.errors import BadDepositError, ForeignDraftError, NotAnsweringError
from publishing.models import Deposit, DepositEvent
from publishing.queries.deposits import before, older_keys, was_asked


def abandon_deposit(deposit: Deposit, *, repository: Repository | None = None) -> Deposit:
    """Take a deposit back before it is published: its draft is deleted, if it is our own.

    Raises:
        BadDepositError: a worker is at it, or it is published.
        ForeignDraftError: the draft there is not ours.
        NotAnsweringError: whether there is a draft cannot be told yet; ask again later.
    """
    with holding(deposit.pk) as mine:
        if mine is None:
            raise BadDepositError(BUSY)
        if mine.published_at is not None:
            raise BadDepositError(PUBLISHED)
        if mine.remote_id or mine.create_sent_at:
            _clear_away(mine, repository or open_repository(mine.repository, mine))
        _take_back(mine)
    deposit.refresh_from_db()
    return deposit


def _clear_away(deposit: Deposit, there: Repository) -> None:
    check_same_place(deposit, there)
    try:
        _delete_draft(deposit, there)
    except NotAnsweringError as error:
        _hold_back(deposit, error)
        raise


def _hold_back(deposit: Deposit, error: NotAnsweringError) -> None:
    """Keep workers from publishing meanwhile what somebody wants to take back."""
    Deposit.objects.filter(pk=deposit.pk).update(
        state=Step.FAILED, error_id=error.id, error=f"{TAKEN_BACK} {error.detail}"
    )


def _take_back(deposit: Deposit) -> None:
    Deposit.objects.filter(pk=deposit.pk).update(
        **NOTHING_THERE | PROGRESS | {"error": "Somebody took it back."}, state=Step.ABANDONED
    )
    DepositEvent.objects.create(deposit=deposit, words="taken back; there is no draft")


def _delete_draft(deposit: Deposit, there: Repository) -> None:
    seen = _ours(deposit, there)
    if seen.stage is Stage.PUBLISHED:
        raise BadDepositError(PUBLISHED)
    if seen.stage is Stage.DRAFT:
        there.abandon(seen)


def _ours(deposit: Deposit, there: Repository) -> Remote:
    """Our own draft: by the id that was written down, or by its key where no answer came."""
    if deposit.remote_id:
        seen = there.look(deposit.remote_id)
        if seen.stage is Stage.ABSENT and was_asked(deposit):  # published, and not to be seen?
            seen = there.find(deposit.key)
        return _with_our_key(deposit, seen)
    return _with_our_key(deposit, _in_doubt(deposit, there))


def _with_our_key(deposit: Deposit, seen: Remote) -> Remote:
    if seen.stage is Stage.DRAFT and seen.key not in _keys(deposit):
        raise ForeignDraftError(f"The draft {seen.id} does not carry our key: it stays.")
    return seen


def _keys(deposit: Deposit) -> set[str]:
    """The keys that our own draft may carry; one without any is deleted only after another."""
    last, _awaited = before(deposit)
    return {deposit.key} if last is None else {deposit.key, *older_keys(deposit)}


def _in_doubt(deposit: Deposit, there: Repository) -> Remote:
    last, _awaited = before(deposit)
    if last is not None:  # asking again gives the draft that was asked for, and it can be deleted
        return there.new_version(last.remote_id)
    seen = there.find(deposit.key)
    over = (deposit.create_sent_at or timezone.now()) + LAG
    if seen.stage is Stage.ABSENT and timezone.now() < over:
        raise NotAnsweringError(
            f"A draft was asked for, and no answer came: abandon it after {over:%H:%M} UTC, when "
            "it is sure to be found if it was made."
        )
    return seen


TAKEN_BACK = "It was to be taken back, which is not done yet: abandon it again."
PUBLISHED = "It is published, and a DOI is for ever: withdraw the release instead."
