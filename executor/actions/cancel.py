"""Asking a run to stop, and with it what only feeds it."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from executor.actions.settle import tell_after_commit
from executor.domain.states import State
from executor.errors import RunEndedError
from executor.models import Run, RunInput

WAITING = (State.BLOCKED, State.QUEUED, State.WAITING)
GOING = (*WAITING, State.RUNNING)


def cancel_run(run: Run) -> Run:
    """Ask a run to stop: one that waits is cancelled at once, one that runs within a second.

    Runs that only feed it, and that nobody else wants, are cancelled with it.

    Raises:
        RunEndedError: it has ended already.
    """
    with transaction.atomic():
        done = _cancel(run.pk)
        for pk in _only_for(run) if done else ():
            _cancel(pk)
    run.refresh_from_db()
    if not done:
        raise RunEndedError(f"The run is {run.state} already, so there is nothing to cancel.")
    return run


def _cancel(pk: int) -> bool:
    stopped = Run.objects.filter(pk=pk, state__in=WAITING).update(
        state=State.CANCELLED, stage="", ended_at=timezone.now()
    )
    if stopped:
        tell_after_commit(pk)
        return True
    return bool(Run.objects.filter(pk=pk, state=State.RUNNING).update(cancel_asked=True))


def _only_for(run: Run) -> list[int]:
    """Unfinished runs upstream of a run that nobody wants for themselves or for another run."""
    found: list[int] = []
    level = [run.pk]
    while level:
        gone = [run.pk, *found]
        wanted = RunInput.objects.filter(Q(run__state__in=GOING), source=OuterRef("pk")).exclude(
            run__in=gone
        )
        feeding = Run.objects.filter(
            ~Exists(wanted), state__in=GOING, feeds__run__in=level, is_wanted=False
        ).exclude(pk__in=gone)
        level = list(feeding.order_by().distinct().values_list("pk", flat=True))
        found += level
    return found
