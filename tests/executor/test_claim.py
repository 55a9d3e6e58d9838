"""Whose run goes first, and who has enough under way."""

from datetime import UTC, datetime, timedelta

import pytest

from executor.actions.claim import claim_next
from executor.domain.priority import Priority, due_at
from executor.models import Account, Run
from tests.factories import rows

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def queued(priority=Priority.INTERACTIVE, asked=THEN, **fields):
    return rows.RunFactory(priority=priority, due_at=due_at(asked, priority), **fields)


def claimed():
    found = []
    while attempt := claim_next():
        found.append(attempt.run)
    return found


def test_the_most_urgent_goes_first():
    bulk, bot, landing, interactive = (
        queued(priority) for priority in sorted(Priority, reverse=True)
    )

    assert claimed() == [interactive, landing, bot, bulk]


def test_of_equals_the_first_to_ask_goes_first():
    later, sooner = queued(asked=THEN + MINUTE), queued(asked=THEN)

    assert claimed() == [sooner, later]


def test_who_waited_long_enough_comes_before_anybody():
    interactive = queued(asked=THEN + timedelta(minutes=61))
    bulk = queued(Priority.BULK, asked=THEN)

    assert claimed() == [bulk, interactive]


def test_a_run_in_its_pause_is_passed_over(time_machine):
    time_machine.move_to(THEN, tick=False)
    queued(try_after=THEN + timedelta(seconds=1))
    ready = queued(asked=THEN + MINUTE, try_after=THEN)

    assert claimed() == [ready]


def test_a_pause_that_ends_too_late_was_written_before_the_clock_was_set_back(time_machine):
    time_machine.move_to(THEN, tick=False)
    run = queued(try_after=THEN + timedelta(hours=5))

    assert claimed() == [run]


@pytest.mark.parametrize(
    "state", ["waiting for inputs", "waiting for data", "finished", "failed", "cancelled"]
)
def test_only_what_is_queued_is_claimed(state):
    queued(state=state)

    assert claimed() == []


def test_an_account_has_as_many_runs_at_a_time_as_it_may(settings):
    settings.ANONYMOUS_RUNS = 1
    Account.objects.create(name="ada", token_digest="a" * 64, concurrent=2)
    hers = [queued(asker="account:ada") for _number in range(3)]
    his = [queued(asker="anonymous:b", asked=THEN + MINUTE) for _number in range(2)]
    ours = [queued(asker="", asked=THEN + 2 * MINUTE) for _number in range(3)]

    assert claimed() == [*hers[:2], his[0], *ours]


def test_the_next_run_of_an_asker_goes_when_one_has_ended(settings):
    settings.ANONYMOUS_RUNS = 1
    first, second = (queued(asker="anonymous:b") for _number in range(2))
    assert claimed() == [first]

    Run.objects.filter(pk=first.pk).update(state="finished")

    assert claimed() == [second]


def test_twenty_runs_claimed_by_eight_at_once_go_to_one_each(on_file):
    on_file(lambda: rows.RunFactory.create_batch(20), 1)
    (keys,) = on_file(lambda: list(Run.objects.order_by("pk").values_list("pk", flat=True)), 1)

    claims = on_file(lambda: [run.pk for run in claimed()])

    assert sorted(pk for mine in claims for pk in mine) == keys
