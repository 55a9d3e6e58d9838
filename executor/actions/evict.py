"""Evicting products: what can be made again makes room when the store is over its budget.

The row says so before the bytes go, and both are looked at once more in between and afterwards: a
run that asks for the product, or makes it anew, at the same moment keeps it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from executor.domain.eviction import Candidate, choose
from executor.domain.states import ENDED, State
from executor.models import Output, Product, RunInput
from lib import holds, store

log = logging.getLogger(__name__)
GIGABYTE = 1000**3
DOWN_TO = 0.95  # of the budget, so that not every new product makes a round
ROUND_SECONDS = 60.0
SMALL_BYTES = 4096
NOTEBOOK_BYTES = 1_000_000
UPLOAD_STAYS = timedelta(days=30)
ORPHAN_STAYS = timedelta(days=1)
USED_STAYS = timedelta(minutes=10)

MayGo = Callable[[datetime], QuerySet[Product]]


def evict_products() -> int:
    """Bring the products back under the budget; returns how many bytes were freed.

    First goes what no run knows and nobody used for long (an upload for 30 days), then what is
    worth least (``executor.domain.eviction``). What is pinned, needed by a run that has not ended,
    a file of an entry, small, or not to be made again stays, even when the budget is exceeded.
    """
    store.sweep_incoming()
    now, until = timezone.now(), time.monotonic() + ROUND_SECONDS
    left = [Candidate(digest, size, 0, 0, 0) for digest, size in _sizes(abandoned(now))]
    freed = _evict_all(left, abandoned, until)
    freed += _evict_all(_cheapest(now, _excess()), replaceable, until)
    if freed:
        log.warning("evicted %d bytes of products; %d bytes are kept", freed, kept_bytes())
    return freed


def kept_bytes() -> int:
    """Bytes of all products that are kept."""
    total = Product.objects.filter(evicted_at=None).aggregate(sum=Sum("size"))["sum"]
    return int(total or 0)


def replaceable(now: datetime) -> QuerySet[Product]:
    """Products that nobody needs now and that their address would give again, equal.

    An executed notebook counts only when it is large: it says when it ran, so no second one is
    equal to it.
    """
    made = Output.objects.filter(product=OuterRef("pk"))
    answers = made.exclude(role="notebook").filter(
        run__state=State.FINISHED, run__version__is_deterministic=True
    )
    notebooks = Exists(made.filter(role="notebook")) & Q(size__gt=NOTEBOOK_BYTES)
    return _unneeded(now).filter(Exists(answers) | notebooks, size__gt=SMALL_BYTES)


def abandoned(now: datetime) -> QuerySet[Product]:
    """Uploads that fed no run and were not used for 30 days, and what was left without a run."""
    fed = RunInput.objects.filter(product=OuterRef("pk"))
    made = Output.objects.filter(product=OuterRef("pk"))
    uploads = ~Q(uploaded_by="") & Q(used_at__lt=now - UPLOAD_STAYS)
    orphans = Q(uploaded_by="", used_at__lt=now - ORPHAN_STAYS)
    return _unneeded(now).filter(uploads | orphans).exclude(Exists(fed)).exclude(Exists(made))


def _unneeded(now: datetime) -> QuerySet[Product]:
    given = RunInput.objects.filter(product=OuterRef("pk")).exclude(run__state__in=ENDED)
    going = RunInput.objects.exclude(run__state__in=ENDED).exclude(source=None)
    taken = Output.objects.filter(product=OuterRef("pk"), run__in=going.values("source"))
    known = Product.objects.filter(is_pinned=False, used_at__lt=now - USED_STAYS)
    return known.exclude(Exists(given)).exclude(Exists(taken))


def _excess() -> int:
    """How many bytes have to go; 0 while the budget holds."""
    budget, kept = settings.STORE_GB * GIGABYTE, kept_bytes()
    return int(kept - budget * DOWN_TO) if kept > budget else 0


def _cheapest(now: datetime, excess: int) -> list[Candidate]:
    """What is worth least and held by no app."""
    held: set[str] = set()
    while excess:
        free = (item for item in _candidates(now) if item.digest not in held)
        chosen = choose(free, excess)
        more = holds.held([item.digest for item in chosen])
        if not more:
            return chosen
        held |= more
    return []


def _candidates(now: datetime) -> Iterator[Candidate]:
    fields = ("digest", "size", "cost_seconds", "uses", "used_at")
    known = replaceable(now).filter(evicted_at=None).values_list(*fields)
    for digest, size, cost, uses, used_at in known.iterator():
        yield Candidate(digest, size, cost, uses, (now - used_at).total_seconds())


def _sizes(products: QuerySet[Product]) -> list[tuple[str, int]]:
    kept = list(products.filter(evicted_at=None).values_list("digest", "size"))
    held = holds.held([digest for digest, _size in kept])
    return [(digest, size) for digest, size in kept if digest not in held]


def _evict_all(chosen: list[Candidate], may_go: MayGo, until: float) -> int:
    freed = 0
    for item in chosen:
        if time.monotonic() > until:
            log.warning("eviction stopped after %d s; the next round goes on", ROUND_SECONDS)
            break
        freed += item.size if _evict(item.digest, may_go) else 0
    return freed


def _evict(digest: str, may_go: MayGo) -> bool:
    """Evict one product if it still may go; the row first, so that no answer is promised."""
    now = timezone.now()
    same = Product.objects.filter(pk=digest)
    if store.is_fresh(digest) or not may_go(now).filter(pk=digest, evicted_at=None).update(
        evicted_at=now
    ):
        return False
    # Who came between now finds the row marked and makes the product again; who came before is
    # seen here.
    if store.is_fresh(digest) or not may_go(now).filter(pk=digest, evicted_at=now).exists():
        same.filter(evicted_at=now).update(evicted_at=None)
        return False
    try:
        store.remove(digest)
    except Exception:
        same.filter(evicted_at=now).update(evicted_at=None)
        raise
    if not store.has(digest):
        # A run that kept the same bytes at this very moment has found ours: they are gone.
        same.filter(evicted_at=None).update(evicted_at=now)
    return True
