"""Requests as they are written: a tree of questions, flattened to named nodes.

An input that takes a product may be given as a digest (``"<64 digits>"`` or ``{"product": …}``),
as an output of a run there is (``{"run": address, "output": name}``), as another request with the
output to take (``{"workflow": …, "parameters": …, "output": …}``), or as a list of those. Requests
that share parts, or nest deeper than JSON readers like, are written flat: ``{"nodes": {name:
request}, "want": name}`` with ``{"node": name, "output": …}`` where one feeds another.

Nothing here recurses, so no depth of nesting is too deep; the number of nodes is bounded.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogue.domain.interface import Interface, Parameter
from executor.domain.asked import (
    SHOWN,
    Asked,
    BadRequestFormError,
    Binding,
    Given,
    Link,
    Node,
    One,
    Taken,
    in_order,
    inside,
    plain_name,
)
from lib import digest
from lib.problem import ProblemError
from ontology.domain.kinds import ParameterKind

__all__ = ["FAULTS_AT_MOST", "ROOT", "BadRequestFormError", "binding_from_text", "read_request"]

REQUEST = frozenset({"workflow", "version", "parameters", "seed", "output"})
FLAT = frozenset({"nodes", "want", "output"})
PARTS = {
    "workflow": REQUEST,
    "node": frozenset({"node", "output"}),
    "run": frozenset({"run", "output"}),
    "product": frozenset({"product"}),
}
ROOT = "request"
SEEDS = 2**31
FAULTS_AT_MOST = 20
NAME_AT_MOST = 200
TAKEN = re.compile(r"^(?:/runs/)?([0-9a-f]{64})[/#]([^/#]{1,200})\Z")
BINDABLE = frozenset(
    {
        ParameterKind.PRODUCT, ParameterKind.FLOAT, ParameterKind.INTEGER, ParameterKind.BOOLEAN,
        ParameterKind.STRING,
    }
)  # fmt: skip

Lookup = Callable[[str, int | None], Interface]
"""Gives the Interface of a workflow's version; ProblemError when there is none to run."""


def read_request(content: Any, lookup: Lookup, *, nodes_at_most: int) -> Asked:  # noqa: ANN401 -- any JSON value
    """Read a request, nested or flat.

    Raises:
        BadRequestFormError: it is none, it names what is not there, it goes in a circle, or it
            has too many nodes; the faults say where.
        ProblemError: what ``lookup`` raises for the workflow of a request that is not flat.
    """
    reader = _Reader(lookup, nodes_at_most)
    reader.read(content)
    if reader.faults:
        raise BadRequestFormError(reader.faults)
    return Asked(in_order(reader.nodes, reader.want), reader.want, reader.output)


def binding_from_text(text: str) -> Any:  # noqa: ANN401 -- any JSON value
    """What a field of a form or a link says: JSON, a digest, or ``address/output``.

    Raises:
        BadRequestFormError: it begins like JSON and is none.
    """
    plain = text.strip().removeprefix("/products/")
    if plain.startswith(("{", "[")):
        try:
            return json.loads(plain)
        except (ValueError, RecursionError):
            raise BadRequestFormError({"": "The text is not JSON."}) from None
    taken = TAKEN.match(plain)
    return {"run": taken[1], "output": taken[2]} if taken else plain


@dataclass(slots=True)
class _Reader:
    """Reads a request with a list of what is still to be read instead of recursion.

    Nodes of the flat form are called ``nodes.<name>`` and nested ones ``inner.<number>``, so that
    no name that somebody chooses can stand for another node.
    """

    lookup: Lookup
    nodes_at_most: int
    nodes: dict[str, Node] = field(default_factory=dict)
    want: str = ROOT
    output: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    waiting: deque[tuple[str, str, Any]] = field(default_factory=deque)
    names: frozenset[Any] = frozenset()
    count: int = 0

    def read(self, content: Any) -> None:  # noqa: ANN401 -- any JSON value
        if not isinstance(content, dict):
            self.fault(ROOT, "Send an object with at least the name of a workflow.")
        elif "nodes" in content:
            self.flat(content)
        else:
            self.output = self.output_of(content, ROOT)
            self.await_node(ROOT, ROOT, content)
        while self.waiting and len(self.faults) < FAULTS_AT_MOST:
            self.node(*self.waiting.popleft())

    def flat(self, content: dict[str, Any]) -> None:
        nodes, want = content["nodes"], content.get("want")
        self.unknown(ROOT, content, FLAT)
        if not isinstance(nodes, dict) or not nodes or not all(isinstance(x, str) for x in nodes):
            self.fault("nodes", "Write the requests under their names: {name: request}.")
        elif not isinstance(want, str) or want not in nodes:
            self.fault("want", "Name the node that is asked for.")
        else:
            self.want, self.output = f"nodes.{want}", self.output_of(content, ROOT)
            self.names = frozenset(nodes)
            for name, node in nodes.items():
                if not self.await_node(f"nodes.{name}", f"nodes.{plain_name(name)}", node):
                    return

    def await_node(self, name: str, where: str, content: Any) -> bool:  # noqa: ANN401 -- any JSON value
        self.count += 1
        if self.count > self.nodes_at_most:
            self.fault(ROOT, f"The request has more than {self.nodes_at_most:,} nodes: split it.")
            self.waiting.clear()
            return False
        self.waiting.append((name, where, content))
        return True

    def node(self, name: str, where: str, content: Any) -> None:  # noqa: ANN401 -- any JSON value
        if not isinstance(content, dict) or not isinstance(content.get("workflow"), str):
            place = f"{where}.workflow" if isinstance(content, dict) else where
            self.fault(place, 'Name the workflow: {"workflow": …, "parameters": {…}}.')
            return
        self.unknown(where, content, REQUEST)
        which = self.version(content, where), self.seed(content, where)
        given = self.parameters(content, where)
        interface = self.interface(content["workflow"], which[0], where)
        if interface is not None:
            bound = self.bound(given, interface, where)
            plain = {key: value for key, value in given.items() if key not in bound}
            self.nodes[name] = Node(
                where, content["workflow"], *which, plain,
                {key: binding for key, binding in bound.items() if binding is not None},
            )  # fmt: skip

    def version(self, content: dict[str, Any], where: str) -> int | None:
        version = content.get("version")
        if version is None or (_is_whole(version) and version >= 1):
            return version
        self.fault(f"{where}.version", "The version is a whole number from 1.")
        return None

    def seed(self, content: dict[str, Any], where: str) -> int:
        seed = content.get("seed", 0)
        if _is_whole(seed) and 0 <= seed < SEEDS:
            return int(seed)
        self.fault(f"{where}.seed", f"The seed is a whole number from 0 to {SEEDS - 1}.")
        return 0

    def parameters(self, content: dict[str, Any], where: str) -> dict[str, Any]:
        given = content.get("parameters", {})
        if isinstance(given, dict) and all(isinstance(key, str) for key in given):
            return given
        self.fault(f"{where}.parameters", "The parameters are an object: {name: value}.")
        return {}

    def interface(self, workflow: str, version: int | None, where: str) -> Interface | None:
        if where == ROOT and self.faults:
            return None  # a wrong version would be looked up as the newest
        try:
            return self.lookup(workflow, version)
        except ProblemError as error:
            if where == ROOT:
                raise
            self.fault(where, error.detail)
            return None

    def bound(
        self, given: Mapping[str, Any], interface: Interface, where: str
    ) -> dict[str, Binding | None]:
        """The parameters that are given as products; None for those that are given wrongly."""
        known = {item.name: item for item in interface.parameters}
        chosen = {key: known[key] for key in given if key in known}
        return {
            key: self.binding(given[key], inside(where, key), parameter)
            for key, parameter in chosen.items()
            if _is_bound(parameter, given[key])
        }

    def binding(self, value: Any, where: str, parameter: Parameter) -> Binding | None:  # noqa: ANN401 -- any JSON value
        if not isinstance(value, list):
            one = self.one(value, where)
            return (one,) if parameter.many and one else one
        if not parameter.many:
            self.fault(where, "It takes one product, not a list of them.")
            return None
        if len(value) > self.nodes_at_most:
            self.fault(where, f"The list is longer than {self.nodes_at_most:,}: split the request.")
            return None
        found = [self.one(item, f"{where}[{place}]") for place, item in enumerate(value)]
        return tuple(one for one in found if one)

    def one(self, value: Any, where: str) -> One | None:  # noqa: ANN401 -- any JSON value
        if isinstance(value, str):
            return self.given(value, where)
        kind = next((kind for kind in PARTS if kind in value), "") if _is_object(value) else ""
        if not kind:
            self.fault(where, "It takes a product: a digest, a run with its output, or a request.")
            return None
        if kind == "workflow":
            return self.asked(value, where)
        self.unknown(where, value, PARTS[kind])
        if kind == "product":
            return self.given(value["product"], where)
        output = self.output_of(value, where)
        return (
            self.link(value, output, where) if kind == "node" else self.taken(value, output, where)
        )

    def asked(self, value: dict[str, Any], where: str) -> Link | None:
        name = f"inner.{self.count}"
        return (
            Link(name, self.output_of(value, where))
            if self.await_node(name, where, value)
            else None
        )

    def given(self, value: Any, where: str) -> Given | None:  # noqa: ANN401 -- any JSON value
        text = value.strip().lower() if isinstance(value, str) else ""
        if digest.is_digest(text):
            return Given(text)
        shown = f"{value[:SHOWN]!r} is not" if isinstance(value, str) else "This is not"
        self.fault(where, f"{shown} a digest: it has 64 hexadecimal digits.")
        return None

    def taken(self, value: dict[str, Any], output: str, where: str) -> Taken | None:
        run = value["run"]
        address = run.strip().lower() if isinstance(run, str) else ""
        if not digest.is_digest(address):
            shown = repr(run[:SHOWN]) if isinstance(run, str) else "This"
            self.fault(where, f"{shown} is not an address of a run: it has 64 hexadecimal digits.")
            return None
        return Taken(address, output)

    def link(self, value: dict[str, Any], output: str, where: str) -> Link | None:
        name = value["node"]
        if not isinstance(name, str) or name not in self.names:
            shown = repr(name[:SHOWN]) if isinstance(name, str) else "of this name"
            self.fault(where, f"There is no node {shown} in the request.")
            return None
        return Link(f"nodes.{name}", output)

    def output_of(self, content: dict[str, Any], where: str) -> str:
        output = content.get("output")
        if output is None:
            return ""
        if isinstance(output, str) and len(output) <= NAME_AT_MOST:
            return output
        self.fault(f"{where}.output", "The output is the name of one, a text.")
        return ""

    def unknown(self, where: str, content: dict[str, Any], known: frozenset[str]) -> None:
        strange = sorted(str(name)[:SHOWN] for name in set(content) - known)
        if strange:
            names = ", ".join(sorted(known))
            self.fault(where, f"There is no field {strange[0]!r}: use {names}.")

    def fault(self, where: str, sentence: str) -> None:
        if len(self.faults) < FAULTS_AT_MOST:
            self.faults.setdefault(where, sentence)


def _is_object(value: Any) -> bool:  # noqa: ANN401 -- any JSON value
    return isinstance(value, dict)


def _is_bound(parameter: Parameter, value: Any) -> bool:  # noqa: ANN401 -- any JSON value
    """Whether a value is a product rather than a plain value."""
    if parameter.kind is ParameterKind.PRODUCT:
        return value is not None and value != ""
    return parameter.kind in BINDABLE and _is_object(value) and any(kind in value for kind in PARTS)


def _is_whole(value: Any) -> bool:  # noqa: ANN401 -- any JSON value
    return isinstance(value, int) and not isinstance(value, bool)
