"""Shapes: what the rules about metadata have to say about a description.

The rules are data: SHACL shapes (https://www.w3.org/TR/shacl/) in
``ontology/shapes/<profile>/{must,should,may}/NN_topic.ttl``. The folder gives the severity, the
shape's ``sh:message`` what is wrong, its ``reprise:mend`` how to mend it, its ``reprise:id`` the
name of the rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import Graph, Namespace
from rdflib.namespace import SH
from rdflib.term import Literal, Node

from ontology.domain import namespaces, terms
from ontology.domain.findings import Finding, Severity, Where
from ontology.errors import UnknownProfileError

FOLDER = Path(__file__).resolve().parent.parent / "shapes"
REPRISE = Namespace(namespaces.REPRISE)
SCHEMA = Namespace(namespaces.SCHEMA)
_WEIGHTS = {severity: weight for weight, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    severity: Severity
    mend: str


def profiles() -> tuple[str, ...]:
    """Names of the profiles there are shapes for, sorted."""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))


def validate(graph: Graph, profile: str) -> tuple[Finding, ...]:
    """What the shapes of a profile find in a description; heaviest first, then by rule and place.

    The graph is left as it is. Our ontology is merged into a copy, so that rules see which term
    stands below which; no inference is done, which would take a hundred times as long.

    Raises:
        UnknownProfileError: there are no shapes of this name.
    """
    shapes, rules = _shapes(profile)
    import pyshacl

    _, report, _ = pyshacl.validate(
        graph, shacl_graph=shapes, ont_graph=terms.graph(), inference="none", advanced=False
    )
    found = {_finding(report, result, graph, rules) for result in _results(report)}
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[int, str, str, int, int, str]:
    where = finding.where
    return (
        _WEIGHTS[finding.severity],
        finding.id,
        where.file,
        where.cell or 0,
        where.line or 0,
        finding.what,
    )


@cache
def _shapes(profile: str) -> tuple[Graph, Mapping[Node, _Rule]]:
    if profile not in profiles():
        raise UnknownProfileError(
            f"There are no shapes called {profile!r}; there are {', '.join(profiles())}."
        )
    together = Graph()
    rules: dict[Node, _Rule] = {}
    for severity in Severity:
        for file in sorted((FOLDER / profile / severity.value).glob("*.ttl")):
            graph = Graph().parse(file, format="turtle")
            rules.update(_rules(graph, severity))
            together += graph
    return together, rules


def _rules(graph: Graph, severity: Severity) -> Iterator[tuple[Node, _Rule]]:
    for shape, name in graph.subject_objects(REPRISE.id):
        yield shape, _Rule(str(name), severity, str(graph.value(shape, REPRISE.mend) or ""))


def _results(report: Graph) -> Iterator[Node]:
    """The results themselves, without the details that pyshacl hangs below them."""
    for summary in report.subjects(SH.conforms):
        yield from report.objects(summary, SH.result)


def _finding(report: Graph, result: Node, graph: Graph, rules: Mapping[Node, _Rule]) -> Finding:
    shape = report.value(result, SH.sourceShape)
    focus = report.value(result, SH.focusNode)
    rule = rules[shape] if shape else _Rule("", Severity.MUST, "")
    message = str(report.value(result, SH.resultMessage))
    return Finding(
        rule.severity, rule.id, _where(graph, focus), _about(graph, focus, message), rule.mend
    )


def _about(graph: Graph, focus: Node | None, message: str) -> str:
    """The message with the name of the parameter or output in front; the entry needs none."""
    name = graph.value(focus, SCHEMA.name)
    is_workflow = (focus, None, REPRISE.Workflow) in graph
    return message if name is None or is_workflow else f"{name}: {message}"


def _where(graph: Graph, focus: Node | None) -> Where:
    file = graph.value(focus, REPRISE.file)
    return Where(
        str(file or ""),
        _number(graph.value(focus, REPRISE.cell)),
        _number(graph.value(focus, REPRISE.line)),
    )


def _number(value: Node | None) -> int | None:
    plain = value.toPython() if isinstance(value, Literal) else None
    return plain if isinstance(plain, int) else None
