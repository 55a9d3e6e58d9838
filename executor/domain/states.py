"""The states of a run and the steps allowed between them."""

from enum import StrEnum


class State(StrEnum):
    """Where a run stands."""

    BLOCKED = "waiting for inputs"
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting for data"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({State.FINISHED, State.FAILED, State.CANCELLED})
OVER = (State.FAILED, State.CANCELLED)
"""Ended without an answer."""
STEPS: dict[State, frozenset[State]] = {
    State.BLOCKED: frozenset({State.QUEUED, State.FINISHED, State.FAILED, State.CANCELLED}),
    State.QUEUED: frozenset({State.RUNNING, State.BLOCKED, State.CANCELLED}),
    State.RUNNING: frozenset(
        {State.FINISHED, State.FAILED, State.CANCELLED, State.WAITING, State.QUEUED}
    ),
    State.WAITING: frozenset({State.QUEUED, State.RUNNING, State.CANCELLED}),
    State.FINISHED: frozenset({State.QUEUED, State.BLOCKED}),  # its products were evicted
    State.FAILED: frozenset({State.QUEUED, State.BLOCKED}),
    State.CANCELLED: frozenset({State.QUEUED, State.BLOCKED}),
}


def before(state: State) -> tuple[State, ...]:
    """The states from which a run may step into this one."""
    return tuple(origin for origin, targets in STEPS.items() if state in targets)
