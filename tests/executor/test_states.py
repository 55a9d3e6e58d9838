"""The states of a run and the steps between them."""

from executor.domain.states import ENDED, STEPS, State, before
from executor.models import Run


def test_every_state_is_known_to_the_table_and_to_the_steps():
    assert set(Run.States.values) == {state.value for state in State} == set(STEPS)


def test_a_run_starts_from_the_queue_or_after_waiting_for_data():
    assert before(State.RUNNING) == (State.QUEUED, State.WAITING)


def test_only_a_running_run_finishes_or_fails():
    assert before(State.FINISHED) == before(State.FAILED) == (State.RUNNING,)


def test_what_failed_or_was_cancelled_may_be_queued_again():
    assert before(State.QUEUED) == (State.RUNNING, State.WAITING, State.FAILED, State.CANCELLED)


def test_a_finished_run_stays_finished():
    assert STEPS[State.FINISHED] == frozenset()


def test_three_states_are_ends():
    assert {State.FINISHED, State.FAILED, State.CANCELLED} == ENDED
