"""What a request asks for: named questions, and the products that feed them."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = 60  # letters of a name that a sentence repeats
WHERE_AT_MOST = 300
CIRCLE_SHOWN = 8


class BadRequestFormError(ValueError):
    """A request is not one.

    Attributes:
        faults: where in the request → what is wrong there, a sentence.
    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{where}: {fault}" for where, fault in faults.items()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class Given:
    """A product named by its digest."""

    digest: str


@dataclass(frozen=True, slots=True)
class Taken:
    """An output of a run named by its address; ``output`` is empty when it goes without saying."""

    run: str
    output: str


@dataclass(frozen=True, slots=True)
class Link:
    """An output of another node of the same request."""

    node: str
    output: str


One = Given | Taken | Link
Binding = One | tuple[One, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One question of a request.

    Attributes:
        where: its place in the request, for sentences: ``request.parameters.image``.
        workflow: slug of the workflow.
        version: number of the version; None for the newest.
        seed: seed of the random numbers.
        plain: parameters given as values.
        bound: parameters given as products.
    """

    where: str
    workflow: str
    version: int | None
    seed: int
    plain: Mapping[str, Any]
    bound: Mapping[str, Binding]

    def links(self) -> list[Link]:
        """Every use of another node."""
        parts = [part for binding in self.bound.values() for part in parts_of(binding)]
        return [part for part in parts if isinstance(part, Link)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole request.

    Attributes:
        nodes: name → node, each after those that feed it.
        want: name of the node that is asked for.
        output: the output of it that is asked for; empty for all.
    """

    nodes: Mapping[str, Node]
    want: str
    output: str = ""


def parts_of(binding: Binding) -> tuple[One, ...]:
    """The single products of a binding."""
    return binding if isinstance(binding, tuple) else (binding,)


def plain_name(name: str) -> str:
    """A name as a sentence can hold it, whatever letters it has."""
    shown = name[:SHOWN]
    return shown if shown.isprintable() else ascii(shown)[1:-1]


def inside(where: str, name: str) -> str:
    """The place of a parameter of a node; the middle of a very deep one is left out."""
    place = f"{where}.parameters.{plain_name(name)}"
    half = WHERE_AT_MOST // 2
    return place if len(place) <= WHERE_AT_MOST else f"{place[:half]}…{place[-half:]}"


def in_order(nodes: Mapping[str, Node], want: str) -> dict[str, Node]:
    """The nodes that the wanted one needs, each after those that feed it (Kahn 1962).

    Raises:
        BadRequestFormError: they go in a circle.
    """
    needed = _needed(nodes, want)
    feeds: dict[str, list[str]] = {name: [] for name in needed}
    unmet: dict[str, int] = {}
    for name in needed:
        sources = {link.node for link in nodes[name].links()}
        unmet[name] = len(sources)
        for source in sources:
            feeds[source].append(name)
    ordered = _met(nodes, feeds, unmet)
    if len(ordered) < len(needed):
        raise BadRequestFormError(_circle(nodes, [name for name in needed if name not in ordered]))
    return ordered


def _met(
    nodes: Mapping[str, Node], feeds: Mapping[str, list[str]], unmet: dict[str, int]
) -> dict[str, Node]:
    """The nodes one after another, as soon as all that feed them are there."""
    ready = deque(name for name, count in unmet.items() if not count)
    ordered: dict[str, Node] = {}
    while ready:
        name = ready.popleft()
        ordered[name] = nodes[name]
        for fed in feeds[name]:
            unmet[fed] -= 1
            if not unmet[fed]:
                ready.append(fed)
    return ordered


def _needed(nodes: Mapping[str, Node], want: str) -> list[str]:
    found, waiting = {want: None}, deque([want])
    while waiting:
        for link in nodes[waiting.popleft()].links():
            if link.node not in found:
                found[link.node] = None
                waiting.append(link.node)
    return list(found)


def _circle(nodes: Mapping[str, Node], left: list[str]) -> dict[str, str]:
    """Walk backwards among nodes that never became ready until one comes again."""
    among, name = set(left), left[0]
    path: dict[str, None] = {}
    while name not in path:
        path[name] = None
        name = next(link.node for link in nodes[name].links() if link.node in among)
    walked = list(path)
    around = [nodes[part].where for part in [*walked[walked.index(name) :], name]]
    shown = " ← ".join(where.removeprefix("nodes.")[:SHOWN] for where in around[:CIRCLE_SHOWN])
    more = " ← …" if len(around) > CIRCLE_SHOWN else ""
    return {nodes[name].where: f"The request goes in a circle: {shown}{more}."}
