"""The steps of a deposit and the order in which they are taken."""

from enum import StrEnum

SHELF = "shelf"
"""The repository that needs no network: this service itself."""


class Step(StrEnum):
    """What has been done for a deposit; FAILED says that the next step could not be done."""

    DRAFTED = "drafted"
    RESERVED = "reserved"
    PACKED = "packed"
    PUBLISHED = "published"
    FAILED = "failed"


def standing(*, doi: str | None, crate: str, published: bool) -> Step:
    """The last step done, read from what it left behind; so a failed deposit can go on."""
    if published:
        return Step.PUBLISHED
    if crate:
        return Step.PACKED
    return Step.RESERVED if doi else Step.DRAFTED


def doi_of(prefix: str, release: str) -> str:
    """The DOI of a release: it follows from the release's id, so asking twice gives the same."""
    return f"{prefix}/reprise.{release}"
