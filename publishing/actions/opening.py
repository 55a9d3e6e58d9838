"""Opening the repositories that the operator configured."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings

from publishing.actions.budget import BudgetGate
from publishing.adapters.repositories.factory import open_at
from publishing.adapters.repositories.port import Repository
from publishing.adapters.repositories.transport import Listener, silent
from publishing.adapters.repositories.workflowhub import nothing_packed
from publishing.domain.repositories import RepositorySettings
from publishing.errors import MisconfiguredError, UnknownRepositoryError
from publishing.models import Deposit, DepositEvent
from publishing.queries.deposits import wanted_files


def open_repository(
    name: str, deposit: Deposit | None = None, *, planned: Callable[[Any], None] | None = None
) -> Repository:
    """The repository of this name; what is sent for a deposit is told in its events.

    Args:
        name: as the operator configured it.
        deposit: the one that requests are made for.
        planned: makes it a dry run: nothing is sent, and this is told what would be.

    Raises:
        UnknownRepositoryError: the operator configured none of this name.
        TokenError: its token cannot be read.
    """
    chosen = settings_of(name)
    told = silent if deposit is None or planned else _listener(deposit)
    packed = partial(wanted_files, deposit) if deposit else nothing_packed
    return open_at(chosen, gate=BudgetGate(chosen), told=told, planned=planned, packed=packed)


def settings_of(name: str) -> RepositorySettings:
    """What the operator configured under this name; UnknownRepositoryError when nothing."""
    for known in settings.REPOSITORIES:
        if known.name == name:
            return known
    names = ", ".join(item.name for item in settings.REPOSITORIES) or "none but the shelf"
    raise UnknownRepositoryError(
        f"There is no repository {name[:40]!r} here; the operator configured {names}."
    )


def check_same_place(deposit: Deposit, there: Repository) -> None:
    """See that the settings do not say another place now than when the draft was made.

    Raises:
        MisconfiguredError: they do.
    """
    is_production = bool(getattr(there, "is_production", False))
    if deposit.remote_id and deposit.is_production != is_production:
        words = ("production", "a sandbox")
        was, now = words if deposit.is_production else words[::-1]
        raise MisconfiguredError(
            f"The draft {deposit.remote_id} was made when {deposit.repository} was {was}; its "
            f"settings now say {now}. Nothing was sent: give the other place another name."
        )


def _listener(deposit: Deposit) -> Listener:
    def told(method: str, path: str, status: int | None, words: str) -> None:
        DepositEvent.objects.create(
            deposit=deposit, step=deposit.state, method=method[:10], path=path[:300],
            status=status, words=words[:500],
        )  # fmt: skip

    return told
