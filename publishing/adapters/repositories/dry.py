"""A transport that sends nothing: it tells what would be sent, and pretends to be answered.

::

    transport = DryTransport(settings, PretendedInvenioRdm(settings), planned=print)

No token is read: a dry run shows what a deposit does before there is one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from publishing.adapters.repositories.bodies import Body
from publishing.adapters.repositories.transport import Answer, Faults, Listener, silent
from publishing.domain.repositories import RepositorySettings
from publishing.errors import MisconfiguredError

HIDDEN = "Bearer ***"


@dataclass(frozen=True, slots=True)
class Planned:
    """A request that would be sent.

    Attributes:
        method: of HTTP.
        url: where to, with its query.
        headers: in the order in which they are sent; the token is not among them.
        body: as text; what a file is, in words.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: str = ""

    def __str__(self) -> str:
        head = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return "\n".join(part for part in (f"{self.method} {self.url}", head, self.body) if part)


class Pretended(Protocol):
    """Answers as a repository might."""

    def answer(self, method: str, target: str, body: Body | None) -> Answer:
        """What it might answer; ``target`` is a path with its query."""


class DryTransport:
    """Tells what would be sent; see ``transport.Transport``."""

    def __init__(
        self,
        settings: RepositorySettings,
        pretended: Pretended,
        *,
        planned: Callable[[Planned], None],
        told: Listener = silent,
        accept: str = "application/json",
    ) -> None:
        self.base = settings.url
        self._pretended = pretended
        self._planned = planned
        self._told = told
        self._accept = accept

    def send(  # noqa: PLR0913 -- the parts of a request
        self,
        method: str,
        target: str,
        body: Body | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        expect: tuple[int, ...] = (),
        faults: Faults | None = None,
    ) -> Answer:
        """Tell of a request, and pretend that it was answered."""
        del faults
        path = target.removeprefix(self.base)
        sent = {"Authorization": HIDDEN, "Accept": self._accept, **(headers or {})}
        if body is not None:
            sent |= {"Content-Type": body.media_type, "Content-Length": str(body.size)}
        words = (body.words or f"{body.size} bytes") if body is not None else ""
        self._planned(Planned(method, f"{self.base}{path}", sent, words))
        answer = self._pretended.answer(method, path, body)
        self._told(method, urlsplit(path).path, answer.status, "dry run: not sent")
        if answer.status in FINE or answer.status in expect:
            return answer
        raise MisconfiguredError(f"A dry run does not know how {method} {path} is answered.")

    def probe(self, url: str) -> int:
        """Tell that an address would be asked, and pretend that it leads somewhere."""
        self._planned(Planned("HEAD", url, {}))
        return FOUND


FINE = range(200, 300)
FOUND = 302
