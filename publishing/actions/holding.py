"""Holding a deposit: one worker at a time acts on it, and a dead one's hold ends."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from executor.queries import worker_is_gone, worker_name
from publishing.domain.waiting import LEASE
from publishing.models import Deposit

log = logging.getLogger(__name__)
HEARTBEAT = 45.0  # seconds; a step that takes longer extends its lease so often
HOLDER_LENGTH = 60


@contextmanager
def holding(deposit_id: int) -> Iterator[Deposit | None]:
    """Hold a deposit as long as the block lasts; None when somebody else holds it.

    A hold ends with its block, with the process that has it when that was seen from here, or when
    nobody extended it for :data:`LEASE`.
    """
    name = worker_name()[-HOLDER_LENGTH:]
    if not _take(deposit_id, name):
        yield None
        return
    over = threading.Event()
    threading.Thread(target=_extend, args=(deposit_id, name, over), daemon=True).start()
    try:
        yield Deposit.objects.select_related("release__concept").get(pk=deposit_id)
    finally:
        over.set()
        mine = Deposit.objects.filter(pk=deposit_id, holder=name)
        mine.update(holder="", held_until=None)


def _take(deposit_id: int, name: str) -> bool:
    now = timezone.now()
    row = Deposit.objects.filter(pk=deposit_id)
    holder = row.values_list("holder", flat=True).first() or ""
    # A lease that ends later than any can was written before the clock was set back.
    free = Q(holder="") | Q(held_until__lt=now) | Q(held_until__gt=now + 2 * LEASE)
    if worker_is_gone(holder):
        free |= Q(holder=holder)
    return bool(row.filter(free).update(holder=name, held_until=now + LEASE))


def _extend(deposit_id: int, name: str, over: threading.Event) -> None:
    """Extend the hold until it is over; runs beside the step, on a connection of its own."""
    try:
        while not over.wait(HEARTBEAT):
            if not _is_extended(deposit_id, name):
                return
    finally:
        connection.close()


def _is_extended(deposit_id: int, name: str) -> bool:
    """Extend the hold once; a database that is busy is no reason to give it up."""
    try:
        mine = Deposit.objects.filter(pk=deposit_id, holder=name)
        return bool(mine.update(held_until=timezone.now() + LEASE))
    except DatabaseError:
        log.warning("the hold of deposit %s could not be extended now", deposit_id)
        connection.close()
        return True
