"""How long a plan will take, from how long runs of its versions took before."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from executor.domain.drawing import Drawn, DrawnNode
from executor.domain.states import State


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long what is missing of a plan will take.

    Attributes:
        seconds: from now to the answer when nobody else asks for anything.
        is_least: whether some of it has never been run, so that it may take longer.
    """

    seconds: float
    is_least: bool


def missing(drawn: Drawn) -> list[DrawnNode]:
    """The runs that the answer still needs: what only feeds a finished run is not among them."""
    nodes, feeding = {node.address: node for node in drawn.nodes}, _feeding(drawn)
    found: dict[str, DrawnNode] = {}
    waiting = deque([drawn.want])
    while waiting:
        address = waiting.popleft()
        if address in found or nodes[address].state == State.FINISHED:
            continue
        found[address] = nodes[address]
        waiting.extend(feeding.get(address, ()))
    return [node for node in drawn.nodes if node.address in found]


def estimated(drawn: Drawn, costs: Mapping[str, float | None], at_once: int) -> Estimate | None:
    """The longest way through what is missing, or all of it over the workers if that is longer.

    Args:
        drawn: the plan.
        costs: address → seconds of a run of that version; None where none has finished.
        at_once: runs that are carried out at the same time.

    Returns None when nothing is known of any run that is missing.
    """
    needed = missing(drawn)
    known = [cost for node in needed if (cost := costs.get(node.address)) is not None]
    if needed and not known:
        return None
    longest = _longest(drawn, {node.address: costs.get(node.address) or 0.0 for node in needed})
    seconds = max(longest, sum(known) / max(1, at_once))
    return Estimate(seconds, len(known) < len(needed))


def _longest(drawn: Drawn, costs: Mapping[str, float]) -> float:
    feeding = _feeding(drawn)
    until: dict[str, float] = {}
    for node in drawn.nodes:  # each after those that feed it
        start = max((until[source] for source in feeding.get(node.address, ())), default=0.0)
        until[node.address] = start + costs.get(node.address, 0.0)
    return max(until.values(), default=0.0)


def _feeding(drawn: Drawn) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in drawn.edges:
        found.setdefault(edge.target, []).append(edge.source)
    return found


def in_words(seconds: float) -> str:
    """A time as people say it: ``4 s``, ``3 minutes``, ``2 hours``."""
    if seconds < 1:
        return "less than 1 s"
    if seconds < 90:  # noqa: PLR2004 -- below, seconds say more
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours"
