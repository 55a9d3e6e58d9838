"""Quotas: what an asker may still use. What is known costs nothing and is never refused."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone

from executor.domain.asker import Asker
from executor.domain.states import State
from executor.errors import QueueFullError, QuotaError
from executor.models import Attempt, Output, Product, Run

DAY = timedelta(days=1)
GOING = (State.BLOCKED, State.QUEUED, State.RUNNING, State.WAITING)


def check_quota(asker: Asker, more: int) -> None:
    """Refuse ``more`` new runs when they would be too many for the service or for the asker.

    Raises:
        QueueFullError: more runs would wait than the service takes.
        QuotaError: the asker has used up what they may use.
    """
    waiting = Run.objects.filter(state__in=(State.QUEUED, State.BLOCKED)).count()
    if waiting + more > settings.QUEUE_AT_MOST:
        raise QueueFullError(
            f"{waiting:,} of at most {settings.QUEUE_AT_MOST:,} runs wait already: ask again later."
        )
    if not asker.name:
        return
    _check_pending(asker, more)
    _check_cpu(asker)
    _check_storage(asker)


def cpu_used(asker: str) -> float:
    """Processor seconds of the attempts of the last day."""
    since = timezone.now() - DAY
    spent = Attempt.objects.filter(run__asker=asker, started_at__gte=since)
    return float(spent.aggregate(sum=Sum("cpu_seconds"))["sum"] or 0.0)


def storage_used(asker: str) -> int:
    """Bytes of the products that are kept and were made for an asker, and of their uploads."""
    made = Output.objects.filter(run__asker=asker).values("product")
    mine = Q(pk__in=made) | Q(uploaded_by=asker) if asker else Q(pk__in=made)
    kept = Product.objects.filter(mine, evicted_at=None)
    return int(kept.aggregate(sum=Sum("size"))["sum"] or 0)


def _check_pending(asker: Asker, more: int) -> None:
    if asker.pending is None:
        return
    going = Run.objects.filter(asker=asker.name, state__in=GOING).count()
    if going + more > asker.pending:
        raise QuotaError(
            f"You have {going:,} runs that have not ended, and may have {asker.pending:,}; this "
            f"request would add {more:,}. Wait for some to end."
        )


def _check_cpu(asker: Asker) -> None:
    if asker.cpu_seconds is None:
        return
    used = cpu_used(asker.name)
    if used >= asker.cpu_seconds:
        raise QuotaError(
            f"Your runs used {used / 3600:.1f} of {asker.cpu_seconds / 3600:.1f} processor hours "
            "of the last 24 hours: ask again later. Known answers stay free."
        )


def _check_storage(asker: Asker) -> None:
    if asker.storage_bytes is None:
        return
    used = storage_used(asker.name)
    if used >= asker.storage_bytes:
        raise QuotaError(
            f"Products made for you take {used / 1e9:.1f} of {asker.storage_bytes / 1e9:.1f} GB: "
            "ask again when some have been cleared away. Known answers stay free."
        )
