"""Who may draft releases, and change, freeze, continue or withdraw one."""

from django.conf import settings

from executor.domain.asker import OPERATOR, Asker
from lib.problem import ProblemError
from publishing.errors import DraftingClosedError, FrozenError, NotYoursError
from publishing.models import Release

ACCOUNT = "account:"
ANYBODY = ""


def owner_of(asker: Asker) -> str:
    """Whose the drafts of an asker are.

    Whoever reaches a service that only its own machine reaches is its one person: what is drafted
    there without an account is anybody's.

    Raises:
        DraftingClosedError: the asker may not draft releases here.
    """
    if asker.name == OPERATOR or asker.name.startswith(ACCOUNT):
        return asker.name
    if settings.REGISTRATION != "open":
        raise DraftingClosedError(
            "The operator of this service takes releases from accounts alone: send your token, "
            "or ask for one."
        )
    return ANYBODY if settings.LOOPBACK else asker.name


def check_owner(release: Release, asker: Asker) -> None:
    """See that a release is the asker's.

    Raises:
        DraftingClosedError: the asker may not draft releases here.
        NotYoursError: it is somebody else's.
    """
    if asker.name == OPERATOR:
        return
    owner = owner_of(asker)
    if release.owner == owner:
        return
    if release.owner == ANYBODY and settings.LOOPBACK and settings.REGISTRATION == "open":
        return
    raise NotYoursError(
        f"The release {release.pk} was drafted by somebody else, who alone may change it: send "
        "the token of their account."
    )


def may_change(release: Release, asker: Asker) -> bool:
    """Whether a release is the asker's."""
    try:
        check_owner(release, asker)
    except ProblemError:
        return False
    return True


def check_may_release(asker: Asker) -> None:
    """See that somebody may release anything at all here.

    Raises:
        DraftingClosedError: the operator takes releases from accounts alone.
    """
    owner_of(asker)


def check_open(release: Release) -> None:
    """See that a release may still be changed.

    Raises:
        FrozenError: it was frozen.
    """
    if release.frozen_at is not None:
        raise FrozenError(
            f"The release {release.pk} is frozen and stays as it is: draft a new version of it."
        )
