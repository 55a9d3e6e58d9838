"""Depositing a release at a repository: look, then make one move, then write it down."""

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from lib.problem import ProblemError
from publishing.actions.doing import NOT_PACKED, Doing, put_off
from publishing.actions.holding import holding
from publishing.actions.moves import act
from publishing.actions.opening import check_same_place, open_repository
from publishing.adapters.repositories.port import Repository
from publishing.domain.depositing import AWAITED, AWAITED_FAILED, NO_DOI, Facts, next_move
from publishing.domain.remote import ABSENT
from publishing.domain.steps import ENDED, SHELF, Step
from publishing.domain.waiting import REST_AT_MOST, pause
from publishing.errors import (
    LostBytesError,
    LostHoldError,
    NotAnsweringError,
    UnchangedError,
    WaitForTurnError,
    WithdrawnError,
)
from publishing.models import Deposit
from publishing.queries.deposits import (
    ASKED,
    before,
    doi_for_crate,
    facts_of,
    previous_of,
    wanted_files,
)

log = logging.getLogger(__name__)
TRIES_AT_MOST = 60  # with pauses up to an hour: two days


def take_step(
    deposit_id: int, *, repository: Repository | None = None, now: datetime | None = None
) -> Deposit:
    """One look and one move; nothing when it rests, has ended, or is another worker's.

    What goes wrong is written down in the deposit, and not raised.

    Args:
        deposit_id: of the deposit.
        repository: where to; opened by its name when left out.
        now: the moment to decide by.
    """
    moment = now or timezone.now()
    with holding(deposit_id) as deposit:
        if deposit is not None and not _is_over(deposit) and not rests(deposit, moment):
            _step(deposit, repository, moment)
    return Deposit.objects.select_related("release").get(pk=deposit_id)


def carry_on(
    deposit_id: int, *, repository: Repository | None = None, now: datetime | None = None
) -> Deposit:
    """Take steps until the deposit has ended, waits for something, or is another worker's."""
    while True:
        deposit = take_step(deposit_id, repository=repository, now=now)
        moment = now or timezone.now()
        if deposit.holder or _is_over(deposit) or rests(deposit, moment):
            return deposit


def _is_over(deposit: Deposit) -> bool:
    return deposit.state in ENDED or deposit.repository == SHELF


def rests(deposit: Deposit, now: datetime) -> bool:
    """Whether nothing is to be done for it yet."""
    later = deposit.next_try_at
    return later is not None and now < later <= now + REST_AT_MOST


def _step(deposit: Deposit, given: Repository | None, now: datetime) -> None:
    doing = Doing(deposit, given, ABSENT, now)
    try:
        _look_and_act(doing)
    except LostHoldError:
        log.warning("deposit %s was taken over by another worker", deposit.pk)
    except ProblemError as error:
        _told(doing, error)
    except Exception as error:
        log.exception("deposit %s: an error that nobody thought of", deposit.pk)
        _told(doing, NotAnsweringError(f"{type(error).__name__}: see the log of the service."))


def _look_and_act(doing: Doing) -> None:
    there = doing.repository or open_repository(doing.deposit.repository, doing.deposit)
    doing, facts = _looked(replace(doing, repository=there))
    act(doing, next_move(facts, doing.seen, wanted_files(doing.deposit)))


def _told(doing: Doing, error: ProblemError) -> None:
    """Write down what went wrong; only what may go well later is tried again by itself."""
    with suppress(LostHoldError):
        if isinstance(error, NotAnsweringError):
            _try_later(doing, error)
        else:
            _fail(doing, error)


def _looked(doing: Doing) -> tuple[Doing, Facts]:
    """What there is to decide on: the rows, and what the repository tells at this moment."""
    deposit, there = doing.deposit, doing.there
    check_same_place(deposit, there)
    facts = _facts(doing)
    if facts.published and not facts.offers:
        return doing, facts
    if deposit.remote_id:
        return replace(doing, seen=there.look(deposit.remote_id)), facts
    last, facts = _with_what_is_before(deposit, there, facts)
    # The draft of a next version is found by asking for it again, any other one by its key.
    is_in_doubt = facts.create_sent_at is not None and (last is None or facts.vanished)
    seen = there.find(deposit.key) if is_in_doubt else ABSENT
    return replace(doing, seen=seen, last=last), facts


def _facts(doing: Doing) -> Facts:
    """What is written down; a doubt that a clock dated into the future begins anew."""
    deposit, now, there = doing.deposit, doing.now, doing.there
    if deposit.create_sent_at is not None and deposit.create_sent_at > now:
        doing.write(create_sent_at=now)
        deposit.create_sent_at = now
    communities = tuple(getattr(there, "communities", ()))
    facts = facts_of(deposit, now, mints=there.mints, communities=communities)
    if facts.publish_sent_at is None or facts.publish_sent_at <= now:
        return facts
    doing.tell(ASKED)
    return replace(facts, publish_sent_at=now)


def _with_what_is_before(
    deposit: Deposit, there: Repository, facts: Facts
) -> tuple[Deposit | None, Facts]:
    last, awaited = before(deposit)
    words = ""
    if awaited is not None:
        wording = AWAITED_FAILED if awaited.state == Step.FAILED else AWAITED
        words = wording.format(awaited.release.number, awaited.state)
    elif not there.mints and not doi_for_crate(deposit):
        words = NO_DOI
    if last is None or words:
        return last, replace(facts, awaited=words)
    seen = there.look(last.remote_id)
    return last, replace(facts, previous=previous_of(last, deposit.release, seen))


def _try_later(doing: Doing, error: NotAnsweringError) -> None:
    tries = doing.deposit.tries
    if isinstance(error, WaitForTurnError):  # nothing was tried
        put_off(doing, error.wait, error.detail)
    elif tries >= TRIES_AT_MOST:
        _fail(doing, error)
    else:
        put_off(doing, pause(tries, error.wait), error.detail, tries=tries + 1)


def _has_nothing_there(doing: Doing) -> bool:
    return not doing.deposit.remote_id and doing.deposit.create_sent_at is None


def _fail(doing: Doing, error: ProblemError) -> None:
    """Write down why it stopped; what leaves nothing behind was not wanted rather than failed."""
    if doing.deposit.published_at is not None:  # and stays so, whatever goes wrong afterwards
        put_off(doing, pause(doing.deposit.tries), error.detail, tries=doing.deposit.tries + 1)
        return
    is_needless = isinstance(error, UnchangedError | WithdrawnError) and _has_nothing_there(doing)
    lost = NOT_PACKED if isinstance(error, LostBytesError) else {}
    doing.write(
        error.detail, state=Step.ABANDONED if is_needless else Step.FAILED, error_id=error.id,
        error=error.detail, errors_json=error.errors, waits_for="", next_try_at=None, **lost,
    )  # fmt: skip
