"""Why a request was not known, and the plan as it is drawn."""

import pytest

from executor.actions import explain_run, plan_request, why_unknown
from executor.actions.drawing import drawn_plan
from executor.domain.drawing import depths
from executor.domain.explain import Question, differences
from executor.models import Run
from executor.queries import plan_of
from tests.executor.trees import COUNTS, counts, report, total
from tests.factories import rows

E_MIN = {"type": "float", "value": 20.0, "unit": "keV"}


def question(version=1, digest="d", environment="e", seed=0, **typed):
    return Question(version, digest, environment, seed, typed)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (question(e_min=E_MIN), []),
        (question(e_min=E_MIN | {"value": 25.0}), ["e_min 20 → 25 keV"]),
        (question(e_min=E_MIN, seed=3), ["seed 0 → 3"]),
        (question(2, "f", e_min=E_MIN), ["version 1 → 2"]),
        (question(1, "f", e_min=E_MIN), ["other content"]),
        (question(e_min=E_MIN, environment="f"), ["another environment"]),
        (question(), ["e_min 20 → nothing"]),
        (
            question(e_min=E_MIN, images={"type": "product", "value": [{}, {}]}),
            ["images nothing → 2 products"],
        ),
        (
            question(e_min=E_MIN | {"value": {"run": "a" * 64, "output": "e"}}, seed=1),
            ["seed 0 → 1", "e_min 20 → e of aaaaaaaaaaaa keV"],
        ),
    ],
)
def test_a_difference_is_said_piece_by_piece(asked, told):
    assert differences(question(e_min=E_MIN), asked) == told


def test_the_nearest_known_run_and_the_difference_are_named(tree):
    for level in (1, 5):
        tree.ask(counts(level, sign=level))
    tree.finish_all()

    run = tree.ask(counts(6, sign=5)).run

    assert explain_run(run) == {
        "address": run.address, "workflow": "counts",
        "nearest": tree.run("counts", level=5).address, "differences": ["level 5 → 6"],
    }  # fmt: skip


def test_a_run_without_any_before_it_says_so(tree):
    run = tree.ask(counts(6)).run
    tree.finish(run)
    tree.ask(counts(7))
    tree.finish_all()

    assert explain_run(run) == {
        "address": run.address, "workflow": "counts", "nearest": None,
        "differences": ["no run of this workflow has finished before"],
    }  # fmt: skip


def test_every_node_of_a_plan_that_is_not_known_is_explained(tree):
    tree.ask(total(1, 2))
    tree.finish_all()

    plan = plan_request(total(1, 3))

    last = tree.run("counts", level=2)
    assert why_unknown(plan) == [
        {
            "address": plan.root.sources[1].run, "workflow": "counts", "nearest": last.address,
            "differences": ["level 2 → 3"],
        },
        {
            "address": plan.address, "workflow": "sum", "nearest": tree.run("sum").address,
            "differences": ["tables 2 products → 2 products"],
        },
    ]  # fmt: skip


def test_a_known_plan_needs_no_explanation(tree):
    tree.ask(total(1))
    tree.finish_all()

    assert why_unknown(plan_request(total(1))) == []


def test_a_new_version_is_the_difference(tree):
    tree.ask(counts(1))
    tree.finish_all()
    rows.VersionFactory(workflow=tree.versions["counts"].workflow, number=2, interface_json=COUNTS)

    (told,) = why_unknown(plan_request(counts(1)))

    assert told["differences"] == ["version 1 → 2"]


def test_explaining_asks_the_database_as_often_for_three_nodes_as_for_one(
    tree, django_assert_num_queries
):
    for levels in ((1,), (1, 2, 3)):
        plan = plan_request(total(*levels))
        with django_assert_num_queries(3):
            why_unknown(plan)


# Drawn


def test_a_layer_is_one_more_than_the_deepest_that_feeds_it():
    assert depths("abcd", {"b": "a", "c": "ab", "d": "a"}) == {"a": 0, "b": 1, "c": 2, "d": 1}


def shown(drawn):
    return [(node.workflow, node.state, node.known, node.depth) for node in drawn.nodes]


def test_a_plan_is_drawn_before_it_is_asked_for(tree):
    tree.ask(counts(1))
    tree.finish_all()

    plan = plan_request(total(1, 2))
    drawn = drawn_plan(plan)

    assert shown(drawn) == [
        ("counts", "finished", True, 0), ("counts", "new", False, 0), ("sum", "new", False, 1),
    ]  # fmt: skip
    first, second, last = plan.nodes
    assert [(e.source, e.output, e.target, e.parameter, e.position) for e in drawn.edges] == [
        (first, "counts", last, "tables", 0), (second, "counts", last, "tables", 1),
    ]  # fmt: skip
    assert (drawn.want, drawn.known, drawn.total) == (last, 1, 3)
    assert [node.changed for node in drawn.nodes] == [(), ("level",), ("tables",)]
    assert Run.objects.count() == 1


def test_a_run_is_drawn_with_all_that_feeds_it(tree):
    asked = tree.ask(report(1, 2))
    tree.finish(tree.run("counts", level=1))

    drawn = plan_of(asked.run)

    assert sorted(shown(drawn)) == [
        ("counts", "finished", True, 0), ("counts", "queued", False, 0),
        ("report", "waiting for inputs", False, 2), ("sum", "waiting for inputs", False, 1),
    ]  # fmt: skip
    assert {e.target for e in drawn.edges} == {tree.run("sum").address, asked.run.address}


def test_a_run_that_nothing_feeds_is_drawn_alone(tree):
    drawn = plan_of(tree.ask(counts(1)).run)

    assert (shown(drawn), drawn.edges) == ([("counts", "queued", False, 0)], ())


def test_what_feeds_two_is_drawn_once_and_before_both(tree):
    nodes = {
        "a": counts(1),
        "b": {"workflow": "sum", "parameters": {"tables": [{"node": "a"}]}},
        "c": {"workflow": "sum", "parameters": {"tables": [{"node": "b"}, {"node": "a"}]}},
    }
    drawn = plan_of(tree.ask({"nodes": nodes, "want": "c"}).run)

    assert [(node.workflow, node.depth) for node in drawn.nodes] == [
        ("counts", 0), ("sum", 1), ("sum", 2),
    ]  # fmt: skip


def test_drawing_asks_the_database_as_often_for_three_sources_as_for_one(
    tree, django_assert_num_queries
):
    for levels in ((1,), (1, 2, 3)):
        run = tree.ask(total(*levels)).run
        with django_assert_num_queries(3):
            plan_of(run)
        plan = plan_request(total(*levels))
        with django_assert_num_queries(1):
            drawn_plan(plan)
