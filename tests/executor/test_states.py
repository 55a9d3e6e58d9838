"""The states of a run and the steps between them."""

from executor.domain.states import ENDED, STEPS, State, before
from executor.models import Run


def test_every_state_is_known_to_the_table_and_to_the_steps():
    assert set(Run.States.values) == {state.value for state in State} == set(STEPS)


def test_a_run_starts_from_the_queue_or_after_waiting_for_data():
    assert before(State.RUNNING) == (State.QUEUED, State.WAITING)


def test_a_run_finishes_or_fails_while_it_runs_or_while_it_waits_for_inputs():
    # Early cut-off and a failed input end a run that never ran.
    assert before(State.FINISHED) == before(State.FAILED) == (State.BLOCKED, State.RUNNING)


def test_a_run_is_queued_once_its_inputs_are_there_and_again_after_it_ended():
    assert before(State.QUEUED) == (
        State.BLOCKED, State.RUNNING, State.WAITING, State.FINISHED, State.FAILED, State.CANCELLED,
    )  # fmt: skip


def test_a_finished_run_is_only_ever_made_again():
    assert STEPS[State.FINISHED] == {State.QUEUED, State.BLOCKED}


def test_three_states_are_ends():
    assert {State.FINISHED, State.FAILED, State.CANCELLED} == ENDED
