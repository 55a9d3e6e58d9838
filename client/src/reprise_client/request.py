"""Requests that are made of others: written down first, sent when somebody asks.

``client.request(...)`` is a question; ``question["image"]`` is its output, to be given to another
question before anything has run. What is used more than once, or nests deep, is sent flat, so
that it goes over the wire once; nothing here recurses, so no chain is too long.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reprise_client.models import Plan, Reason, Run, Taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reprise_client.client import Client

NESTED_AT_MOST = 20  # levels; JSON readers stop somewhere beyond


@dataclass(frozen=True)
class Reference:
    """An output of a question that may not have been asked yet, to be given to another."""

    request: Request
    output: str


@dataclass(frozen=True)
class Product:
    """A product that the service keeps, such as an upload, to be given to a question."""

    digest: str


class Request:
    """A question: a workflow with its parameters. Nothing is sent before one of its verbs.

    Args:
        client: the service to ask.
        workflow: name of the workflow.
        parameters: name → value; a value may be an output of another question or of a run, a
            product, a list of those, or what JSON has.
        version: number of the version; the newest by default.
        seed: seed of the random numbers.
        output: the output that is asked for; all by default.
    """

    def __init__(  # noqa: PLR0913 -- a request has so many parts
        self, client: Client, workflow: str, parameters: Mapping[str, Any], *,
        version: int | None = None, seed: int = 0, output: str = "",
    ) -> None:  # fmt: skip
        self._client = client
        self.workflow = workflow
        self.version = version
        self.seed = seed
        self.output = output
        # Read-only, so that no question is ever given its own answer.
        self.parameters = MappingProxyType({name: _kept(item) for name, item in parameters.items()})

    def __repr__(self) -> str:
        return f"<Request {self.workflow}>"

    def __getitem__(self, output: str) -> Reference:
        """An output of it, to be given to another question."""
        return Reference(self, output)

    def to_json(self) -> dict[str, Any]:
        """The request as it is sent: nested when that is short, else flat."""
        ordered = _ordered(self)
        if _is_plain(ordered):
            return self._nested(ordered)
        names, nodes = _named(ordered)
        wanted: dict[str, Any] = {"nodes": nodes, "want": names[id(self)]}
        return wanted | ({"output": self.output} if self.output else {})

    def plan(self) -> Plan:
        """What it would come to; nothing is run."""
        return self._client.plan(self)

    def explain(self) -> list[Reason]:
        """Why what is missing of it is not known: the nearest known run, and what differs."""
        return self.plan().why

    def run(self) -> Run:
        """Ask for it; what is known is answered at once."""
        return self._client.ask_for(self)

    def _nested(self, ordered: list[Request]) -> dict[str, Any]:
        written: dict[int, dict[str, Any]] = {}
        for request in ordered:

            def place(given: Reference) -> dict[str, Any]:
                return written[id(given.request)] | {"output": given.output}

            written[id(request)] = request.written(place)
        return written[id(self)] | ({"output": self.output} if self.output else {})

    def written(self, place: Any) -> dict[str, Any]:  # noqa: ANN401 -- Reference -> JSON
        """One question, with each reference as ``place`` writes it."""
        content: dict[str, Any] = {"workflow": self.workflow}
        if self.version is not None:
            content["version"] = self.version
        if self.parameters:
            content["parameters"] = {
                name: _written(value, place) for name, value in self.parameters.items()
            }
        return content | ({"seed": self.seed} if self.seed else {})

    def references(self) -> Iterator[Reference]:
        """Every output of another question that it is given."""
        for value in self.parameters.values():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Reference):
                    yield one


def _kept(value: Any) -> Any:  # noqa: ANN401 -- any value
    return tuple(value) if isinstance(value, (list, tuple)) else value


def _written(value: Any, place: Any) -> Any:  # noqa: ANN401 -- any value
    if isinstance(value, tuple):
        return [_written_one(item, place) for item in value]
    return _written_one(value, place)


def _written_one(value: Any, place: Any) -> Any:  # noqa: ANN401 -- any value
    if isinstance(value, Reference):
        return place(value)
    if isinstance(value, Taken):
        return {"run": value.run, "output": value.output}
    if isinstance(value, Product):
        return {"product": value.digest}
    if isinstance(value, Request):
        raise TypeError(f"Name the output of {value.workflow} to take, as in request['image'].")
    return value


def _ordered(wanted: Request) -> list[Request]:
    """The question and all that feed it, each once and after those that feed it."""
    done: dict[int, Request] = {}
    waiting = [wanted]
    while waiting:
        request = waiting[-1]
        missing = [given.request for given in request.references() if id(given.request) not in done]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        done[id(request)] = request
    return list(done.values())


def _is_plain(ordered: list[Request]) -> bool:
    """Whether nothing is used twice and nothing nests deep."""
    uses: dict[int, int] = {}
    depth: dict[int, int] = {}
    for request in ordered:
        given = [id(item.request) for item in request.references()]
        depth[id(request)] = 1 + max((depth[one] for one in given), default=0)
        for one in given:
            uses[one] = uses.get(one, 0) + 1
    return max(uses.values(), default=0) <= 1 and max(depth.values()) <= NESTED_AT_MOST


def _named(ordered: list[Request]) -> tuple[dict[int, str], dict[str, Any]]:
    """Names of the questions, and name → question; those that are written the same are one."""
    names: dict[int, str] = {}
    nodes: dict[str, Any] = {}
    known: dict[str, str] = {}
    for request in ordered:

        def place(given: Reference) -> dict[str, str]:
            return {"node": names[id(given.request)], "output": given.output}

        content = request.written(place)
        text = json.dumps(content, sort_keys=True)
        if text not in known:
            known[text] = f"{request.workflow}-{len(nodes) + 1}"
            nodes[known[text]] = content
        names[id(request)] = known[text]
    return names, nodes
