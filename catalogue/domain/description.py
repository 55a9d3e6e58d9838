"""The description of a version as a graph, which shapes judge and crates carry."""

from collections.abc import Mapping

from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef

from catalogue.domain.entry import About
from catalogue.domain.interface import Interface, Output, Parameter
from ontology.domain import namespaces
from ontology.domain.findings import Where

REPRISE = Namespace(namespaces.REPRISE)
SCHEMA = Namespace(namespaces.SCHEMA)


def describe(
    subject: str, about: About, interface: Interface, places: Mapping[str, Where]
) -> Graph:
    """The graph of one version.

    Args:
        subject: IRI of the version.
        about: what its CITATION.cff says.
        interface: its parameters and outputs.
        places: name of a parameter or output → where it stands, for findings to point at.
    """
    graph = Graph()
    node = URIRef(subject)
    graph.add((node, RDF.type, REPRISE["Workflow"]))
    _about(graph, node, about)
    for parameter in interface.parameters:
        graph.add((node, REPRISE["parameter"], _parameter(graph, parameter, places)))
    for output in interface.outputs:
        graph.add((node, REPRISE["output"], _output(graph, output, places)))
    return graph


def _about(graph: Graph, node: URIRef, about: About) -> None:
    single = {
        SCHEMA["name"]: about.title, SCHEMA["description"]: about.abstract,
        SCHEMA["license"]: about.licence, SCHEMA["version"]: about.version,
    }  # fmt: skip
    many = {
        SCHEMA["author"]: tuple(person.name for person in about.people),
        SCHEMA["keywords"]: about.keywords, SCHEMA["citation"]: about.references,
    }  # fmt: skip
    pairs = [(name, text) for name, text in single.items() if text]
    pairs += [(name, text) for name, texts in many.items() for text in texts if text]
    for name, text in pairs:
        graph.add((node, name, Literal(text)))


def _parameter(graph: Graph, item: Parameter, places: Mapping[str, Where]) -> BNode:
    node = _common(graph, item, REPRISE["Parameter"], places)
    for name, value in (
        (REPRISE["minimum"], item.minimum),
        (REPRISE["maximum"], item.maximum),
        (REPRISE["default"], item.default if isinstance(item.default, str | int | float) else None),
    ):
        if value is not None:
            graph.add((node, name, Literal(value)))
    return node


def _output(graph: Graph, item: Output, places: Mapping[str, Where]) -> BNode:
    return _common(graph, item, REPRISE["Output"], places)


def _common(
    graph: Graph, item: Parameter | Output, kind: URIRef, places: Mapping[str, Where]
) -> BNode:
    node = BNode()
    graph.add((node, RDF.type, kind))
    where = places.get(item.name, Where())
    facts = {
        SCHEMA["name"]: item.name, REPRISE["kind"]: item.kind.value, SCHEMA["unitText"]: item.unit,
        RDFS.label: item.label, SCHEMA["description"]: item.description,
        REPRISE["file"]: where.file, REPRISE["cell"]: where.cell, REPRISE["line"]: where.line,
    }  # fmt: skip
    for name, value in facts.items():
        if value not in (None, ""):
            graph.add((node, name, Literal(value)))
    if item.term:
        graph.add((node, REPRISE["term"], REPRISE[item.term]))
    return node
