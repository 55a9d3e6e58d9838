"""The queue, seen from actions: a nudge by name, sent after the rows it speaks of are there.

Nudges are sent by a thread of their own: a broker that hangs holds up nobody's request. What is
lost with the process, or does not fit, is no harm: the row is the queue and a sweep finds it.
"""

import atexit
import logging
import os
import queue
import threading
import time
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
UNSENT_AT_MOST = 10_000
PATIENCE = 2.0  # seconds that the end of a process waits for the broker
Message = tuple[str, tuple[int | str, ...]]


class _Sender:
    """A thread that sends what it is given, one for each process."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.unsent: queue.Queue[Message] = queue.Queue(UNSENT_AT_MOST)
        threading.Thread(target=self._send_all, name="nudges", daemon=True).start()
        atexit.register(self.finish)

    def give(self, message: Message) -> None:
        try:
            self.unsent.put_nowait(message)
        except queue.Full:
            log.warning("%s%r was not sent; the next sweep will find it", *message)

    def finish(self) -> None:
        """Let what was given go out before the process ends: a command ends right after asking."""
        until = time.monotonic() + PATIENCE
        while (
            os.getpid() == self.process
            and self.unsent.unfinished_tasks
            and time.monotonic() < until
        ):
            time.sleep(0.01)

    def _send_all(self) -> None:
        while True:
            name, arguments = self.unsent.get()
            _publish(name, arguments)
            self.unsent.task_done()


_lock = threading.Lock()
_senders: list[_Sender] = []


def enqueue(name: str, *arguments: int | str) -> None:
    """Send a task's name and arguments once the current transaction is committed."""
    transaction.on_commit(partial(_send, name, arguments))


def _send(name: str, arguments: tuple[int | str, ...]) -> None:
    if current_app.conf.task_always_eager:
        current_app.tasks[name].delay(*arguments)
    else:
        _sender().give((name, arguments))


def _sender() -> _Sender:
    with _lock:
        if not _senders or _senders[-1].process != os.getpid():  # a fork has no threads
            _senders[:] = [_Sender()]
        return _senders[-1]


def _publish(name: str, arguments: tuple[int | str, ...]) -> None:
    try:
        current_app.tasks[name].delay(*arguments)
    except (OperationalError, OSError):
        log.warning("the broker did not take %s%r; the next sweep will find it", name, arguments)
    except Exception:
        log.exception("%s%r was not sent; the next sweep will find it", name, arguments)
