"""Sweeping: what stands still is sent again, what a dead worker held is queued again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from executor.actions.claim import expired, ready
from executor.actions.settle import settle, tell_after_commit, wake_workers
from executor.adapters import worker
from executor.domain.states import OVER, State
from executor.models import Attempt, Run, RunInput

NUDGE_AFTER = timedelta(seconds=15)
AT_ONCE = 1000
LOST = "The worker was lost before the run ended."


def sweep_runs() -> int:
    """Queue again what was lost, settle what stands still; returns how many are to be worked on."""
    now = timezone.now()
    for run in Run.objects.filter(expired(), state=State.RUNNING):
        _give_up(run, expired())
    for run in _orphans():
        _give_up(run, Q())
    _restart_waiting(now)
    settle(_standing())
    # A nudge that lies in the future was written before the clock was set back.
    standing = Q(nudged_at__lte=now - NUDGE_AFTER) | Q(nudged_at__gt=now + NUDGE_AFTER)
    chosen = Run.objects.filter(standing, ready(), state=State.QUEUED).order_by("due_at")[:AT_ONCE]
    sent = Run.objects.filter(pk__in=list(chosen.values_list("pk", flat=True))).update(
        nudged_at=now
    )
    wake_workers(sent)
    return sent


def _restart_waiting(now: datetime) -> None:
    """What waits for data is tried again after its pause, in its old place of the queue."""
    Run.objects.filter(state=State.WAITING, try_after__lte=now).update(
        state=State.QUEUED, nudged_at=now - NUDGE_AFTER
    )


def _standing() -> list[int]:
    """Runs whose sources have all finished, or one of them has failed, and nobody told them."""
    sources = RunInput.objects.filter(run=OuterRef("pk"), source__isnull=False)
    over = sources.filter(source__state__in=OVER)
    going = sources.exclude(source__state=State.FINISHED)
    blocked = Run.objects.filter(Exists(over) | ~Exists(going), state=State.BLOCKED)
    return list(blocked.values_list("pk", flat=True)[:AT_ONCE])


def _orphans() -> list[Run]:
    """Runs whose worker was a process of this machine and is gone: no lease is waited for."""
    here = Attempt.objects.filter(ended_at=None, worker__startswith=worker.host())
    held = here.filter(run__state=State.RUNNING).select_related("run")
    return [attempt.run for attempt in held if worker.is_gone(attempt.worker)]


def _give_up(run: Run, when: Q) -> None:
    """Take a run from who holds it, while that is still so."""
    now = timezone.now()
    attempts = run.attempts.filter(ended_at=None)
    again = run.tries() < settings.ATTEMPTS
    state = State.QUEUED if again else State.FAILED
    lost = Run.objects.filter(when, pk=run.pk, token=run.token, state=State.RUNNING)
    fault = (
        {}
        if again
        else {"error_id": "executor:platform:worker-lost", "error": LOST, "ended_at": now}
    )
    # One transaction, or the attempt of whoever claims the run next would be called lost too.
    with transaction.atomic():
        if not lost.update(
            state=state, lease_until=None, stage="", try_after=now,
            nudged_at=now - NUDGE_AFTER, **fault,
        ):  # fmt: skip
            return
        attempts.update(
            ended_at=now, outcome="lost", error_id="executor:platform:worker-lost", error=LOST
        )
        if not again:
            tell_after_commit(run.pk)
