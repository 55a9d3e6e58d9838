"""Sweeping: what stands still is sent again, what a dead worker held is queued again."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from executor.actions.request import START
from executor.domain.states import State
from executor.models import Run
from executor.signals import run_ended
from lib.queue import enqueue

NUDGE_AFTER = timedelta(seconds=60)
LOST = "The worker was lost before the run ended."


def sweep_runs() -> int:
    """Queue again what was lost and nudge what stands still; returns how many were sent."""
    now = timezone.now()
    for run in Run.objects.filter(state=State.RUNNING, lease_until__lt=now):
        _give_up(run)
    retry = Q(state=State.WAITING, try_after__lte=now)
    standing = Q(state=State.QUEUED, nudged_at__lte=now - NUDGE_AFTER)
    due = Q(state=State.QUEUED, try_after__lte=now, nudged_at__lt=F("try_after"))
    chosen = list(Run.objects.filter(retry | standing | due).values_list("pk", flat=True)[:1000])
    Run.objects.filter(pk__in=chosen).update(nudged_at=now)
    for pk in chosen:
        enqueue(START, pk)
    return len(chosen)


def _give_up(run: Run) -> None:
    now = timezone.now()
    attempts = run.attempts.filter(ended_at=None)
    again = run.tries() < settings.ATTEMPTS
    state = State.QUEUED if again else State.FAILED
    lost = Run.objects.filter(pk=run.pk, token=run.token, state=State.RUNNING, lease_until__lt=now)
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
            transaction.on_commit(partial(run_ended.send, Run, run_id=run.pk), robust=True)
