"""Trying a run again that failed or was cancelled, with all that it still needs."""

from executor.actions.again import ask_again
from executor.actions.request import Requested
from executor.domain.asker import SERVICE, Asker
from executor.domain.states import State
from executor.errors import RunNotOverError
from executor.models import Run


def retry_run(run: Run, *, asker: Asker = SERVICE) -> Requested:
    """Ask once more for a run that failed or was cancelled.

    It is asked for as the whole request that it answers: runs that fed it and failed are tried
    again too, and what is known is not.

    Raises:
        RunNotOverError: it has not failed and was not cancelled.
        QueueFullError, QuotaError: it would be too much; nothing was written.
    """
    if run.state not in (State.FAILED, State.CANCELLED):
        raise RunNotOverError(f"The run is {run.state}: there is nothing to try again.")
    return ask_again(run, asker=asker)
