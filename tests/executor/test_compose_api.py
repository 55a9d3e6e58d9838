"""``/api/runs/`` with composed requests: exact answers, and how often the database is asked."""

import json

import pytest

from executor.actions import ask
from executor.domain.priority import Priority
from executor.models import Run
from tests.executor.trees import Tree, counts, report, total


def post(client, content, path="/api/runs/", **more):
    text = content if isinstance(content, str) else json.dumps(content)
    return client.post(path, text, content_type="application/json", **more)


def test_a_composed_request_is_queued_and_then_known(client, tree):
    first = post(client, total(1))
    assert (first.status_code, first.json()["known"], first.json()["state"]) == (
        202, False, "waiting for inputs",
    )  # fmt: skip
    # The test's own transaction is open: what waits for the commit is done by hand.
    tree.ask(total(1))
    tree.finish_all()

    again = post(client, total(1))

    assert (again.status_code, again.json()["known"], again.json()["output"]) == (
        200, True, "table",
    )  # fmt: skip
    assert again["Location"] == first["Location"] == f"/api/runs/{tree.run('sum').address}/"
    assert again.json()["parameters"]["tables"] == {
        "type": "product",
        "value": [{"run": tree.run("counts").address, "output": "counts"}],
    }


@pytest.mark.parametrize(
    ("named", "priority"),
    [
        (None, Priority.INTERACTIVE), ("interactive", Priority.INTERACTIVE),
        ("landing", Priority.LANDING), ("bulk", Priority.BULK),
    ],
)  # fmt: skip
def test_a_request_says_how_urgent_it_is(client, tree, named, priority):
    post(client, counts(1) | ({"priority": named} if named else {}))

    assert tree.run("counts").priority == priority


def test_who_asks_with_more_urgency_makes_all_of_it_more_urgent(client, tree):
    post(client, total(1) | {"priority": "bulk"})
    post(client, total(1))

    assert {run.priority for run in Run.objects.all()} == {Priority.INTERACTIVE}


def test_faults_are_told_by_their_places(client, tree):
    answer = post(client, total(1, -2))

    sentence = "-2 is too small: write at least 0."
    assert (answer.status_code, answer.json()) == (422, {
        "type": "/docs/errors#executor:user:bad-inputs", "title": "Some parameters are wrong",
        "status": 422, "id": "executor:user:bad-inputs",
        "detail": f"tables[1].parameters.level: {sentence}",
        "errors": {"tables[1].parameters.level": sentence},
    })  # fmt: skip


def test_a_circle_is_refused(client, tree):
    nodes = {"a": {"workflow": "sum", "parameters": {"tables": [{"node": "a"}]}}}

    answer = post(client, {"nodes": nodes, "want": "a"})

    assert (answer.status_code, answer.json()["errors"]) == (
        400, {"nodes.a": "The request goes in a circle: a ← a."},
    )  # fmt: skip


def test_a_tree_of_two_hundred_levels_is_a_request(client, tree):
    content = counts(1)
    for _level in range(200):
        content = {"workflow": "report", "parameters": {"table": content}}
    # Reports give no table, which is found at the innermost report, after the whole was read.
    answer = post(client, content)

    assert answer.status_code == 422
    assert list(answer.json()["errors"].values()) == ["It takes a table, and n is a number."] or (
        list(answer.json()["errors"].values()) == ["Name the output to take, one of: n, picture."]
    )


@pytest.mark.parametrize("path", ["/api/runs/", "/api/runs/plan/"])
def test_json_that_is_nested_too_deep_is_refused_with_the_way_out(client, tree, path):
    answer = post(client, '{"workflow":' * 50_000 + "1" + "}" * 50_000, path)

    assert (answer.status_code, answer.json()["id"], answer.json()["detail"]) == (
        400, "reprise:user:parse_error",
        "The JSON is nested too deep: write nested requests flat, as nodes with names.",
    )  # fmt: skip


def test_a_megabyte_for_a_parameter_is_refused(client, tree):
    answer = post(client, {"workflow": "counts", "parameters": {"level": "9" * 1_000_000}})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["level"])
    assert len(answer.content) < 1000


def test_a_megabyte_for_a_name_is_refused(client, tree):
    long = "x" * 1_000_000
    for content in (
        {"workflow": long},
        {"workflow": "counts", "parameters": {long: 1}},
        {"workflow": "counts", long: 1},
        {"workflow": "sum", "parameters": {"tables": long}},
        {"workflow": "sum", "parameters": {"tables": {"node": long}}},
        {"workflow": "counts", "output": long},
        {"nodes": {long: counts(1)}, "want": "a"},
        {"nodes": {long: {}, "a": counts(1)}, "want": "a"},
        counts(1) | {"priority": long},
    ):
        answer = post(client, content)
        assert (answer.status_code // 100, len(answer.content) < 2000) == (4, True), content.keys()


def test_a_form_is_no_request(client, tree):
    answer = client.post("/api/runs/", {"workflow": "counts"})

    assert (answer.status_code, answer.json()["id"]) == (415, "reprise:user:unsupported_media_type")


# Plans


def test_a_plan_is_shown_and_nothing_is_written(client, tree):
    answer = post(client, total(1), "/api/runs/plan/")

    body = answer.json()
    assert (answer.status_code, body["known"], body["total"]) == (200, 0, 2)
    assert [(node["workflow"], node["state"], node["depth"]) for node in body["nodes"]] == [
        ("counts", "new", 0), ("sum", "new", 1),
    ]  # fmt: skip
    feeding, wanted = (node["address"] for node in body["nodes"])
    assert body["edges"] == [
        {
            "source": feeding, "output": "counts", "target": wanted, "parameter": "tables",
            "position": 0,
        }
    ]  # fmt: skip
    assert [item["nearest"] for item in body["why"]] == [None, None]
    assert Run.objects.count() == 0


def test_the_plan_and_the_reason_of_a_run_are_shown(client, tree):
    run = tree.ask(report(1)).run

    plan = client.get(f"/api/runs/{run.address}/plan/").json()
    reason = client.get(f"/api/runs/{run.address}/explain/").json()

    assert [node["workflow"] for node in plan["nodes"]] == ["counts", "sum", "report"]
    assert (reason["address"], reason["nearest"]) == (run.address, None)


@pytest.mark.parametrize("part", ["plan/", "explain/"])
def test_an_unknown_address_has_no_plan(client, tree, part):
    assert client.get(f"/api/runs/{'0' * 64}/{part}").json()["id"] == "executor:user:unknown-run"


# How often the database is asked


def test_a_known_plain_request_asks_four_times(client, tree, django_assert_num_queries):
    tree.ask(counts(1))
    tree.finish_all()

    with django_assert_num_queries(4):
        assert post(client, counts(1)).status_code == 200


def test_a_known_composed_request_asks_as_often_for_three_sources_as_for_one(
    client, tree, django_assert_num_queries
):
    for levels in ((1,), (1, 2, 3)):
        tree.ask(total(*levels))
        tree.finish_all()
        with django_assert_num_queries(5):
            assert post(client, total(*levels)).status_code == 200


def test_a_new_composed_request_asks_as_often_for_three_sources_as_for_one(
    client, tree, django_assert_num_queries
):
    for levels in ((1,), (2, 3, 4)):
        with django_assert_num_queries(NEW):
            assert post(client, total(*levels)).status_code == 202


NEW = 24


def test_a_plan_is_shown_with_as_many_questions_for_three_sources_as_for_one(
    client, tree, django_assert_num_queries
):
    for levels in ((1,), (1, 2, 3)):
        run = tree.ask(total(*levels)).run
        with django_assert_num_queries(6):
            client.get(f"/api/runs/{run.address}/plan/")


# The same moment, for real


def test_sixteen_identical_requests_at_once_are_one_execution(on_file, sent, committed):
    on_file(lambda: Tree(committed), 1)

    asked = on_file(lambda: ask(report(1, 2)), 16)

    (found,) = on_file(lambda: sorted(Run.objects.values_list("state", flat=True)), 1)
    assert found == ["queued"] * 2 + ["waiting for inputs"] * 2
    assert len(asked) == 16
    assert {item.run.address for item in asked} == {asked[0].run.address}
    assert [name for (name,) in sent] == ["executor.work"] * 2
