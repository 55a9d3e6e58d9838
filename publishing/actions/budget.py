"""The budget of a repository: one bucket of requests that all workers take from."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from publishing.domain.bucket import Bucket
from publishing.domain.repositories import RepositorySettings
from publishing.errors import WaitForTurnError
from publishing.models import Budget

PATIENCE = 3.0
"""Seconds that a worker sleeps for its turn; for longer the deposit rests instead."""
TRIES = 100
CLOSED_AT_MOST = timedelta(hours=2)
"""No repository is left alone for longer at its own request."""
SKEW = timedelta(minutes=1)
"""By so much the clocks of workers may differ."""


class BudgetGate:
    """The gate of one repository, kept in its row; see ``transport.Gate``.

    A request takes a token by one conditional update, so that no two workers take the same.
    """

    def __init__(
        self,
        settings: RepositorySettings,
        *,
        now: Callable[[], datetime] = timezone.now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = settings.name
        self._bucket = Bucket(settings.per_minute)
        self._now = now
        self._sleep = sleep

    def take(self) -> None:
        """Wait for a place.

        Raises:
            WaitForTurnError: it takes longer than a worker should sleep; nothing was sent.
        """
        for _ in range(TRIES):
            wait = self._try()
            if wait == 0:
                return
            # One token is always slept for: a step takes several, and would else never be done.
            if wait > max(PATIENCE, self._bucket.wait(0.0)):
                break
            self._sleep(wait)
        raise WaitForTurnError(
            f"{self._name} may be sent no more requests for {max(wait, 1):.0f} s.",
            wait=max(wait, 1.0),
        )

    def close(self, seconds: float) -> None:
        """Let nobody through for so long; an earlier request for a longer pause stands."""
        until = self._now() + timedelta(seconds=seconds)
        self._row()
        rows = Budget.objects.filter(repository=self._name)
        rows.exclude(closed_until__gte=until).update(
            closed_until=until, filled_at=until, tokens=0.0
        )

    def _try(self) -> float:
        """Take a token: 0 when there was one, else seconds until there may be."""
        now, row = self._now(), self._row()
        if row.closed_until is not None and now < row.closed_until <= now + CLOSED_AT_MOST:
            return (row.closed_until - now).total_seconds()
        if row.filled_at > now + SKEW:  # written before the clock was set back
            self._same(row).update(filled_at=now, closed_until=None)
            return SHORT
        filled = self._bucket.filled(row.tokens, (now - row.filled_at).total_seconds())
        if wait := self._bucket.wait(filled):
            return wait
        taken = self._same(row).update(tokens=filled - 1, filled_at=max(now, row.filled_at))
        return 0 if taken else SHORT

    def _same(self, row: Budget) -> QuerySet[Budget]:
        """The row, as long as nobody has changed it."""
        return Budget.objects.filter(
            repository=self._name, tokens=row.tokens, filled_at=row.filled_at,
            closed_until=row.closed_until,
        )  # fmt: skip

    def _row(self) -> Budget:
        full = {"tokens": float(self._bucket.size), "filled_at": self._now()}
        return Budget.objects.get_or_create(repository=self._name, defaults=full)[0]


SHORT = 0.01
"""Seconds until another try, when another worker took the token."""
