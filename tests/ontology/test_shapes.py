from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SH

from ontology.domain import namespaces, shapes
from ontology.domain.findings import Severity, Where
from ontology.domain.shapes import profiles, validate
from ontology.errors import UnknownProfileError

REPRISE = Namespace(namespaces.REPRISE)
SCHEMA = Namespace(namespaces.SCHEMA)
ENTRY, PARAMETER, OUTPUT = (URIRef(f"urn:test:{name}") for name in ("entry", "e_min", "result"))
PLACE = Where("x.ipynb", 2, 3)


@pytest.fixture
def graph() -> Graph:
    """The description of an entry in which nothing is wrong."""
    graph = Graph()
    for subject, predicate, value in facts():
        graph.add((subject, predicate, value if isinstance(value, URIRef) else Literal(value)))
    return graph


def facts() -> Iterator[tuple[URIRef, URIRef, object]]:
    yield ENTRY, RDF.type, REPRISE.Workflow
    yield ENTRY, SCHEMA.name, "Crab in hard X-rays"
    yield ENTRY, SCHEMA.description, "How steady the Crab nebula has been over fifteen years."
    yield ENTRY, SCHEMA.license, "MIT"
    yield ENTRY, SCHEMA.author, "Ada Lovelace"
    yield ENTRY, SCHEMA.version, "1.0"
    yield ENTRY, SCHEMA.keywords, "Crab"
    yield ENTRY, SCHEMA.citation, URIRef("https://doi.org/10.1051/0004-6361/202037850")
    yield ENTRY, REPRISE.parameter, PARAMETER
    yield PARAMETER, RDF.type, REPRISE.Parameter
    yield PARAMETER, SCHEMA.name, "e_min"
    yield PARAMETER, RDFS.label, "lower energy"
    yield PARAMETER, REPRISE["term"], REPRISE.Energy
    yield PARAMETER, SCHEMA.unitText, "keV"
    yield PARAMETER, REPRISE.minimum, 15.0
    yield PARAMETER, REPRISE.maximum, 500
    yield ENTRY, REPRISE.output, OUTPUT
    yield OUTPUT, RDF.type, REPRISE.Output
    yield OUTPUT, SCHEMA.name, "result"
    yield OUTPUT, REPRISE["term"], REPRISE.Float
    for node in (PARAMETER, OUTPUT):
        yield node, REPRISE.file, PLACE.file
        yield node, REPRISE.cell, PLACE.cell
        yield node, REPRISE.line, PLACE.line


def test_a_complete_entry_has_no_findings(graph: Graph) -> None:
    assert validate(graph, "workflow") == ()


@pytest.mark.parametrize(
    ("subject", "predicate", "severity", "id_"),
    [
        (ENTRY, SCHEMA.name, Severity.MUST, "workflow/has-name"),
        (ENTRY, SCHEMA.license, Severity.MUST, "workflow/has-licence"),
        (ENTRY, REPRISE.output, Severity.MUST, "workflow/has-output"),
        (PARAMETER, SCHEMA.name, Severity.MUST, "workflow/parameter-has-name"),
        (OUTPUT, SCHEMA.name, Severity.MUST, "workflow/output-has-name"),
        (ENTRY, SCHEMA.description, Severity.SHOULD, "workflow/has-description"),
        (ENTRY, SCHEMA.author, Severity.SHOULD, "workflow/has-author"),
        (ENTRY, SCHEMA.citation, Severity.SHOULD, "workflow/cites-paper"),
        (PARAMETER, REPRISE["term"], Severity.SHOULD, "workflow/parameter-has-term"),
        (PARAMETER, RDFS.label, Severity.SHOULD, "workflow/parameter-has-label"),
        (OUTPUT, REPRISE["term"], Severity.SHOULD, "workflow/output-has-term"),
        (PARAMETER, SCHEMA.unitText, Severity.SHOULD, "workflow/quantity-has-unit"),
        (ENTRY, SCHEMA.version, Severity.MAY, "workflow/has-version"),
        (ENTRY, SCHEMA.keywords, Severity.MAY, "workflow/has-keywords"),
    ],
)
def test_what_is_missing_is_found(
    graph: Graph, subject: URIRef, predicate: URIRef, severity: Severity, id_: str
) -> None:
    graph.remove((subject, predicate, None))
    place = Where() if subject == ENTRY else PLACE
    found = [(each.severity, each.id, each.where) for each in validate(graph, "workflow")]
    assert found == [(severity, id_, place)]


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "id_"),
    [
        (ENTRY, SCHEMA.name, "  ", "workflow/has-name"),
        (ENTRY, SCHEMA.description, "nineteen characters", "workflow/has-description"),
        (PARAMETER, REPRISE.minimum, 501, "workflow/limits-in-order"),
    ],
)
def test_what_is_wrong_is_found(
    graph: Graph, subject: URIRef, predicate: URIRef, value: object, id_: str
) -> None:
    graph.set((subject, predicate, Literal(value)))
    assert [each.id for each in validate(graph, "workflow")] == [id_]


def test_equal_limits_are_in_order(graph: Graph) -> None:
    graph.set((PARAMETER, REPRISE.minimum, Literal(500.0)))
    assert validate(graph, "workflow") == ()


@pytest.mark.parametrize("term", [REPRISE.Redshift, REPRISE.Float, REPRISE.String, ENTRY])
def test_only_quantities_need_a_unit(graph: Graph, term: URIRef) -> None:
    graph.remove((PARAMETER, SCHEMA.unitText, None))
    graph.set((PARAMETER, REPRISE["term"], term))
    assert validate(graph, "workflow") == ()


def test_an_output_that_is_a_quantity_needs_a_unit_too(graph: Graph) -> None:
    graph.set((OUTPUT, REPRISE["term"], REPRISE.RightAscension))
    (found,) = validate(graph, "workflow")
    assert found.what == "result: The physical quantity has no unit."


def test_a_finding_says_how_to_mend(graph: Graph) -> None:
    graph.remove((PARAMETER, REPRISE["term"], None))
    (found,) = validate(graph, "workflow")
    assert found.what == "e_min: The parameter has no term."
    assert found.mend == (
        "Say what it holds in a comment at the end of its line, "
        "such as # oda:Energy_keV or # oda:Float."
    )


def test_the_heaviest_findings_come_first(graph: Graph) -> None:
    for predicate in (SCHEMA.version, SCHEMA.author, SCHEMA.license):
        graph.remove((ENTRY, predicate, None))
    found = [each.severity for each in validate(graph, "workflow")]
    assert found == [Severity.MUST, Severity.SHOULD, Severity.MAY]


def test_the_description_is_left_as_it_is(graph: Graph) -> None:
    before = set(graph)
    validate(graph, "workflow")
    assert set(graph) == before


def test_two_parameters_with_the_same_fault_are_two_findings(graph: Graph) -> None:
    other = URIRef("urn:test:other")
    graph.add((other, RDF.type, REPRISE.Parameter))
    graph.add((other, SCHEMA.name, Literal("e_max")))
    graph.add((other, REPRISE["term"], REPRISE.Float))
    graph.remove((PARAMETER, RDFS.label, None))
    found = [each.what for each in validate(graph, "workflow")]
    assert found == [
        "e_max: The parameter has no label for people.",
        "e_min: The parameter has no label for people.",
    ]


@pytest.mark.parametrize("profile", ["", "nothing", "../shapes/workflow", "workflow/must"])
def test_an_unknown_profile_is_refused(profile: str) -> None:
    with pytest.raises(UnknownProfileError):
        validate(Graph(), profile)


def test_every_file_of_shapes_stands_in_a_folder_of_a_severity_and_is_numbered() -> None:
    files = sorted(path.relative_to(shapes.FOLDER) for path in shapes.FOLDER.rglob("*.ttl"))
    assert [str(path) for path in files if not path.match("*/*/[0-9][0-9]_*.ttl")] == []
    assert {path.parts[1] for path in files} == {"must", "should", "may"}
    assert {path.parts[0] for path in files} == set(profiles())


@pytest.mark.parametrize("file", sorted(shapes.FOLDER.rglob("*.ttl")), ids=lambda path: path.stem)
def test_every_rule_has_a_name_a_message_and_a_way_to_mend(file: Path) -> None:
    graph = Graph().parse(file)
    rules = set(graph.subjects(SH.message))
    assert rules == set(graph.subjects(REPRISE.id)) == set(graph.subjects(REPRISE.mend))
    assert rules != set()
