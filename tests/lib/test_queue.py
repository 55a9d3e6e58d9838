"""A nudge is sent after the commit, by a thread that holds up nobody; its loss is no harm."""

import logging
import threading

import pytest
from celery import current_app, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from lib import queue
from lib.queue import enqueue

pytestmark = pytest.mark.django_db

heard: list[tuple] = []


@shared_task(name="tests.listen")
def listen(*arguments):
    heard.append(arguments)


@pytest.fixture(autouse=True)
def _quiet():
    heard.clear()


def test_a_task_is_sent_after_the_commit(committed):
    with committed() as callbacks:
        enqueue("tests.listen", 7, "abc")
        assert heard == []
    assert (len(callbacks), heard) == (1, [(7, "abc")])


def test_what_is_rolled_back_sends_nothing(committed):
    with committed(), transaction.atomic():
        enqueue("tests.listen", 7)
        transaction.set_rollback(True)
    assert heard == []


def test_a_task_nobody_knows_is_a_fault_of_ours(committed):
    with pytest.raises(KeyError), committed():
        enqueue("tests.unknown")


# With a broker: nudges are sent by a thread of their own.


@pytest.fixture
def broker(monkeypatch, committed):
    """Sends as in production, and gives what the broker is to do with a message."""
    monkeypatch.setitem(current_app.conf, "task_always_eager", 0)
    monkeypatch.setattr(queue, "_senders", [])
    return lambda deliver: monkeypatch.setattr(current_app.tasks["tests.listen"], "delay", deliver)


def sent(committed, *arguments):
    with committed():
        enqueue("tests.listen", *arguments)
    return queue._senders[-1]


def test_a_nudge_is_sent_by_a_thread_of_its_own(committed, broker):
    threads = []
    broker(lambda *_given: threads.append(threading.current_thread().name))

    sent(committed, 7).unsent.join()

    assert threads == ["nudges"]


@pytest.mark.parametrize("error", [OperationalError("no broker"), ConnectionRefusedError()])
def test_a_broker_that_is_away_is_only_logged(committed, broker, caplog, error):
    def refuse(*_arguments):
        raise error

    broker(refuse)
    with caplog.at_level(logging.WARNING):
        sent(committed, 7).unsent.join()
    assert caplog.messages == [
        "the broker did not take tests.listen(7,); the next sweep will find it"
    ]


def test_a_broker_that_fails_in_its_own_way_does_not_end_the_thread(committed, broker, caplog):
    calls = []

    def fail_once(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise ZeroDivisionError

    broker(fail_once)
    with caplog.at_level(logging.ERROR):
        sent(committed, 1)
        sent(committed, 2).unsent.join()
    assert calls == [(1,), (2,)]
    assert caplog.messages == ["tests.listen(1,) was not sent; the next sweep will find it"]


def test_a_broker_that_hangs_holds_up_nobody(committed, broker):
    go_on = threading.Event()
    broker(lambda *_given: go_on.wait(20))

    sender = sent(committed, 1)
    sent(committed, 2)

    # Both came back although neither message has been taken.
    assert sender.unsent.unfinished_tasks == 2
    go_on.set()
    sender.unsent.join()


def test_what_does_not_fit_is_dropped_and_logged(committed, broker, monkeypatch, caplog):
    go_on, taken = threading.Event(), threading.Event()
    monkeypatch.setattr(queue, "UNSENT_AT_MOST", 1)

    def hang(*_given):
        taken.set()
        go_on.wait(20)

    broker(hang)
    with caplog.at_level(logging.WARNING):
        sender = sent(committed, 1)
        assert taken.wait(20)
        sent(committed, 2)
        sent(committed, 3)
    assert caplog.messages == ["tests.listen(3,) was not sent; the next sweep will find it"]
    go_on.set()
    sender.unsent.join()


def test_a_fork_gets_a_thread_of_its_own(committed, broker, monkeypatch):
    broker(lambda *_given: None)
    first = sent(committed, 1)
    first.unsent.join()
    monkeypatch.setattr("lib.queue.os.getpid", lambda: first.process + 1)

    second = sent(committed, 2)
    second.unsent.join()

    assert second is not first
    assert queue._senders == [second]
