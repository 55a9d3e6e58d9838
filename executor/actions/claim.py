"""Claiming: one conditional update decides who gets a run; everybody else is told no."""

import logging
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils import timezone

from executor.adapters import folders, worker
from executor.domain.sites import LOCAL
from executor.domain.states import State, before
from executor.models import Account, Attempt, Run

log = logging.getLogger(__name__)
ACCOUNT = "account:"
LONGEST_PAUSE = timedelta(minutes=2)  # of a queued run
ROOM_NEEDED = 64 * 1024 * 1024
LOOKED_AT = 8  # of the most urgent, in case others claim them first


def lease() -> Combinable:
    """Until when a run is held, by the database's clock: hosts need not agree on the time."""
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


def expired() -> Q:
    """Leases that have run out, or that end so late that the clock must have been set back."""
    most = Now() + timedelta(seconds=2 * settings.LEASE_SECONDS)
    return Q(lease_until__lt=Now()) | Q(lease_until__gt=most)


def ready() -> Q:
    """Runs whose pause is over, or ends so late that the clock must have been set back."""
    now = timezone.now()
    return Q(try_after=None) | Q(try_after__lte=now) | Q(try_after__gt=now + LONGEST_PAUSE)


def claim(run_id: int) -> Attempt | None:
    """Claim a run; None when it is not to be had (claimed, ended, unknown)."""
    token, now = secrets.token_hex(16), timezone.now()
    with transaction.atomic():
        claimed = Run.objects.filter(pk=run_id, state__in=before(State.RUNNING)).update(
            state=State.RUNNING, token=token, started_at=now, ended_at=None, error="", error_id="",
            stage="starting", done=0, lease_until=lease(),
        )  # fmt: skip
        if not claimed:
            return None
        run = Run.objects.select_related("version__workflow").get(pk=run_id)
        number = run.attempts.count() + 1
        site = "" if settings.SITES else LOCAL.name  # which one, is decided when it is prepared
        return Attempt.objects.create(run=run, number=number, worker=worker.name(), site=site)


def claim_next() -> Attempt | None:
    """Claim the most urgent run that may start now; None when there is none.

    A worker whose disk is full claims nothing: it would only fail one run after the other.
    Who has as many runs under way as they may have waits, whatever the urgency.
    """
    if not folders.has_room(settings.DATA_DIR, ROOM_NEEDED):
        log.warning("less than %d MB are free in %s", ROOM_NEEDED >> 20, settings.DATA_DIR)
        return None
    while chosen := list(_next()[:LOOKED_AT]):
        for pk in chosen:
            attempt = claim(pk)
            if attempt is not None:
                return attempt
    return None


def _next() -> QuerySet[Run, int]:
    waiting = Run.objects.filter(ready(), state=State.QUEUED).exclude(asker__in=_busy())
    return waiting.order_by("due_at", "pk").values_list("pk", flat=True)


def _busy() -> Iterable[str]:
    """Askers with as many runs under way as they may have."""
    under_way = Run.objects.filter(state=State.RUNNING).exclude(asker="").order_by()
    counts = dict(under_way.values_list("asker").annotate(count=Count("pk")))
    if not counts:
        return []
    names = [name.removeprefix(ACCOUNT) for name in counts if name.startswith(ACCOUNT)]
    known = Account.objects.filter(name__in=names).values_list("name", "concurrent")
    allowed = {f"{ACCOUNT}{name}": most for name, most in known}
    return [
        name
        for name, count in counts.items()
        if count >= allowed.get(name, settings.ANONYMOUS_RUNS)
    ]
