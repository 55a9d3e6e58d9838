"""A nudge is sent after the commit, and its loss is no harm."""

import logging

import pytest
from celery import current_app, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

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


@pytest.mark.parametrize("error", [OperationalError("no broker"), ConnectionRefusedError()])
def test_a_broker_that_is_away_is_only_logged(committed, monkeypatch, caplog, error):
    def delay(*_arguments):
        raise error

    monkeypatch.setattr(current_app.tasks["tests.listen"], "delay", delay)
    with caplog.at_level(logging.WARNING), committed():
        enqueue("tests.listen", 7)
    assert caplog.messages == [
        "the broker did not take tests.listen(7,); the next sweep will find it"
    ]


def test_a_task_nobody_knows_is_a_fault_of_ours(committed):
    with pytest.raises(KeyError), committed():
        enqueue("tests.unknown")
