"""A plan as it is shown: nodes in layers, and what feeds what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A run of a plan.

    Attributes:
        address: its address.
        workflow: slug of its workflow.
        version: number of its version.
        title: title of its version.
        state: state of the run; ``new`` when there is none yet.
        known: whether it has an answer.
        changed: parameters that have not the author's value.
        depth: its layer; 0 for what nothing feeds.
    """

    address: str
    workflow: str
    version: int
    title: str
    state: str
    known: bool
    changed: tuple[str, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An output of one run that another takes."""

    source: str
    output: str
    target: str
    parameter: str
    position: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan: its nodes, each after those that feed it, and its edges."""

    want: str
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]

    @property
    def known(self) -> int:
        """Runs that need not be run again."""
        return sum(node.known for node in self.nodes)

    @property
    def total(self) -> int:
        """All runs."""
        return len(self.nodes)


def depths(addresses: Iterable[str], feeds: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """The layer of each node: one more than the deepest that feeds it.

    Args:
        addresses: all nodes, each after those that feed it.
        feeds: node → nodes that feed it.
    """
    found: dict[str, int] = {}
    for address in addresses:
        found[address] = 1 + max((found[source] for source in feeds.get(address, ())), default=-1)
    return found
