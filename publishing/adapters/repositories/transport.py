"""What an adapter may rely on to talk to a repository: one interface, with or without a network.

``http.HttpTransport`` sends; ``dry.DryTransport`` tells what would be sent. Adapters take either::

    answer = transport.send("POST", "/api/records", json_body({...}))
    answer = transport.send("GET", path, expect=(404,))     # 404 comes back instead of an error
    if answer.status == 404: ...
    answer.content["id"]                                    # JSON, always an object or a list

What comes back is a 2xx or one of ``expect``. Everything else is an error of
``publishing.errors``, as the port says. An answer of 2xx without JSON has the content ``{}`` when
it has no body at all, and is an error when it has one (a page of some proxy, say).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from publishing.adapters.repositories.bodies import Body

Listener = Callable[[str, str, int | None, str], None]
"""Is told of each request: method, path without query, status (None: no answer), and words."""
Faults = Callable[[Any], Mapping[str, str]]
"""Reads what is wrong from the JSON of a 4xx: field of our own form → sentence."""


class Gate(Protocol):
    """Lets as many requests through as the repository may be sent."""

    def take(self) -> None:
        """Wait for a place; NotAnsweringError when that takes more than a few seconds."""

    def close(self, seconds: float) -> None:
        """Let nobody through for so long: the repository itself asked for a pause."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a repository answered.

    Attributes:
        status: of HTTP.
        content: decoded JSON; an empty object when there was no body.
        headers: names in small letters.
        text: what could not be decoded, shortened.
    """

    status: int
    content: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


class Transport(Protocol):
    """Sends requests to one repository."""

    base: str
    """Address of the repository without a slash at the end."""

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
        """Send one request, and read its answer.

        Args:
            method: of HTTP.
            target: path with or without query, or an address that the repository gave (a link);
                one on another host is refused.
            body: what to send.
            headers: beside those of the transport, such as If-Match.
            expect: statuses that come back as an answer though they are no 2xx.
            faults: reads what is wrong, instead of what the transport was made with.

        Raises:
            RefusedError: 400, 413, 422, or a locked record.
            TokenError: 401, 403, or there is no token.
            MisconfiguredError: what answers is not the repository that the settings say.
            NotAnsweringError: everything that may go well later.
        """

    def probe(self, url: str) -> int:
        """The status of an address anywhere, asked without any secret; see ``http.probe``."""


def silent(_method: str, _path: str, _status: int | None, _words: str) -> None:
    """A listener that does nothing."""


class Open:
    """A gate that lets everything through."""

    def take(self) -> None:
        """Go on."""

    def close(self, seconds: float) -> None:
        """Stay open."""
