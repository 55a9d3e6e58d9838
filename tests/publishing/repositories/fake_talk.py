"""Requests, answers and routes of the fake InvenioRDM."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked; ``target`` is the path with its query, as it came."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def words(self) -> str:
        """Method and path, for logs and for faults."""
        return f"{self.method} {self.path}"

    def json(self) -> Any:
        """The body; refused when it is none or not JSON."""
        if self.headers.get("content-type", "application/json") != "application/json":
            raise Refusal(415, "Invalid 'Content-Type' header. Expected one of: application/json")
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refusal(400, "Unable to decode JSON data in request body.") from None


@dataclass(frozen=True)
class Answer:
    """What the server says; a body that is no bytes and no text is sent as JSON."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()

    @property
    def media_type(self) -> str:
        if isinstance(self.body, bytes):
            return "application/octet-stream"
        return "text/html" if isinstance(self.body, str) else "application/json"


class Refusal(Exception):  # noqa: N818 -- it is an answer
    """An answer that says no."""

    def __init__(
        self, status: int, message: str, errors: Sequence[tuple[str, str]] = (), **more: Any
    ) -> None:
        super().__init__(message)
        body: dict[str, Any] = {"status": status, "message": message} | more
        if errors:
            body["errors"] = [{"field": name, "messages": [words]} for name, words in errors]
        self.answer = Answer(status, body)


def not_found() -> Refusal:
    """The answer of an address that leads nowhere."""
    return Refusal(404, "The requested URL was not found on the server.")


Verb = Callable[..., Answer]
Route = tuple[Verb, tuple[str, ...]]
ROUTES: list[tuple[str, re.Pattern[str], Verb]] = []


def route(method: str, pattern: str) -> Callable[[Verb], Verb]:
    """Have a method of the fake answer an address; ``{}`` is one name."""
    regex = re.compile(re.escape(pattern).replace(r"\{\}", "([^/]+)"))

    def keep(verb: Verb) -> Verb:
        ROUTES.append((method, regex, verb))
        return verb

    return keep


def match(request: Request) -> Route | None:
    """What answers a request, and the names in its address."""
    path, allowed = request.path.rstrip("/"), False
    for method, regex, verb in ROUTES:
        if found := regex.fullmatch(path):
            allowed = True
            if method == request.method:
                return verb, tuple(unquote(name) for name in found.groups())
    if allowed:
        raise Refusal(405, "The method is not allowed for the requested URL.")
    return None
