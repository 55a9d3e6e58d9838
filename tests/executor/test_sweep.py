"""Sweeping: what a dead worker held is queued again, what stands still is nudged."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from executor.actions import sweep_runs
from executor.actions.settle import NUDGES_AT_MOST
from executor.models import Run
from executor.tasks import sweep_runs as sweep_runs_task
from executor.tasks import work as work_task
from tests.factories import rows

pytestmark = pytest.mark.django_db
LOST = "The worker was lost before the run ended."
SECOND = timedelta(seconds=1)
TOKEN = "t" * 32


@pytest.fixture
def now(time_machine):
    # Leases go by the database's clock, which nobody can stop: the moment is the real one.
    time_machine.move_to(datetime.now(UTC), tick=False)
    return timezone.now()


@pytest.fixture
def swept(committed, sent):
    """Sweeps, and gives the runs that are to be worked on, of which the messages tell."""

    def sweep() -> list[int]:
        sent.clear()
        before = {run.pk: (run.state, run.nudged_at) for run in Run.objects.all()}
        with committed():
            number = sweep_runs()
        queued = Run.objects.filter(state="queued", nudged_at=timezone.now()).order_by("pk")
        nudged = [run.pk for run in queued if before[run.pk] != (run.state, run.nudged_at)]
        assert number == len(nudged)
        assert sent == [("executor.work",)] * min(number, NUDGES_AT_MOST)
        return nudged

    return sweep


def running(until, *, attempts: int = 1, **fields: object) -> Run:
    run = rows.RunFactory(state="running", token=TOKEN, lease_until=until, **fields)
    for number in range(1, attempts + 1):
        ended = {} if number == attempts else {"ended_at": until, "outcome": "queued"}
        rows.AttemptFactory(run=run, number=number, **ended)
    return run


def test_a_run_whose_worker_was_lost_is_queued_again_and_sent(now, swept, told):
    run = running(now - SECOND)

    assert swept() == [run.pk]

    run.refresh_from_db()
    attempt = run.attempts.get()
    assert (run.state, run.lease_until, run.stage, run.error_id) == ("queued", None, "", "")
    assert (attempt.outcome, attempt.error_id, attempt.error, attempt.ended_at) == (
        "lost", "executor:platform:worker-lost", LOST, now,
    )  # fmt: skip
    assert told == []


def test_a_run_whose_lease_holds_is_left_alone(now, swept):
    run = running(now + 10 * SECOND)

    assert swept() == []

    run.refresh_from_db()
    assert (run.state, run.attempts.get().outcome) == ("running", "")


def test_a_run_that_loses_its_worker_again_and_again_fails_visibly(now, swept, told, settings):
    settings.ATTEMPTS = 3
    run = running(now - SECOND, attempts=3)

    assert swept() == []

    run.refresh_from_db()
    assert (run.state, run.error_id, run.error, run.ended_at) == (
        "failed", "executor:platform:worker-lost", LOST, now,
    )  # fmt: skip
    assert [item.outcome for item in run.attempts.all()] == ["queued", "queued", "lost"]
    assert told == [run.pk]


def test_a_run_that_waits_for_data_is_tried_when_its_time_comes(now, swept):
    due = rows.RunFactory(state="waiting for data", try_after=now)
    rows.RunFactory(state="waiting for data", try_after=now + SECOND)

    assert swept() == [due.pk]


def test_a_fresh_run_is_not_nudged(now, swept):
    rows.RunFactory(nudged_at=now)
    rows.RunFactory(nudged_at=now - timedelta(seconds=14))

    assert swept() == []


def test_a_run_that_stood_still_is_nudged_every_fifteen_seconds(now, swept, time_machine):
    run = rows.RunFactory(nudged_at=now - timedelta(seconds=15))

    assert (swept(), swept()) == ([run.pk], [])

    time_machine.shift(timedelta(seconds=15))
    assert swept() == [run.pk]


def test_a_run_is_tried_again_after_the_pause_that_follows_a_fault(now, swept, time_machine):
    run = rows.RunFactory(nudged_at=now - timedelta(minutes=1), try_after=now + SECOND)
    assert swept() == []

    time_machine.shift(timedelta(seconds=15))
    assert (swept(), swept()) == ([run.pk], [])


@pytest.mark.parametrize("state", ["finished", "failed", "cancelled"])
def test_what_has_ended_is_not_sent(now, swept, state):
    past = now - timedelta(days=1)
    rows.RunFactory(state=state, nudged_at=past, try_after=past, lease_until=past)

    assert swept() == []


def test_a_sweep_takes_a_thousand_at_most_and_sends_eight_messages(now, swept, monkeypatch):
    old = now - timedelta(hours=1)
    template = rows.RunFactory.build(version=rows.VersionFactory(), nudged_at=old)
    fields = {"version": template.version, "environment": "e" * 64, "nudged_at": old}
    Run.objects.bulk_create(Run(address=f"{n:064x}", **fields) for n in range(1001))

    assert (len(swept()), len(swept())) == (1000, 1)


def test_two_sweeps_at_the_same_moment_give_up_a_lost_run_once(on_file, sent, settings):
    settings.ATTEMPTS = 3
    (run,) = on_file(lambda: running(timezone.now() - SECOND), 1)

    on_file(sweep_runs)

    def look() -> tuple[object, ...]:
        found = Run.objects.get(pk=run.pk)
        return found.state, [item.outcome for item in found.attempts.all()]

    assert on_file(look, 1) == [("queued", ["lost"])]


def test_the_tasks_do_what_their_names_say(now, sent, committed):
    running(now - SECOND)

    with committed():
        sweep_runs_task()

    assert [name for (name,) in sent] == ["executor.work"]
    assert work_task() is None
