"""What to do next for a deposit: decided on what was written down here and what is seen there.

Nothing is remembered but :class:`Facts`, which are rows, and nothing is assumed of the remote side
but what was just read. So the same decision is made by whoever takes a deposit up, wherever its
last worker was killed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lib.problem import ProblemError
from publishing.domain.remote import Remote, Stage, WantedFile, is_there
from publishing.domain.waiting import LAG, PATIENCE
from publishing.errors import (
    AlteredBytesError,
    DraftGoneError,
    ForeignDraftError,
    UnchangedError,
    WithdrawnError,
)


class Do(StrEnum):
    """The moves of a deposit; each sends one request at most that changes anything."""

    CREATE = "create"
    NEXT_VERSION = "next version"
    ADOPT = "adopt"
    DESCRIBE = "describe"
    RESERVE = "reserve"
    PACK = "pack"
    DROP = "drop"
    UPLOAD = "upload"
    VERIFY = "verify"
    PUBLISH = "publish"
    NOTE_PUBLISHED = "note published"
    OFFER = "offer to a community"
    CHECK_RESOLVES = "check that it resolves"
    WAIT = "wait"
    DONE = "done"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Previous:
    """The last published version of the same concept at the same repository.

    Attributes:
        remote_id: of its record.
        number: of the version here.
        doi: of it.
        is_open: whether the repository has an open draft of the version after it.
        is_same: whether its files and words are those of the release to be deposited.
    """

    remote_id: str
    number: int
    doi: str = ""
    is_open: bool = False
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is written down about a deposit.

    Attributes:
        key: names it at the repository.
        now: the moment of the decision.
        remote_id: of its draft or record; empty while it has none.
        doi: reserved or given; empty while unknown.
        described: whether the repository took our metadata without a fault.
        uploaded: whether all files were seen there as they should be.
        published: whether it was seen published.
        resolved: whether its DOI was seen to lead somewhere.
        withdrawn: whether the release was withdrawn meanwhile.
        create_sent_at: when a draft was asked for.
        publish_sent_at: when publication was asked for, if no answer is known.
        mints: whether the repository gives DOIs.
        previous: the version before this; None for the first one there.
        awaited: what must be done before a draft is made, in words; empty when nothing is.
        offers: communities that the published record was not offered to yet.
        keys: others that our own draft may carry, as long as it is not described.
        vanished: whether a draft whose publication was asked for was seen no more afterwards.
    """

    key: str
    now: datetime
    remote_id: str = ""
    doi: str = ""
    described: bool = False
    uploaded: bool = False
    published: bool = False
    resolved: bool = False
    withdrawn: bool = False
    create_sent_at: datetime | None = None
    publish_sent_at: datetime | None = None
    mints: bool = True
    previous: Previous | None = None
    awaited: str = ""
    offers: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    vanished: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """What to do next.

    Attributes:
        do: the move.
        name: of the file to upload or to drop, or of the community.
        seconds: how long to wait.
        why: what is waited for, in words.
        error: why it stops.
    """

    do: Do
    name: str = ""
    seconds: float = 0.0
    why: str = ""
    error: ProblemError | None = None


def next_move(facts: Facts, seen: Remote, wanted: Iterable[WantedFile] = ()) -> Move:
    """The next move of a deposit.

    Args:
        facts: what is written down here.
        seen: what was just read there; absent when nothing was, or nothing is there.
        wanted: the files of the packed crate; empty while it is not packed.
    """
    if facts.published:
        return _after(facts)
    if seen.stage is Stage.PUBLISHED:
        return Move(Do.NOTE_PUBLISHED) if _is_ours(facts, seen) else _not_ours(seen)
    if facts.withdrawn:
        return _stop(WithdrawnError(WITHDRAWN))
    if seen.stage is Stage.DRAFT:
        return _of_draft(facts, seen, tuple(wanted))
    if facts.remote_id or seen.stage is Stage.DELETED:
        return _of_gone(facts, seen)
    return _begin(facts)


def _of_gone(facts: Facts, seen: Remote) -> Move:
    if seen.stage is Stage.ABSENT and _is_publishing(facts):
        return _wait_for_publication(facts)
    return _stop(DraftGoneError(GONE.format(facts.remote_id or seen.id)))


def _after(facts: Facts) -> Move:
    if facts.offers:
        return Move(Do.OFFER, facts.offers[0])
    is_over = facts.resolved or not facts.mints or not facts.doi
    return Move(Do.DONE if is_over else Do.CHECK_RESOLVES)


def _begin(facts: Facts) -> Move:
    """There is no draft to be seen: make one, unless one may be there that is not seen yet."""
    before, asked = facts.previous, facts.create_sent_at
    if facts.awaited:
        return Move(Do.WAIT, seconds=60, why=facts.awaited)
    is_in_doubt = asked is not None and facts.now < asked + LAG
    if asked is not None and is_in_doubt and (before is None or facts.vanished):
        return _look_again(asked, facts.now, LAG, "the draft that was asked for")
    if before is not None and before.is_same:
        return _stop(UnchangedError(SAME.format(before.number, before.doi)))
    if before is not None:
        # Who asked already goes on: asking again gives the same draft, and it was ours to make.
        if before.is_open and asked is None:
            return _stop(ForeignDraftError(FOREIGN.format(before.remote_id)))
        return Move(Do.NEXT_VERSION)
    return Move(Do.CREATE)


def _is_publishing(facts: Facts) -> bool:
    """Whether publication was asked for a while ago, and may still come."""
    sent = facts.publish_sent_at
    return sent is not None and facts.now < sent + PATIENCE


def _is_ours(facts: Facts, seen: Remote) -> bool:
    """Whether what is seen is what this deposit made: by its key, or by the DOI in our crate."""
    if not facts.mints or seen.key in {facts.key, *facts.keys}:
        return True
    is_published = seen.stage is Stage.PUBLISHED
    return is_published and bool(facts.doi) and facts.doi.casefold() == seen.doi.casefold()


def _not_ours(seen: Remote) -> Move:
    return _stop(ForeignDraftError(OTHER.format(seen.stage, seen.id)))


def _wait_for_publication(facts: Facts) -> Move:
    since = facts.publish_sent_at or facts.now
    return _look_again(since, facts.now, PATIENCE, "the publication")


def _of_draft(facts: Facts, seen: Remote, wanted: tuple[WantedFile, ...]) -> Move:
    if not facts.remote_id:
        is_ours = seen.key == facts.key
        return Move(Do.ADOPT) if is_ours else _stop(ForeignDraftError(FOREIGN.format(seen.id)))
    if not _is_ours(facts, seen):
        return _not_ours(seen)
    if not facts.described:
        return Move(Do.DESCRIBE)
    if facts.mints and facts.doi and seen.doi and facts.doi.casefold() != seen.doi.casefold():
        return _stop(AlteredBytesError(OTHER_DOI.format(seen.doi, facts.doi)))
    if facts.mints and not (facts.doi and seen.doi):
        return Move(Do.RESERVE)
    return _of_files(facts, seen, wanted) if wanted else Move(Do.PACK)


def _of_files(facts: Facts, seen: Remote, wanted: tuple[WantedFile, ...]) -> Move:
    names = {item.name for item in wanted}
    for there in seen.files:
        if there.name not in names:
            return Move(Do.DROP, there.name)
    for file in wanted:
        if not is_there(seen.file(file.name), file):
            return Move(Do.UPLOAD, file.name)
    if not facts.uploaded:
        return Move(Do.VERIFY)
    return _wait_for_publication(facts) if _is_publishing(facts) else Move(Do.PUBLISH)


def _look_again(since: datetime, now: datetime, most: timedelta, what: str) -> Move:
    """Wait as long as was waited already: a few looks, the last when the doubt is over."""
    waited = max((now - since).total_seconds(), 0.0)
    left = max((since + most - now).total_seconds(), 1.0)
    why = f"{what}: no answer came, so it is looked for until {since + most:%H:%M} UTC"
    return Move(Do.WAIT, seconds=min(max(waited, 5.0), left), why=why)


def _stop(error: ProblemError) -> Move:
    return Move(Do.STOP, error=error)


AWAITED = "version {} of the same release, which is {} there: it comes first"
MEND_FIRST = "mend that first"
AWAITED_FAILED = f"version {{}} of the same release, which {{}} there: {MEND_FIRST}"
NO_DOI = "a DOI: deposit the release at a repository that gives one first"
WITHDRAWN = "The release was withdrawn before it was published there."
OTHER = (
    "The {} {} at the repository does not carry our key, so it is not what this deposit made: it "
    "was not touched. Do the settings name another place than before?"
)
GONE = (
    "The draft {} is no longer at the repository: somebody deleted it there. Nothing was published."
    " Try again to begin anew."
)
SAME = "Nothing changed since version {}, which has the DOI {}: cite that; no new one is made."
FOREIGN = (
    "At the repository there is a draft of the next version ({}) that this service did not make. "
    "Publish or discard it there, then try again; it was not touched."
)
OTHER_DOI = (
    "The repository now says the DOI {}, and the crate holds {}: somebody changed the draft there. "
    "Abandon this deposit and ask for it anew."
)
