"""How a deposit stands, in words: what it waits for, and the one thing that somebody has to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from publishing.domain.depositing import MEND_FIRST, NO_DOI
from publishing.domain.steps import SHELF, Step
from publishing.domain.waiting import ALARM

SLOW = timedelta(minutes=10)
"""A deposit that nobody looked at for so long after it was due has no worker."""
OFTEN = 5  # tries in vain, after which a person should look at the repository


class Urgency(IntEnum):
    """Who has to do something; the first come first on the page."""

    PEOPLE = 0
    WAITS = 1
    NOTHING = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What is written down of a deposit that matters for its health.

    Attributes:
        now: the moment of looking.
        repository: its name.
        state: a step of ``publishing.domain.steps``.
        since: when that state was reached.
        doi: empty while unknown.
        error_id: stable name of the error; empty when there is none.
        waits_for: in words, as it was written down.
        next_try_at: until when it rests.
        tries: in vain since the last step done.
        is_held: whether a worker is at it.
    """

    now: datetime
    repository: str
    state: str
    since: datetime
    doi: str = ""
    error_id: str = ""
    waits_for: str = ""
    next_try_at: datetime | None = None
    tries: int = 0
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How a deposit stands.

    Attributes:
        word: the state as people say it.
        waits_for: empty when it waits for nothing.
        to_do: the one thing to do; never empty.
        urgency: whose move it is.
    """

    word: str
    waits_for: str
    to_do: str
    urgency: Urgency


def health_of(seen: Seen) -> Health:
    """How a deposit stands, and the one thing to do."""
    if seen.state == Step.FAILED:
        to_do = MENDS.get(seen.error_id, "Try it again; if that fails too, abandon it.")
        return _told(seen, "somebody to mend it", to_do, Urgency.PEOPLE)
    if seen.state == Step.ABANDONED:
        return _told(seen, "", "Nothing. Ask for it again if it is wanted.", Urgency.NOTHING)
    if seen.state == Step.RESOLVES or (seen.state == Step.PUBLISHED and seen.repository == SHELF):
        return _surprised(seen, "") or _told(seen, "", "Nothing: it is done.", Urgency.NOTHING)
    if seen.state == Step.PUBLISHED:
        return _surprised(seen, seen.waits_for) or _registering(seen)
    return _on_its_way(seen)


def _surprised(seen: Seen, waits_for: str) -> Health | None:
    """It is published, and not as it was meant to be."""
    to_do = NOT_OFFERED if seen.error_id == "publishing:user:not-offered" else SURPRISE
    return _told(seen, waits_for, to_do, Urgency.PEOPLE) if seen.error_id else None


def _registering(seen: Seen) -> Health:
    if seen.tries > OFTEN:  # it is held up before its DOI is looked up
        return _in_vain(seen, seen.waits_for)
    waited = seen.now - seen.since
    waits_for = seen.waits_for or "its DOI to be registered"
    if waited > ALARM:
        hours = int(waited.total_seconds() // 3600)
        to_do = UNREGISTERED.format(seen.repository, hours, seen.doi)
        return _told(seen, waits_for, to_do, Urgency.PEOPLE)
    return _told(seen, waits_for, f"Nothing. {_next(seen)}", Urgency.WAITS)


def _on_its_way(seen: Seen) -> Health:
    waits_for = seen.waits_for or "a worker"
    if seen.is_held:
        return _told(seen, HELD, "Nothing. A large crate takes its time.", Urgency.WAITS)
    if seen.waits_for == NO_DOI:
        return _told(seen, waits_for, GET_DOI, Urgency.PEOPLE)
    if seen.waits_for.endswith(MEND_FIRST):
        return _told(seen, waits_for, MEND_BEFORE, Urgency.PEOPLE)
    if seen.now - max(seen.next_try_at or seen.since, seen.since) > SLOW:
        return _told(seen, waits_for, NO_WORKER, Urgency.PEOPLE)
    if seen.tries > OFTEN:
        return _in_vain(seen, waits_for)
    return _told(seen, waits_for, f"Nothing. {_next(seen)}", Urgency.WAITS)


def _in_vain(seen: Seen, waits_for: str) -> Health:
    to_do = f"See whether {seen.repository} is up: {seen.tries} tries in vain. {_next(seen)}"
    return _told(seen, waits_for, to_do, Urgency.PEOPLE)


def _next(seen: Seen) -> str:
    if seen.next_try_at is None or seen.next_try_at <= seen.now:
        return "A worker takes it up within half a minute."
    return f"It is looked at again at {seen.next_try_at:%H:%M:%S} UTC."


def _told(seen: Seen, waits_for: str, to_do: str, urgency: Urgency) -> Health:
    return Health(WORDS.get(seen.state, seen.state), waits_for, to_do, urgency)


WORDS: dict[str, str] = {
    Step.DRAFTED: "asked for",
    Step.CREATED: "drafted there",
    Step.RESERVED: "DOI reserved",
    Step.PACKED: "packed",
    Step.UPLOADED: "uploaded",
    Step.PUBLISHED: "published",
    Step.RESOLVES: "published, and its DOI resolves",
    Step.FAILED: "failed",
    Step.ABANDONED: "abandoned",
}
"""States as people say them."""
MENDS = {
    "publishing:platform:token": (
        "Put a token that works where the settings of this repository say, then try again."
    ),
    "publishing:user:refused": (
        "Mend the fields that are named in a new version of the release and abandon this deposit; "
        "if the settings were wrong, correct them and try again."
    ),
    "publishing:user:foreign-draft": (
        "Publish or discard that draft at the repository, then try again."
    ),
    "publishing:platform:misconfigured": "Correct the settings of this repository, then try again.",
    "publishing:platform:altered-bytes": (
        "Tell the people of the repository what is said here, then try again, or abandon it."
    ),
    "publishing:user:draft-gone": "Try again to begin anew, or abandon it.",
    "publishing:platform:lost-bytes": (
        "Restore what the store lost, or run it again, then try again."
    ),
    "publishing:platform:not-answering": "See that the repository is up, then try again.",
    "publishing:user:withdrawn": "Abandon it: its draft is then deleted there.",
    "publishing:user:unknown-repository": (
        "Give the repository its name in the settings back, then try again or abandon it."
    ),
}
"""Id of an error → what its person does."""
HELD = "a worker, which is at it"
GET_DOI = "Deposit the release at a repository that gives DOIs, unless it is on its way there."
MEND_BEFORE = "Mend the deposit of the version before, or abandon it."
NOT_OFFERED = "Offer the record to the community by hand, on its page there."
SURPRISE = "Compare the record there with the release here: somebody changed the draft there."
UNREGISTERED = (
    "Ask the people of {} to register the DOI: the record has been public for {} hours, and "
    "{} leads nowhere. Do not publish it again."
)
NO_WORKER = "See that the workers and the timetable of this service run: nobody looked at it."
