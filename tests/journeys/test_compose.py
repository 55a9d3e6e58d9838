"""Journey 2, composed: a request is a tree of questions; what is known is not run again."""

import pytest

from executor.models import Attempt, Run
from tests.factories import chains

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    return chains.register_chain()


@pytest.fixture
def ask(client, committed):
    def send(content, **headers):
        with committed():
            return client.post("/api/runs/", content, content_type="application/json", **headers)

    return send


def shown(client, answer):
    return client.get(answer["Location"]).json()


def value(run, name):
    return next(item["value"] for item in run["outputs"] if item["name"] == name)


def test_a_tree_of_requests_becomes_one_answer(client, ask, chain):
    answer = ask(chains.report(1, 2, 3, factor=2.0))

    run = shown(client, answer)
    assert (answer.status_code, run["state"], run["error"]) == (202, "finished", None)
    assert value(run, "n") == 12.0
    assert Attempt.objects.count() == 5


def test_only_what_is_new_is_run(client, ask, chain):
    ask(chains.report(1, 2, 3))
    ask(chains.report(1, 2, 3, 4))

    assert Attempt.objects.count() == 5 + 3
    assert value(shown(client, ask(chains.report(1, 2, 3, 4))), "n") == 10.0
    assert Attempt.objects.count() == 8


def test_equal_nodes_are_one_run(ask, chain):
    ask(chains.total(5, 5, 5))

    assert Run.objects.filter(version__workflow__slug="counts").count() == 1


def test_equal_bytes_cut_what_follows_off(client, ask, chain):
    ask(chains.report(7))
    other = {"workflow": "counts", "parameters": {"level": 7, "sign": -1}, "output": "counts"}
    table = {"workflow": "sum", "parameters": {"tables": [other]}, "output": "table"}
    run = shown(client, ask({"workflow": "report", "parameters": {"table": table}}))

    assert (run["state"], value(run, "n")) == ("finished", 7.0)
    assert Attempt.objects.count() == 3 + 1  # counts alone ran; sum and report were known


def test_a_failure_names_the_path_and_spares_the_rest(client, ask, chain):
    failed = shown(client, ask(chains.report(1, 13)))
    spared = shown(client, ask(chains.counts(1) | {"output": "counts"}))

    counts = Run.objects.get(error_id="executor:user:raised")
    total = Run.objects.get(version__workflow__slug="sum")
    assert failed["state"] == "failed"
    assert failed["error"] == {
        "id": "executor:user:input-failed",
        "detail": f"table ← sum {total.address[:12]}: tables[1] ← counts {counts.address[:12]}: "
        "Cell 3, line 2 raised ValueError: unlucky",
    }
    assert spared["known"] is True if "known" in spared else spared["state"] == "finished"


def test_a_number_of_one_run_feeds_another_in_its_own_unit(client, ask, chain):
    energy = {"workflow": "counts", "parameters": {"level": 3}, "output": "energy"}
    run = shown(client, ask(chains.total(1, threshold=energy)))

    assert value(run, "cut") == 3.0


def test_a_diamond_is_written_flat(client, ask, chain):
    nodes = {
        "a": {"workflow": "counts", "parameters": {"level": 2}},
        "b": {"workflow": "sum", "parameters": {"tables": [{"node": "a", "output": "counts"}]}},
        "c": {
            "workflow": "sum",
            "parameters": {
                "tables": [{"node": "b", "output": "table"}, {"node": "a", "output": "counts"}]
            },
        },
    }
    run = shown(client, ask({"nodes": nodes, "want": "c"}))

    assert value(run, "total") == 4.0
