"""The request of a figure as a statement writes it: plain, nested, flat, or a run there is."""

from collections.abc import Mapping
from typing import Any

from gallery.domain.paper.fields import BadPaperError, plain, text_of
from gallery.domain.paper.statement import Asked
from lib import digest

NODES_AT_MOST = 2000
LEVELS_AT_MOST = 40
SEEDS = 2**31
FIELDS = frozenset({"workflow", "version", "parameters", "seed", "output", "run", "nodes", "want"})


def read_asked(item: Mapping[str, Any], slug: str) -> Asked:
    """The request of a [[figure]]: its ``request``, or its ``parameters`` and ``seed``.

    Raises:
        BadPaperError: it says both, or what is no request.
    """
    where = f"figure {slug}"
    request = item.get("request")
    if request is None:
        return Asked(_parameters(item, where), seed=_seed(item, where))
    if not isinstance(request, dict):
        raise BadPaperError(f"The request of {where} is no table.")
    if "parameters" in item or "seed" in item:
        raise BadPaperError(f"Write the parameters and the seed of {where} inside its request.")
    strange = sorted(set(request) - FIELDS)
    if strange:
        raise BadPaperError(f"The request of {where} has no field {strange[0][:60]!r}.")
    if "run" in request:
        return _of_run(request, where)
    return _request(_unfolded(request, where), where)


def workflows_of(value: Any) -> tuple[tuple[str, int | None], ...]:  # noqa: ANN401 -- any JSON value
    """Slug and version of every workflow that parameters name, each once, in no deeper order."""
    found: dict[tuple[str, int | None], None] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())
            if isinstance(one.get("workflow"), str):
                version = one.get("version")
                found[one["workflow"], version if type(version) is int else None] = None
    return tuple(found)


def _of_run(request: Mapping[str, Any], where: str) -> Asked:
    if set(request) - {"run", "output"}:
        raise BadPaperError(f"The request of {where} names a run: nothing but output goes with it.")
    address = text_of(request, "run").removeprefix("/runs/").lower()
    if not digest.is_digest(address):
        raise BadPaperError(f"The run of {where} is no address: it has 64 hexadecimal digits.")
    return Asked(run=address, output=text_of(request, "output"))


def _request(request: Mapping[str, Any], where: str) -> Asked:
    version = request.get("version")
    if version is not None and (type(version) is not int or not 1 <= version < SEEDS):
        raise BadPaperError(f"The version of {where} is a whole number from 1.")
    return Asked(
        _parameters(request, where), text_of(request, "workflow"), version,
        _seed(request, where), text_of(request, "output"),
    )  # fmt: skip


def _parameters(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    parameters = item.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise BadPaperError(f"The parameters of {where} are no table.")
    found: dict[str, Any] = plain(parameters, f"parameters of {where}")
    return found


def _seed(item: Mapping[str, Any], where: str) -> int:
    seed = item.get("seed")
    seed = 0 if seed is None else seed
    if type(seed) is not int or not 0 <= seed < SEEDS:
        raise BadPaperError(f"The seed of {where} is a whole number from 0 to {SEEDS - 1}.")
    return seed


def _unfolded(request: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """A flat request written nested; one that is nested already as it is."""
    if "nodes" not in request:
        return request
    nodes, want = request["nodes"], request.get("want")
    if not isinstance(nodes, dict) or not isinstance(want, str):
        raise BadPaperError(f"The request of {where} needs nodes by their names, and want.")
    nested: dict[str, Any] = _Unfolder(nodes, where).node(want, ())
    return nested | ({"output": request["output"]} if "output" in request else {})


class _Unfolder:
    """Puts nodes in place of their names; equal ones become one run again when it is planned."""

    def __init__(self, nodes: Mapping[str, Any], where: str) -> None:
        self.nodes, self.where, self.count = nodes, where, 0

    def node(self, name: Any, above: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401 -- any JSON value
        self.count += 1
        if self.count > NODES_AT_MOST:
            raise BadPaperError(
                f"The request of {self.where} comes to more than {NODES_AT_MOST} nodes."
            )
        if len(above) > LEVELS_AT_MOST:
            raise BadPaperError(
                f"The request of {self.where} is deeper than {LEVELS_AT_MOST} requests."
            )
        if name in above:
            raise BadPaperError(f"The request of {self.where} goes in a circle at {name[:60]!r}.")
        node = self.nodes.get(name) if isinstance(name, str) else None
        if not isinstance(node, dict):
            raise BadPaperError(f"The request of {self.where} has no node {str(name)[:60]!r}.")
        return {key: self.inside(value, (*above, name)) for key, value in node.items()}

    def inside(self, value: Any, above: tuple[str, ...]) -> Any:  # noqa: ANN401 -- any JSON value
        if isinstance(value, list):
            return [self.inside(item, above) for item in value]
        if not isinstance(value, dict):
            return value
        if "node" in value:
            more = {"output": value["output"]} if "output" in value else {}
            return self.node(value["node"], above) | more
        return {key: self.inside(item, above) for key, item in value.items()}
