"""Eviction: which products are worth least to keep, when the store grows over its budget.

The worth of a product is what it takes to make it again, times how much it is used, by its size:
``cost * (1 + uses * 2^(-idle / half-life)) / size``, in seconds a byte.
"""

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass

HALF_LIFE_SECONDS = 30 * 24 * 3600.0
"""After how long without a use the uses of a product count half."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product whose bytes could be made again.

    Attributes:
        digest: its name.
        size: its bytes.
        cost_seconds: what it took to make it.
        uses: how often it was used, roughly.
        idle_seconds: how long ago that was last.
        is_pinned: it was published, or somebody needs it now: it stays.
    """

    digest: str
    size: int
    cost_seconds: float
    uses: int
    idle_seconds: float
    is_pinned: bool = False


def worth(candidate: Candidate) -> float:
    """Seconds a byte that keeping the product saves; below zero for nothing."""
    half_lives = max(0.0, candidate.idle_seconds) / HALF_LIFE_SECONDS
    faded = candidate.uses * math.exp2(-half_lives)
    return max(0.0, candidate.cost_seconds) * (1.0 + faded) / max(1, candidate.size)


def choose(candidates: Iterable[Candidate], excess: int) -> list[Candidate]:
    """The products worth least that together have at least ``excess`` bytes, least first.

    No more are chosen than that takes; fewer bytes only when there are no more candidates. Of
    equal worth the one not used for longest goes first. Never more is held in memory than is
    chosen, however many candidates there are.
    """
    if excess <= 0:
        return []
    dearest: list[tuple[float, float, str, Candidate]] = []
    total = 0
    for candidate in candidates:
        if candidate.is_pinned or candidate.size <= 0:
            continue
        heapq.heappush(dearest, _backwards(candidate))
        total += candidate.size
        while total - dearest[0][3].size >= excess:
            total -= heapq.heappop(dearest)[3].size
    return [item[3] for item in sorted(dearest, reverse=True)]


def _backwards(candidate: Candidate) -> tuple[float, float, str, Candidate]:
    """A key by which the heap gives the candidate worth most first."""
    return (-worth(candidate), candidate.idle_seconds, candidate.digest, candidate)
