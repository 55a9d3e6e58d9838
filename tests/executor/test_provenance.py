"""Provenance: what a run used and made, in the words of PROV-O."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rdflib import PROV, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from executor.domain.provenance import Facts, to_graph, to_jsonld
from executor.queries import provenance
from tests.factories import rows

SCHEMA = Namespace("https://schema.org/")
BASE = "https://reprise.example.org"
RUN = URIRef(f"{BASE}/runs/{'1' * 64}")
FACTS = Facts(
    base=BASE,
    address="1" * 64,
    workflow="/workflows/doubling/1",
    version="2" * 64,
    environment="3" * 64,
    inputs={"energy": {"type": "float", "unit": "keV", "value": 25.0}, "bands": {"value": [1, 2]}},
    data={"x.fits": "4" * 64},
    products={"total (output)": "5" * 64},
    started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    ended_at=datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC),
    environment_facts={"packages": ["numpy==2.4"]},
)


def test_a_run_is_an_activity_with_its_times():
    graph = to_graph(FACTS)

    assert (RUN, RDF.type, PROV.Activity) in graph
    assert graph.value(RUN, PROV.startedAtTime) == Literal(
        "2026-01-02T03:04:05+00:00", datatype=XSD.dateTime
    )
    assert graph.value(RUN, PROV.endedAtTime) == Literal(
        "2026-01-02T03:04:06+00:00", datatype=XSD.dateTime
    )


def test_it_used_version_environment_data_and_every_input():
    graph = to_graph(FACTS)

    assert {str(used).removeprefix(BASE) for used in graph.objects(RUN, PROV.used)} == {
        "/workflows/doubling/1",
        "urn:sha256:" + "3" * 64,
        "urn:sha256:" + "4" * 64,
        f"/runs/{'1' * 64}#energy",
        f"/runs/{'1' * 64}#bands",
    }
    energy = URIRef(f"{RUN}#energy")
    assert (graph.value(energy, PROV.value), graph.value(energy, SCHEMA.unitText)) == (
        Literal(25.0), Literal("keV"),
    )  # fmt: skip
    assert graph.value(URIRef(f"{RUN}#bands"), PROV.value) == Literal("[1, 2]")


def test_the_version_is_its_plan_named_by_its_digest():
    graph = to_graph(FACTS)

    version = URIRef(f"{BASE}/workflows/doubling/1")
    assert (version, RDF.type, PROV.Plan) in graph
    assert graph.value(version, SCHEMA.identifier) == Literal("2" * 64)


def test_products_were_generated_by_it():
    graph = to_graph(FACTS)

    product = URIRef(f"{BASE}/products/{'5' * 64}")
    assert list(graph.subjects(PROV.wasGeneratedBy, RUN)) == [product]
    assert graph.value(product, RDFS.label) == Literal("total (output)")


def test_packages_belong_to_the_environment():
    graph = to_graph(FACTS)

    environment = URIRef("urn:sha256:" + "3" * 64)
    assert graph.value(environment, SCHEMA.softwareRequirements) == Literal("numpy==2.4")


def test_a_run_that_waits_has_no_times():
    graph = to_graph(replace(FACTS, started_at=None, ended_at=None))

    assert graph.value(RUN, PROV.startedAtTime) is None
    assert graph.value(RUN, PROV.endedAtTime) is None


# rdflib's own JSON-LD parser still uses the class that rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_the_json_ld_is_the_same_graph():
    again = Graph().parse(data=to_jsonld(FACTS), format="json-ld")

    assert set(again) == set(to_graph(FACTS))
    assert json.loads(to_jsonld(FACTS))["@context"]["prov"] == "http://www.w3.org/ns/prov#"


@pytest.mark.django_db
def test_the_facts_are_those_of_the_newest_attempt(settings):
    settings.PUBLIC_URL = BASE
    run = rows.finished_run(value=40.0)
    rows.AttemptFactory(run=run, number=1, facts_json={"python": "3.10"})
    rows.AttemptFactory(run=run, number=2, facts_json={"python": "3.11"})

    facts = provenance(run)

    assert (facts.base, facts.address, facts.version) == (BASE, run.address, run.version.digest)
    assert facts.environment_facts == {"python": "3.11"}
    assert facts.products == {"total (output)": run.outputs.get().product_id}
