"""Faults at the k-th request: what networks, gateways, disks and kill -9 do to a client.

A fault is told by the number of the request (counted from when it was set) or by what the request
is; it strikes a number of times and is then over.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong with a request."""

    BEFORE = "cut before the server acts"
    AFTER = "cut after the server acted"
    CUT_ANSWER = "answer cut in its middle"
    DONE_504 = "504, but done"
    UNDONE_504 = "504, not done"
    LATE_504 = "504, done a minute later"
    HTML_500 = "500 with a page"
    HTML_502 = "502 with a page"
    DONE_500 = "500, but done"
    HALF_BODY = "cut at half of the body"
    TRUNCATED = "half of the body kept, 200 said"
    ALTERED = "other bytes kept, 200 said"
    KILL_BEFORE = "client killed before the server acts"
    KILL_AFTER = "client killed after the server acted"
    WAIT_429 = "429 with Retry-After"
    RESET_429 = "429 with X-RateLimit-Reset alone"
    RETRY_AFTER_200 = "done, with a Retry-After that means nothing"


UPLOADS_ONLY = frozenset({Kind.HALF_BODY, Kind.TRUNCATED, Kind.ALTERED})
"""Faults that need a body of a file."""
NOT_DONE = frozenset(
    {Kind.BEFORE, Kind.UNDONE_504, Kind.HTML_500, Kind.HTML_502, Kind.WAIT_429, Kind.RESET_429,
     Kind.KILL_BEFORE}
)  # fmt: skip
"""Faults after which the server has done nothing."""
CONTENT = re.compile(r"PUT .*/content$")


@dataclass
class Fault:
    """One fault.

    Attributes:
        kind: what goes wrong.
        at: number of the request from 1, counted since the fault was set; 0: any.
        where: pattern of ``METHOD /path``; empty: any.
        times: how often it strikes.
        pid: who is killed, for the kinds that kill.
        seconds: of the Retry-After or the reset.
    """

    kind: Kind
    at: int = 0
    where: str = ""
    times: int = 1
    pid: int = 0
    seconds: int = 30

    def strikes(self, number: int, words: str) -> bool:
        """Whether it strikes at this request; counts it when it does."""
        if self.times < 1 or (self.at and number < self.at):
            return False
        if self.at and not self.where and number != self.at:
            return False
        if self.where and not re.search(self.where, words):
            return False
        if self.kind in UPLOADS_ONLY and not CONTENT.search(words):
            return False
        self.times -= 1
        return True


@dataclass
class Plan:
    """The faults that are to come, and the number of requests seen since they were set."""

    faults: list[Fault] = field(default_factory=list)
    seen: int = 0

    def set(self, *faults: Fault) -> None:
        """Begin to count anew with these faults."""
        self.faults, self.seen = list(faults), 0

    def next(self, words: str) -> Fault | None:
        """Count a request; the fault that strikes it."""
        self.seen += 1
        return next((item for item in self.faults if item.strikes(self.seen, words)), None)

    @property
    def is_over(self) -> bool:
        """Whether every fault has struck."""
        return all(item.times < 1 for item in self.faults)
