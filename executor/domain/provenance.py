"""The provenance of a run as a PROV-O graph (W3C Recommendation, 30 April 2013)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rdflib import PROV, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from ontology.domain import namespaces

SCHEMA = Namespace(namespaces.SCHEMA)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a run.

    Attributes:
        base: address of the service, without a slash at the end.
        address: address of the run.
        workflow: path of the version's page.
        version: digest of the version.
        environment: digest of the environment.
        inputs: name → typed form of every parameter.
        data: name → digest of every data file.
        products: name → digest of every product.
        started_at: when the last attempt began; None before.
        ended_at: when it ended; None before.
        environment_facts: Python, packages, isolation and machine of the last attempt.
    """

    base: str
    address: str
    workflow: str
    version: str
    environment: str
    inputs: Mapping[str, Mapping[str, Any]]
    data: Mapping[str, str]
    products: Mapping[str, str]
    started_at: datetime | None
    ended_at: datetime | None
    environment_facts: Mapping[str, Any]


def to_graph(facts: Facts) -> Graph:
    """The graph: the run used version, environment, inputs and data, and generated products."""
    graph = Graph()
    graph.bind("prov", PROV)
    graph.bind("schema", SCHEMA)
    run = URIRef(f"{facts.base}/runs/{facts.address}")
    graph.add((run, RDF.type, PROV.Activity))
    moments = {PROV.startedAtTime: facts.started_at, PROV.endedAtTime: facts.ended_at}
    for when, moment in moments.items():
        if moment:
            graph.add((run, when, Literal(moment.isoformat(), datatype=XSD.dateTime)))
    _used(graph, run, facts)
    for name, digest in facts.products.items():
        product = _entity(graph, URIRef(f"{facts.base}/products/{digest}"), name)
        graph.add((product, PROV.wasGeneratedBy, run))
    return graph


def to_jsonld(facts: Facts) -> str:
    """The graph as JSON-LD."""
    context = {"prov": str(PROV), "schema": str(SCHEMA), "rdfs": str(RDFS), "xsd": str(XSD)}
    return to_graph(facts).serialize(format="json-ld", context=context, sort_keys=True)


def _used(graph: Graph, run: URIRef, facts: Facts) -> None:
    version = _entity(graph, URIRef(f"{facts.base}{facts.workflow}"), "workflow")
    graph.add((version, RDF.type, PROV.Plan))
    graph.add((version, SCHEMA.identifier, Literal(facts.version)))
    environment = _entity(graph, URIRef(f"urn:sha256:{facts.environment}"), "environment")
    for package in facts.environment_facts.get("packages", ()):
        graph.add((environment, SCHEMA.softwareRequirements, Literal(package)))
    used = [version, environment]
    used += [
        _entity(graph, URIRef(f"urn:sha256:{digest}"), name) for name, digest in facts.data.items()
    ]
    used += [_input(graph, run, name, form) for name, form in facts.inputs.items()]
    for entity in used:
        graph.add((run, PROV.used, entity))


def _input(graph: Graph, run: URIRef, name: str, form: Mapping[str, Any]) -> URIRef:
    entity = _entity(graph, URIRef(f"{run}#{name}"), name)
    value = form.get("value")
    graph.add(
        (entity, PROV.value, Literal(value if isinstance(value, str | int | float) else str(value)))
    )
    if form.get("unit"):
        graph.add((entity, SCHEMA.unitText, Literal(form["unit"])))
    return entity


def _entity(graph: Graph, entity: URIRef, label: str) -> URIRef:
    graph.add((entity, RDF.type, PROV.Entity))
    graph.add((entity, RDFS.label, Literal(label)))
    return entity
