"""Recovering: what an earlier start of the service was doing when it ended."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from executor.actions.sweep import sweep_runs
from executor.adapters import folders, worker
from executor.domain.states import State
from executor.models import INTERRUPTED, Attempt, Run

PAST = timedelta(minutes=2)


def recover_runs() -> int:
    """Queue again what this machine was running, and try what waits for data; returns how many.

    Only to be called while no worker of this machine is alive. An attempt that ended because
    the service was stopped is no fault of the platform: it does not count among its tries.
    """
    now = timezone.now()
    with transaction.atomic():
        held = Attempt.objects.filter(ended_at=None, worker__startswith=worker.host())
        runs = Run.objects.filter(state=State.RUNNING, attempts__in=held)
        Run.objects.filter(pk__in=list(runs.values_list("pk", flat=True))).update(
            state=State.QUEUED, stage="", lease_until=None, nudged_at=now - PAST
        )
        held.update(ended_at=now, outcome=INTERRUPTED)
        Run.objects.filter(state=State.QUEUED).update(nudged_at=now - PAST)
        Run.objects.filter(state=State.QUEUED).update(try_after=None)
        Run.objects.filter(state=State.WAITING).update(try_after=now)
    for left in (settings.DATA_DIR / "work").glob("*"):
        folders.remove(left)
    return sweep_runs()
