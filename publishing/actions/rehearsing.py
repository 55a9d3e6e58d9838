"""A dry run: every request that a deposit would send, told and not sent; nothing is written."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from executor.models import Product
from lib import holds, store
from publishing.actions.asking import AFRESH, NOTHING_THERE, check_new
from publishing.actions.freezing import freeze_release
from publishing.actions.opening import open_repository
from publishing.actions.stepping import rests, take_step
from publishing.adapters.repositories.port import Repository
from publishing.domain.steps import ENDED
from publishing.models import Deposit, Release
from publishing.queries.deposits import wanted_files

STEPS_AT_MOST = 300


def rehearse_deposit(
    release: Release, repository_name: str, planned: Callable[[Any], None]
) -> Deposit:
    """Tell what a deposit would send from its beginning to its end, if nothing goes wrong.

    Rows are written in a transaction that is taken back, and files that the store did not have
    before are removed again. A deposit that is published would send nothing.

    Args:
        release: what would be deposited.
        repository_name: where.
        planned: is given each request.

    Raises:
        UnknownRepositoryError, ChecklistError, UnchangedError, BadDepositError: as it would.
    """
    there = open_repository(repository_name, planned=planned)
    with transaction.atomic():
        deposit = _blank(release, repository_name)
        if deposit.published_at is None:
            deposit = _play(deposit, there)
        transaction.set_rollback(True)
    _let_go(item.sha256 for item in wanted_files(deposit))
    return deposit


def _blank(release: Release, name: str) -> Deposit:
    known = Deposit.objects.filter(release=release, repository=name).first()
    if known is not None and known.published_at is not None:
        return known
    deposit = known or Deposit(release=release, repository=name)
    check_new(deposit)
    freeze_release(release)
    deposit.save()
    blank = {"create_sent_at": None, "holder": "", "held_until": None}
    Deposit.objects.filter(pk=deposit.pk).update(**AFRESH | NOTHING_THERE | blank)
    return deposit


def _play(deposit: Deposit, there: Repository) -> Deposit:
    now = timezone.now()
    for _ in range(STEPS_AT_MOST):
        deposit = take_step(deposit.pk, repository=there, now=now)
        if deposit.state in ENDED or (rests(deposit, now) and not deposit.create_sent_at):
            break
        now = max(now, deposit.next_try_at or now)
    return deposit


def _let_go(names: Iterable[str]) -> None:
    """Take out of the store again what was packed, unless it is there for another reason."""
    packed = set(names)
    products = Product.objects.filter(pk__in=packed).values_list("pk", flat=True)
    for name in packed - holds.held(packed) - set(products):
        store.remove(name)
