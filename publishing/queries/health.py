"""How every deposit stands, and what each repository may still be sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from publishing.domain.bucket import Bucket
from publishing.domain.health import Health, Seen, health_of
from publishing.domain.repositories import RepositorySettings
from publishing.domain.steps import SHELF, Step
from publishing.errors import UnknownDepositError
from publishing.models import Budget, Deposit

OVER = frozenset({Step.RESOLVES, Step.ABANDONED})


@dataclass(frozen=True, slots=True)
class Stand:
    """A deposit with how it stands.

    Attributes:
        since: when its state was reached.
    """

    deposit: Deposit
    since: datetime
    health: Health


@dataclass(frozen=True, slots=True)
class Left:
    """What a repository may still be sent.

    Attributes:
        name: of the repository.
        url: its address.
        is_production: whether what is published there is for ever.
        requests: that may be sent at once.
        per_minute: that may be sent in a minute.
        closed_until: it asked for a pause; None when it did not.
    """

    name: str
    url: str
    is_production: bool
    requests: int
    per_minute: int
    closed_until: datetime | None


def deposits() -> QuerySet[Deposit]:
    """All deposits: what failed first, then what is on its way, then the rest; newest first."""
    rank = Case(
        When(state=Step.FAILED, then=Value(0)),
        When(state__in=OVER, then=Value(2)),
        When(repository=SHELF, state=Step.PUBLISHED, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return Deposit.objects.select_related("release").order_by(rank, "-created_at", "-pk")


def going(rows: QuerySet[Deposit]) -> QuerySet[Deposit]:
    """Those that are not over."""
    return rows.exclude(state__in=OVER).exclude(repository=SHELF, state=Step.PUBLISHED)


def deposit_numbered(number: int) -> Deposit:
    """The deposit of this number.

    Raises:
        UnknownDepositError: there is none.
    """
    found = Deposit.objects.select_related("release").filter(pk=number).first()
    if found is None:
        raise UnknownDepositError(f"There is no deposit {number}; /deposits/ lists what there is.")
    return found


def stands(rows: Iterable[Deposit], now: datetime | None = None) -> list[Stand]:
    """How these deposits stand at a moment; now when it is left out."""
    moment = now or timezone.now()
    return [stand_of(row, moment) for row in rows]


def public_stands(rows: Iterable[Deposit]) -> list[Stand]:
    """The same for everybody: what a repository said of a release that is not public stays out.

    It may name people. Their owner reads it on the release's own page. On a service that only its
    own machine reaches, everybody is its one person.
    """
    found = stands(rows)
    for stand in found:
        if stand.deposit.published_at is None and not settings.LOOPBACK:
            stand.deposit.error, stand.deposit.errors_json = "", {}
    return found


def stand_of(deposit: Deposit, now: datetime) -> Stand:
    """How a deposit stands."""
    since = since_when(deposit)
    seen = Seen(
        now=now,
        repository=deposit.repository,
        state=deposit.state,
        since=since,
        doi=deposit.doi or "",
        error_id=deposit.error_id,
        waits_for=deposit.waits_for,
        next_try_at=deposit.next_try_at,
        tries=deposit.tries,
        is_held=bool(deposit.holder and deposit.held_until and deposit.held_until > now),
    )
    return Stand(deposit, since, health_of(seen))


def since_when(deposit: Deposit) -> datetime:
    """When the last step was done."""
    stamps = (
        deposit.created_at, deposit.reserved_at, deposit.packed_at, deposit.uploaded_at,
        deposit.published_at, deposit.resolved_at,
    )  # fmt: skip
    return max(stamp for stamp in stamps if stamp is not None)


def budgets() -> list[Left]:
    """What each repository of the settings may still be sent."""
    rows = {row.repository: row for row in Budget.objects.all()}
    return [_left(chosen, rows.get(chosen.name)) for chosen in settings.REPOSITORIES]


def _left(chosen: RepositorySettings, row: Budget | None) -> Left:
    bucket, now, closed = Bucket(chosen.per_minute), timezone.now(), None
    tokens = float(bucket.size)
    if row is not None:
        tokens = bucket.filled(row.tokens, (now - row.filled_at).total_seconds())
        closed = row.closed_until if row.closed_until and row.closed_until > now else None
    requests = 0 if closed else int(tokens)
    return Left(
        chosen.name, chosen.url, chosen.production, requests, chosen.per_minute, closed
    )  # fmt: skip
