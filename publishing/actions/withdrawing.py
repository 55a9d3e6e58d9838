"""Withdrawing a release: its words stay, its crate is offered no more, its DOI is never taken."""

from django.db import transaction
from django.utils import timezone

from executor.domain.asker import SERVICE, Asker
from publishing.actions.drafting import held_release
from publishing.actions.owning import check_owner
from publishing.domain.letters import strange_letter
from publishing.errors import DraftError, FrozenError
from publishing.models import Release

REASON_AT_MOST = 1000


def withdraw_release(release: Release, reason: object, *, asker: Asker = SERVICE) -> Release:
    """Withdraw a frozen release; withdrawing it twice keeps the first moment and reason.

    Raises:
        NotYoursError, DraftingClosedError: the asker may not withdraw it.
        FrozenError: it is a draft still, which can be deleted.
        DraftError: the reason is none.
    """
    check_owner(release, asker)
    if release.frozen_at is None:
        raise FrozenError(f"The release {release.pk} is a draft: nobody has seen it, delete it.")
    if release.withdrawn_at is not None:
        return release
    text = _checked(reason)
    with transaction.atomic():
        held = held_release(release)
        if held.withdrawn_at is None:
            held.withdrawn_at, held.withdrawn_reason = timezone.now(), text
            held.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    return held


def _checked(reason: object) -> str:
    text = reason.replace("\r\n", "\n").strip() if isinstance(reason, str) else ""
    told = ""
    if not text:
        told = "Say why, in a sentence: its page keeps the reason for ever."
    elif len(text) > REASON_AT_MOST:
        told = f"The reason is longer than {REASON_AT_MOST} characters."
    elif strange := strange_letter(text, lines=True):
        told = f"The reason has {strange}: type it again without."
    if told:
        raise DraftError(told, errors={"reason": told})
    return text
