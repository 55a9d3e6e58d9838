"""The description of a version is a graph that shapes judge and crates carry."""

import pytest
from rdflib import RDF, RDFS, Literal, URIRef

from catalogue.domain.description import REPRISE, SCHEMA, describe
from catalogue.domain.entry import About, Person
from catalogue.domain.interface import Interface, Output, Parameter
from ontology.domain.findings import Where
from ontology.domain.kinds import ParameterKind, ProductKind

VERSION = "urn:reprise:doubling"
ABOUT = About(
    title="A doubled number",
    licence="BSD-3-Clause",
    people=(Person("Ada", "Lovelace"), Person()),
    keywords=("arithmetic", "numbers"),
    references=("https://doi.org/10.1000/doubling",),
)
ENERGY = Parameter(
    "energy",
    ParameterKind.FLOAT,
    default=20.0,
    term="Energy",
    unit="keV",
    minimum=0,
    label="energy",
)
TOTAL = Output("total", ProductKind.NUMBER)
PLACES = {"energy": Where("x.ipynb", 2, 1)}


@pytest.fixture
def graph():
    return describe(VERSION, ABOUT, Interface((ENERGY,), (TOTAL,)), PLACES)


def facts(graph, node):
    return {(name, value) for name, value in graph.predicate_objects(node)}


def test_a_version_is_a_workflow_with_words_and_people(graph):
    node = URIRef(VERSION)
    own = {
        (name, value)
        for name, value in facts(graph, node)
        if not hasattr(value, "n3") or value.n3()[:2] != "_:"
    }
    assert own == {
        (RDF.type, REPRISE["Workflow"]),
        (SCHEMA["name"], Literal("A doubled number")),
        (SCHEMA["license"], Literal("BSD-3-Clause")),
        (SCHEMA["author"], Literal("Ada Lovelace")),
        (SCHEMA["keywords"], Literal("arithmetic")),
        (SCHEMA["keywords"], Literal("numbers")),
        (SCHEMA["citation"], Literal("https://doi.org/10.1000/doubling")),
    }


def test_a_parameter_has_its_kind_unit_limits_term_and_place(graph):
    [node] = graph.objects(URIRef(VERSION), REPRISE["parameter"])
    assert facts(graph, node) == {
        (RDF.type, REPRISE["Parameter"]),
        (SCHEMA["name"], Literal("energy")),
        (REPRISE["kind"], Literal("float")),
        (SCHEMA["unitText"], Literal("keV")),
        (RDFS.label, Literal("energy")),
        (REPRISE["minimum"], Literal(0)),
        (REPRISE["default"], Literal(20.0)),
        (REPRISE["term"], REPRISE["Energy"]),
        (REPRISE["file"], Literal("x.ipynb")),
        (REPRISE["cell"], Literal(2)),
        (REPRISE["line"], Literal(1)),
    }


def test_an_output_without_a_place_has_none(graph):
    [node] = graph.objects(URIRef(VERSION), REPRISE["output"])
    assert facts(graph, node) == {
        (RDF.type, REPRISE["Output"]),
        (SCHEMA["name"], Literal("total")),
        (REPRISE["kind"], Literal("number")),
    }


def test_a_default_that_is_a_list_is_not_said():
    points = Parameter("points", ParameterKind.LIST, default=[1, 2])
    graph = describe(VERSION, About(), Interface((points,)), {})
    assert list(graph.objects(None, REPRISE["default"])) == []
