"""Provenance: what runs used and made, in the words of PROV."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prov.model import ProvDocument
from rdflib import PROV, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from executor.domain.provenance import Code, Facts, Gave, Used, records
from executor.domain.provenance_formats import ENDS, to_jsonld, to_prov_json, to_turtle

SCHEMA = Namespace("https://schema.org/")
BASE = "https://reprise.example.org"
RUN = URIRef(f"{BASE}/runs/{'1' * 64}")
SOURCE = URIRef(f"{BASE}/runs/{'a' * 64}")
VERSION = URIRef(f"{BASE}/workflows/doubling/1")
CODE = Code(
    path="/workflows/doubling/1", digest="2" * 64, title="Doubling",
    source="https://git.example.org/doubling.git", commit="c" * 40, lock="d" * 64,
    people=(("Ada Lovelace", "0000-0002-1825-0097"),),
    data=(("x.fits", "4" * 64, "https://data.example.org/x.fits"),),
)  # fmt: skip
FACTS = Facts(
    address="1" * 64,
    code=CODE,
    environment="3" * 64,
    inputs={"energy": {"type": "float", "unit": "keV", "value": 25.0}, "bands": {"value": [1, 2]}},
    seed=7,
    used=(
        Used("tables", 0, "a" * 64, "counts", "6" * 64),
        Used("tables", 1, "", "", "7" * 64),
    ),
    gave=(Gave("total", "output", "5" * 64, "application/json", 4),),
    asker="account:ada",
    state="finished",
    started_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    ended_at=datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC),
    site="slurm",
    node="n1",
    machine={"packages": ["numpy==2.4"], "python": "3.11.9", "isolation": "bubblewrap"},
)
TOLD = records(BASE, [FACTS])


def graph(told=TOLD):
    return Graph().parse(data=to_turtle(told), format="turtle")


def node(part):
    return URIRef(f"{RUN}#{part}")


def test_a_run_is_an_activity_with_its_times():
    told = graph()

    assert (RUN, RDF.type, PROV.Activity) in told
    assert told.value(RUN, PROV.startedAtTime) == Literal(
        "2026-01-02T03:04:05+00:00", datatype=XSD.dateTime
    )
    assert told.value(RUN, PROV.endedAtTime) == Literal(
        "2026-01-02T03:04:06+00:00", datatype=XSD.dateTime
    )


def test_it_used_code_environment_data_parameters_seed_and_products():
    assert {str(used).removeprefix(BASE) for used in graph().objects(RUN, PROV.used)} == {
        "/workflows/doubling/1",
        "urn:sha256:" + "3" * 64,
        "urn:sha256:" + "4" * 64,
        f"/runs/{'1' * 64}#energy",
        f"/runs/{'1' * 64}#bands",
        f"/runs/{'1' * 64}#random%20seed",
        f"/runs/{'a' * 64}#output/counts",
        f"/products/{'7' * 64}",
    }


def test_a_parameter_has_its_value_and_unit():
    told = graph()

    assert told.value(node("energy"), PROV.value) == Literal(25.0)
    assert told.value(node("energy"), SCHEMA.unitText) == Literal("keV")
    assert told.value(node("bands"), PROV.value) == Literal("[1, 2]")


def test_the_role_of_what_was_used_is_its_parameter():
    told = graph()
    roles = {
        str(usage).removeprefix(f"{RUN}#usage/"): str(
            told.value(told.value(usage, PROV.hadRole), RDFS.label)
        )
        for usage in told.objects(RUN, PROV.qualifiedUsage)
    }

    assert roles == {
        "energy/0": "energy", "bands/0": "bands", "random%20seed/0": "random seed",
        "tables/0": "tables", "tables/1": "tables",
    }  # fmt: skip


def test_the_version_is_the_plan_and_says_where_it_is_from():
    told = graph()

    assert (VERSION, RDF.type, PROV.Plan) in told
    assert told.value(VERSION, SCHEMA.identifier) == Literal("2" * 64)
    source = told.value(VERSION, PROV.wasDerivedFrom)
    assert (told.value(source, RDFS.label), told.value(source, SCHEMA.identifier)) == (
        Literal("https://git.example.org/doubling.git"), Literal("c" * 40),
    )  # fmt: skip
    assert told.value(told.value(VERSION, PROV.wasAttributedTo), RDFS.label) == Literal(
        "Ada Lovelace"
    )
    assert told.value(node("association/executor"), PROV.hadPlan) == VERSION


def test_packages_and_lock_belong_to_the_environment():
    told, environment = graph(), URIRef("urn:sha256:" + "3" * 64)

    assert told.value(environment, SCHEMA.softwareRequirements) == Literal("numpy==2.4")
    assert told.value(told.value(environment, PROV.wasDerivedFrom), SCHEMA.sha256) == Literal(
        "d" * 64
    )


def test_machine_and_account_are_its_agents():
    agents = {
        str(agent).removeprefix(BASE) for agent in graph().objects(RUN, PROV.wasAssociatedWith)
    }

    assert agents == {"/#site/slurm/n1", "/#account/ada"}


def test_who_asked_without_an_account_is_not_named():
    told = records(BASE, [replace(FACTS, asker="anon-5e884898da28")])

    assert "5e884898da28" not in to_turtle(told) + to_jsonld(told) + to_prov_json(told)
    assert len(list(graph(told).objects(RUN, PROV.wasAssociatedWith))) == 1


def test_an_output_derives_from_every_product_that_was_taken():
    told = graph()

    assert list(told.objects(node("output/total"), PROV.wasGeneratedBy)) == [RUN]
    assert set(told.objects(node("output/total"), PROV.wasDerivedFrom)) == {
        URIRef(f"{SOURCE}#output/counts"), URIRef(f"{BASE}/products/{'7' * 64}"),
    }  # fmt: skip
    product = told.value(node("output/total"), PROV.specializationOf)
    assert (product, told.value(product, SCHEMA.sha256)) == (
        URIRef(f"{BASE}/products/{'5' * 64}"), Literal("5" * 64),
    )  # fmt: skip


def test_an_answer_that_was_taken_names_the_run_that_gave_it():
    told = graph(records(BASE, [replace(FACTS, reused="b" * 64)]))

    twin = URIRef(f"{BASE}/runs/{'b' * 64}")
    assert URIRef(f"{twin}#output/total") in set(
        told.objects(node("output/total"), PROV.wasDerivedFrom)
    )
    assert twin in set(told.objects(RUN, PROV.wasInformedBy))


def test_a_run_that_gives_back_what_it_took_makes_no_circle():
    facts = replace(FACTS, gave=(Gave("same", "output", "7" * 64),))
    told = graph(records(BASE, [facts]))

    assert list(told.objects(URIRef(f"{BASE}/products/{'7' * 64}"), PROV.wasDerivedFrom)) == []


def test_equal_bytes_of_two_runs_are_generated_once_each():
    told = graph(records(BASE, [FACTS, replace(FACTS, address="8" * 64)]))

    made = set(told.subjects(PROV.specializationOf, URIRef(f"{BASE}/products/{'5' * 64}")))
    assert [len(list(told.objects(item, PROV.wasGeneratedBy))) for item in made] == [1, 1]


def test_a_run_that_waits_has_no_times_and_no_machine():
    facts = replace(FACTS, started_at=None, ended_at=None, site="", node="", asker="", machine=None)
    told = graph(records(BASE, [facts]))

    assert told.value(RUN, PROV.startedAtTime) is None
    assert told.value(RUN, PROV.endedAtTime) is None
    assert told.value(RUN, PROV.wasAssociatedWith) is None


# rdflib's own JSON-LD parser still uses the class that rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_json_ld_and_turtle_are_the_same_graph():
    again = Graph().parse(data=to_jsonld(TOLD), format="json-ld")

    assert set(again) == set(graph())
    assert len(again) > 50


def test_everything_that_is_related_is_told_of():
    told = graph()
    ends = {item for kind in ENDS for pair in told.subject_objects(PROV[kind]) for item in pair}

    kinds = {PROV.Entity, PROV.Activity, PROV.Agent}
    assert [item for item in ends if not kinds & set(told.objects(item, RDF.type))] == []


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e300, True, 'a "b"\n\\c', -3])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_any_value_is_the_same_in_all_formats(value):
    told = records(BASE, [replace(FACTS, inputs={"é {x}": {"value": value}})])
    name = node("%C3%A9%20%7Bx%7D")
    again = Graph().parse(data=to_jsonld(told), format="json-ld")

    found = graph(told).value(name, PROV.value)
    assert (found.toPython(), again.value(name, PROV.value).toPython()) == (value, value)


def test_a_value_that_is_no_number_is_told_in_all_formats():
    told = records(BASE, [replace(FACTS, inputs={"x": {"value": float("nan")}})])

    found = graph(told).value(node("x"), PROV.value).toPython()
    assert found != found  # noqa: PLR0124 -- NaN
    assert json.loads(to_prov_json(told))["entity"][f"here:runs/{'1' * 64}#x"]["prov:value"] == {
        "$": "NaN", "type": "xsd:double",
    }  # fmt: skip


def test_prov_json_says_who_used_what_in_which_role():
    content = json.loads(to_prov_json(TOLD))

    assert {
        "prov:activity": f"here:runs/{'1' * 64}",
        "prov:entity": f"here:products/{'7' * 64}",
        "prov:role": "tables",
    } in content["used"].values()
    assert content["prefix"]["here"] == f"{BASE}/"


def test_the_library_of_prov_reads_prov_json():
    told = ProvDocument.deserialize(content=to_prov_json(TOLD), format="json")

    assert len(told.get_records()) == len(TOLD.elements) + len(TOLD.relations)


def test_equal_facts_give_equal_bytes():
    again = records(BASE, [replace(FACTS)])

    for write in (to_jsonld, to_turtle, to_prov_json):
        assert write(again) == write(TOLD)
