"""The steps of a deposit and the order in which they are taken."""

from enum import StrEnum

SHELF = "shelf"
"""The repository that needs no network: this service itself."""


class Step(StrEnum):
    """What has been done for a deposit.

    The first seven are taken in this order; a repository that has nothing to do at one passes it.
    FAILED says that the next step could not be done, ABANDONED that its draft was taken away on
    purpose, before anything was published.
    """

    DRAFTED = "drafted"  # here alone: the row that says what is meant to happen
    CREATED = "created"  # the repository has a draft that carries our key
    RESERVED = "reserved"  # the DOI is known
    PACKED = "packed"  # the crate with the DOI inside is kept
    UPLOADED = "uploaded"  # the draft has every file, each with the right size and checksum
    PUBLISHED = "published"  # the record is public
    RESOLVES = "resolves"  # its DOI leads there
    FAILED = "failed"
    ABANDONED = "abandoned"


DONE = frozenset({Step.PUBLISHED, Step.RESOLVES})
"""The states of a deposit whose crate is public."""
ENDED = frozenset({Step.RESOLVES, Step.FAILED, Step.ABANDONED})
"""The states in which a deposit waits for nothing but people."""


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


def doi_of_concept(prefix: str, concept: str) -> str:
    """The DOI of all versions of a release; that of the first is ``doi_of`` its own id.

    A concept has the id of its first release, so their DOIs are told apart by the ending.
    """
    return f"{prefix}/reprise.{concept}.all"
