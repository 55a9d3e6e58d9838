"""What an earlier start was doing is taken up again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executor.actions import recover_runs
from executor.adapters import worker
from executor.models import INTERRUPTED, Run
from tests.factories.rows import AttemptFactory, RunFactory

pytestmark = pytest.mark.django_db


def test_a_run_of_this_machine_is_queued_again_and_the_try_does_not_count():
    run = RunFactory(state=Run.States.RUNNING, lease_until=timezone.now())
    attempt = AttemptFactory(run=run, worker=worker.name())

    assert recover_runs() == 1

    run.refresh_from_db()
    attempt.refresh_from_db()
    assert (run.state, run.lease_until) == ("queued", None)
    assert (attempt.outcome, attempt.ended_at is None) == (INTERRUPTED, False)
    assert run.tries() == 0


def test_a_run_of_another_machine_is_left_to_it():
    soon = timezone.now() + timedelta(seconds=30)
    run = RunFactory(state=Run.States.RUNNING, lease_until=soon)
    AttemptFactory(run=run, worker="elsewhere")

    assert recover_runs() == 0

    run.refresh_from_db()
    assert run.state == "running"


def test_what_waits_for_data_is_tried_at_once():
    RunFactory(state=Run.States.WAITING, try_after=timezone.now() + timedelta(hours=1))

    assert recover_runs() == 1


def test_work_folders_that_were_left_are_removed(settings):
    left = settings.DATA_DIR / "work" / "left"
    left.mkdir(parents=True)
    (left / "half").write_text("written")

    recover_runs()

    assert not left.exists()
