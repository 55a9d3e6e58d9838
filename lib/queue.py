"""The queue, seen from actions: a nudge by name, sent after the rows it speaks of are there."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue(name: str, *arguments: int | str) -> None:
    """Send a task's name and arguments once the current transaction is committed.

    A message that cannot be sent is no harm: the row is the queue and a sweep finds it.
    """
    transaction.on_commit(partial(_send, name, arguments))


def _send(name: str, arguments: tuple[int | str, ...]) -> None:
    try:
        current_app.tasks[name].delay(*arguments)
    except (OperationalError, OSError):
        log.warning("the broker did not take %s%r; the next sweep will find it", name, arguments)
