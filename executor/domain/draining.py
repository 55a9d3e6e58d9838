"""Which site takes a run: by rank, with room, and not one that fails one run after the other."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from executor.domain.sites import Site

FAILURES = 3  # in a row, of the platform, until a site is drained
FIRST_PAUSE = timedelta(minutes=1)
GROWTH = 5  # of the pause from failure to failure: 1, 5, 25 minutes
LONGEST_PAUSE = timedelta(hours=2)
BY_OPERATOR = datetime(9999, 1, 1, tzinfo=UTC)
"""Drained until then: until the operator opens it."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a site has behaved lately.

    Attributes:
        failures: attempts that the platform failed there, in a row.
        drained_until: it takes no runs before; None when it does.
        reason: why it is drained, or what failed there last.
        changed_at: when it failed, was drained or opened last.
        running: attempts that are there now.
    """

    failures: int = 0
    drained_until: datetime | None = None
    reason: str = ""
    changed_at: datetime = BEGINNING
    running: int = 0

    def is_open(self, now: datetime) -> bool:
        """Whether it takes runs."""
        return self.drained_until is None or self.drained_until <= now

    @property
    def is_held(self) -> bool:
        """Whether the operator drained it."""
        return self.drained_until == BY_OPERATOR


def chosen(
    sites: Iterable[Site],
    conditions: Mapping[str, Condition],
    now: datetime,
    avoid: Collection[str] = (),
) -> Site | None:
    """The site for a run; None when there is no room anywhere now.

    Those that are open go by rank. When all are drained, the one that was drained least recently
    is tried: it may have recovered, and otherwise nothing would run. What the operator drained is
    never tried.

    Args:
        sites: the configured ones.
        conditions: name → condition; a site without one has never failed.
        now: the moment.
        avoid: sites that failed this very run before; they come last.
    """
    known = [(site, conditions.get(site.name, Condition())) for site in sites]
    known.sort(key=lambda pair: (pair[0].name in avoid, pair[0].rank))
    ready = [pair for pair in known if pair[1].is_open(now)]
    if not ready:
        drained = [pair for pair in known if not pair[1].is_held]
        ready = sorted(drained, key=lambda pair: pair[1].changed_at)[:1]
    for site, condition in ready:
        if site.runs is None or condition.running < site.runs:
            return site
    return None


def after_failure(
    condition: Condition, reason: str, *, started: datetime, now: datetime
) -> Condition:
    """The condition after the platform failed an attempt that started there at some moment.

    What had started before the site was drained says nothing new: ten runs that fail together
    are one fault, not ten.
    """
    if condition.is_held or (not condition.is_open(now) and started <= condition.changed_at):
        return condition
    failures = condition.failures + 1
    until = now + pause(failures) if failures >= FAILURES else None
    return replace(condition, failures=failures, drained_until=until, reason=reason, changed_at=now)


def pause(failures: int) -> timedelta:
    """For how long a site is drained after so many failures in a row.

    >>> [pause(failures).seconds // 60 for failures in (3, 4, 5, 6, 60)]
    [1, 5, 25, 120, 120]
    """
    steps = min(failures - FAILURES, 10)
    return min(FIRST_PAUSE * int(GROWTH**steps), LONGEST_PAUSE)


def after_success(condition: Condition, now: datetime) -> Condition:
    """The condition after an attempt went well there, as far as the site is concerned."""
    if condition.is_held or not condition.failures:
        return condition
    return Condition(changed_at=now, running=condition.running)
