"""Provenance over many runs: back to every input, forward to everything derived."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rdflib import PROV, Graph, URIRef

from executor import queries
from executor.domain.provenance import Direction
from executor.models import Attempt, Run, RunInput
from tests.executor.trees import counts, report, total
from tests.factories import rows

BASE = "https://reprise.example.org"


@pytest.fixture(autouse=True)
def _address(settings):
    settings.PUBLIC_URL = BASE


def turtle(client, path):
    answer = client.get(f"{path}{'&' if '?' in path else '?'}format=turtle")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/turtle")
    return Graph().parse(data=answer.content, format="turtle")


def of_run(client, run, more=""):
    return turtle(client, f"/api/runs/{run.address}/provenance/{more}")


def of_product(client, run, name, more=""):
    digest = run.outputs.get(name=name).product_id
    return turtle(client, f"/api/products/{digest}/provenance/{more}")


def told_of(graph):
    """Names of the workflows whose runs have a whole description."""
    found = graph.subjects(URIRef("https://schema.org/creativeWorkStatus"))
    runs = Run.objects.filter(address__in=[str(item).rpartition("/")[2] for item in found])
    return sorted(f"{run.version.workflow.slug}" for run in runs)


@pytest.fixture
def done(tree):
    tree.ask(report(1, 2))
    tree.finish_all()
    return tree


def test_a_run_leads_back_to_every_input(client, done):
    graph = of_run(client, done.run("report"))

    assert told_of(graph) == ["counts", "counts", "report", "sum"]
    picture = URIRef(f"{BASE}/runs/{done.run('report').address}#output/picture")
    back = set(graph.transitive_objects(picture, PROV.wasDerivedFrom))
    assert back == {
        picture,
        URIRef(f"{BASE}/runs/{done.run('sum').address}#output/table"),
        *(
            URIRef(f"{BASE}/runs/{done.run('counts', level=n).address}#output/counts")
            for n in (1, 2)
        ),
    }


def test_a_depth_stops_the_way_back_and_says_that_there_is_more(client, done):
    graph = of_run(client, done.run("report"), "?depth=1")

    assert told_of(graph) == ["report", "sum"]
    assert len(list(graph.predicate_objects(URIRef(f"{BASE}/#left-out")))) == 2
    whole = of_run(client, done.run("report"), "?depth=2")
    assert list(whole.predicate_objects(URIRef(f"{BASE}/#left-out"))) == []


def test_a_product_leads_back_and_forward(client, done):
    done.ask(total(1, 3))
    done.finish_all()
    first = done.run("counts", level=1)

    graph = of_product(client, first, "counts")

    assert told_of(graph) == ["counts", "report", "sum", "sum"]
    assert told_of(of_product(client, first, "counts", "?direction=back")) == ["counts"]
    assert told_of(of_product(client, first, "counts", "?direction=forward&depth=1")) == [
        "counts", "sum", "sum",
    ]  # fmt: skip


def test_a_product_that_nobody_took_leads_nowhere(client, tree):
    tree.ask(report(1))
    tree.finish(tree.run("counts"), counts=b"1", energy=b"5.0")
    tree.finish_all()

    assert told_of(of_product(client, tree.run("counts"), "energy")) == ["counts"]
    assert told_of(of_product(client, tree.run("counts"), "counts")) == ["counts", "report", "sum"]


def test_an_upload_leads_to_what_was_made_of_it(client, tree):
    product = rows.ProductFactory(data=b"n\n1\n", media_type="text/csv", file="mine.csv")
    tree.ask({"workflow": "report", "parameters": {"table": product.digest}})
    tree.finish_all()

    graph = turtle(client, f"/api/products/{product.digest}/provenance/")

    assert told_of(graph) == ["report"]
    entity = URIRef(f"{BASE}/products/{product.digest}")
    labels = [str(item) for _name, item in graph.predicate_objects(entity)]
    assert ("mine.csv" in labels, "text/csv" in labels) == (True, True)
    assert list(graph.objects(entity, PROV.wasGeneratedBy)) == []


def test_an_answer_that_was_taken_leads_to_what_made_it(client, tree):
    tree.ask(total(7))
    tree.finish(tree.run("counts", level=7), counts=b"seven")
    tree.finish_all()
    other = {"workflow": "sum", "parameters": {"tables": [counts(7, sign=-1)]}}
    tree.ask(other)
    tree.finish(tree.run("counts", sign=-1), counts=b"seven")

    cut_off = Run.objects.exclude(reused=None).get()

    assert told_of(of_run(client, cut_off)) == ["counts", "counts", "sum", "sum"]
    assert told_of(of_run(client, cut_off.reused, "?direction=forward")) == ["sum", "sum"]


def test_runs_that_wait_are_told_of_too(client, tree):
    tree.ask(report(1))

    assert told_of(of_run(client, tree.run("report"))) == ["counts", "report", "sum"]


def test_where_it_ran_is_the_newest_attempt(client, done):
    run = done.run("report")
    Attempt.objects.filter(run=run).update(site="local", worker="old/1/2")
    rows.AttemptFactory(
        run=run, number=9, worker="new/1/2", site="slurm", facts_json={"machine": "Linux"}
    )

    agents = {str(item) for item in of_run(client, run).objects(None, PROV.wasAssociatedWith)}

    assert f"{BASE}/#site/slurm/new" in agents
    assert f"{BASE}/#site/local/old" not in agents


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle", "text/turtle"),
        ("application/json", "application/json"),
    ],
)
def test_the_format_is_as_the_header_asks(client, done, accept, media_type):
    path = f"/api/runs/{done.run('report').address}/provenance/"

    assert client.get(path, headers={"accept": accept})["Content-Type"] == media_type


def test_the_format_may_be_named(client, done):
    path = f"/api/runs/{done.run('report').address}/provenance/?format="

    assert "entity" in client.get(f"{path}prov-json").json()
    assert "@graph" in json.loads(client.get(f"{path}jsonld").content)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("format=xml", "format: The format is one of: jsonld, turtle, prov-json."),
        ("direction=up", "direction: The direction is one of: back, forward, both."),
        ("depth=-1", "depth: The depth is a whole number from 0 to 100000."),
        ("depth=" + "9" * 5000, "depth: The depth is a whole number from 0 to 100000."),
        ("depth=²", "depth: The depth is a whole number from 0 to 100000."),
    ],
)
def test_what_is_no_option_is_refused(client, done, asked, sentence):
    answer = client.get(f"/api/runs/{done.run('report').address}/provenance/?{asked}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"] == sentence


def test_an_unknown_product_is_not_found(client, db):
    answer = client.get(f"/api/products/{'0' * 64}/provenance/")

    assert (answer.status_code, answer.json()["id"]) == (404, "executor:user:unknown-product")


def fan(width):
    """A run that takes the outputs of many."""
    version = rows.VersionFactory()
    target = rows.finished_run(version=version)
    runs = [
        Run(version=version, address=f"{n:064x}", environment="e" * 64, state="finished")
        for n in range(width)
    ]
    made = Run.objects.bulk_create(runs)
    RunInput.objects.bulk_create(
        RunInput(run=target, name="x", position=n, source=run, output="total")
        for n, run in enumerate(made)
    )
    return target


def test_a_wide_request_takes_no_more_questions_than_a_narrow_one(db):

    def asked(width):
        run = fan(width)
        with CaptureQueriesContext(connection) as found:
            queries.provenance_of_run(run, Direction.BACK)
        RunInput.objects.all().delete()
        Run.objects.filter(address__startswith="0000").delete()
        return len(found)

    assert asked(3) == asked(300)


def test_more_than_can_be_told_at_once_is_cut_and_says_so(db, monkeypatch):
    monkeypatch.setattr(queries, "TOLD_AT_MOST", 20)

    told = queries.provenance_of_run(fan(30), Direction.BACK)

    assert told.elements[f"{BASE}/#left-out"].about == {
        "rdfs:label": "There is more: ask for a greater depth, or from one of these runs."
    }
