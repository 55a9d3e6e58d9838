"""Accounts of people whom the operator knows: what they may use, and the token that names them."""

import secrets
from dataclasses import dataclass

from django.core.validators import validate_slug
from django.db import transaction

from executor.errors import UnknownAccountError
from executor.models import Account
from lib import digest

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Share:
    """What an account may use; None leaves it as it is, or at the usual for a new one.

    Attributes:
        concurrent: runs at a time.
        cpu_hours_a_day: processor hours of the last 24 hours.
        storage_gb: gigabytes of products made for it and still kept.
        fan_out: products given to one input as a list.
    """

    concurrent: int | None = None
    cpu_hours_a_day: float | None = None
    storage_gb: float | None = None
    fan_out: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An account, and its token when it is a new one; it cannot be shown again."""

    account: Account
    token: str = ""


@transaction.atomic
def open_account(name: str, share: Share, *, new_token: bool = False) -> Opened:
    """Make an account, or change what a known one may use.

    Only the digest of the token is kept. A new token makes the old one worthless.

    Raises:
        ValidationError: the name is more than letters, digits, hyphens and underscores.
    """
    validate_slug(name)
    known = Account.objects.select_for_update().filter(name=name).first()
    account = known or Account(name=name)
    token = secrets.token_urlsafe(TOKEN_BYTES) if new_token or known is None else ""
    if token:
        account.token_digest = digest.of_bytes(token.encode())
    for field in ("concurrent", "cpu_hours_a_day", "storage_gb", "fan_out"):
        value = getattr(share, field)
        if value is not None:
            setattr(account, field, value)
    account.save()
    return Opened(account, token)


def close_account(name: str) -> None:
    """Remove an account; its token is nobody's from now on, and its runs stay.

    Raises:
        UnknownAccountError: there is none of this name.
    """
    removed, _kinds = Account.objects.filter(name=name).delete()
    if not removed:
        raise UnknownAccountError(f"There is no account {name[:60]!r}.")
