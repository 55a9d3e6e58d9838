"""Plans made ready to be shown, before and while they run."""

from collections.abc import Iterable

from executor.actions.plan import Plan
from executor.domain.drawing import Drawn, DrawnEdge, DrawnNode, depths
from executor.domain.states import State
from executor.models import Run

NEW = "new"
AT_ONCE = 400  # rows asked for in one question


def drawn_plan(plan: Plan) -> Drawn:
    """A plan that may not have been asked for; runs that are there already keep their state."""
    states = _states(plan.nodes)
    edges = tuple(
        DrawnEdge(source.run, source.output, address, source.name, source.position)
        for address, node in plan.nodes.items()
        for source in node.sources
        if source.run in plan.nodes
    )
    layers = depths(plan.nodes, _feeding(edges))
    nodes = tuple(
        DrawnNode(
            address, node.version.workflow.slug, node.version.number, node.version.title,
            states.get(address, NEW), states.get(address) == State.FINISHED, node.inputs.changed,
            layers[address],
        )
        for address, node in plan.nodes.items()
    )  # fmt: skip
    return Drawn(plan.want, nodes, edges)


def _feeding(edges: Iterable[DrawnEdge]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge.target, []).append(edge.source)
    return found


def _states(addresses: Iterable[str]) -> dict[str, str]:
    wanted = list(addresses)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        part = Run.objects.filter(address__in=wanted[start : start + AT_ONCE])
        found |= dict(part.values_list("address", "state"))
    return found
