"""The same words again find their run in one question; they forget when they come to mean more."""

import pytest

from executor.actions.remember import name_of, remember
from executor.actions.remember import recall as recall_name
from executor.models import KnownRequest, Run
from tests.executor.trees import COUNTS, counts, report, total
from tests.factories import rows


def recall(content):
    return recall_name(name_of(content))


def test_a_composed_request_is_remembered_as_a_whole(tree):
    asked = tree.ask(report(1, 2))

    known = recall(report(1, 2))
    assert (known.run, known.output) == (asked.run, "")
    assert recall(total(1, 2)) is None
    assert tree.ask(total(1, 2)).output == recall(total(1, 2)).output == "table"


def test_the_order_of_names_does_not_matter_and_that_of_lists_does(tree):
    asked = tree.ask(total(1, 2, threshold=1.0))
    content = total(1, 2, threshold=1.0)
    turned = {name: content[name] for name in reversed(content)}

    assert recall(turned).run == asked.run
    assert recall(total(2, 1, threshold=1.0)) is None


def test_a_plain_request_is_as_quick_without(tree):
    tree.ask(counts(1))

    assert KnownRequest.objects.count() == 0


def test_a_new_version_makes_it_forget(tree):
    tree.ask(total(1))
    named = {"workflow": "counts", "version": 1, "parameters": {"level": 1}}
    pinned = {"workflow": "sum", "version": 1, "parameters": {"tables": [named]}}
    tree.ask(pinned)

    rows.VersionFactory(workflow=tree.versions["counts"].workflow, number=2, interface_json=COUNTS)

    assert recall(total(1)) is None
    assert recall(pinned).run == tree.run("sum")
    asked = tree.ask(total(1))
    assert asked.run.address != recall(pinned).run.address


def test_another_python_makes_it_forget(tree, monkeypatch):
    tree.ask(total(1))
    monkeypatch.setattr("executor.adapters.environments.digest_of", lambda _lock: "f" * 64)

    assert recall(total(1)) is None


def test_what_is_remembered_of_a_removed_run_is_gone_with_it(tree):
    tree.ask(total(1))
    Run.objects.filter(version__workflow__slug="sum").delete()

    assert (recall(total(1)), KnownRequest.objects.count()) == (None, 0)


def test_what_failed_is_remembered_and_no_answer(tree):
    tree.ask(total(1))
    tree.fail(tree.run("counts"))

    again = tree.ask(total(1))

    assert (again.known, again.run.state) == (False, "waiting for inputs")


@pytest.mark.parametrize(
    "content",
    [
        None, [], 7, {}, {"nodes": 1}, {"parameters": {"a": []}},
        {"workflow": "nowhere", "parameters": {"a": []}},
        {"workflow": "counts", "version": [1], "parameters": {"a": []}},
        {"workflow": "counts", "version": "x", "parameters": {"a": []}},
        {"workflow": "counts", "parameters": {"a": {1, 2}}},
        {"workflow": "counts", "parameters": {1: [], "b": 2}},
        {"workflow": "\ud800", "parameters": {"a": []}},
    ],
)  # fmt: skip
def test_words_that_mean_nothing_are_not_known(tree, content):
    assert recall(content) is None


def test_words_may_hold_anything(tree):
    run = rows.RunFactory()
    content = {"workflow": "counts", "parameters": {"a": ["\ud800", "\0", 1e300, None]}}

    remember(name_of(content), run, "")

    assert recall(content).run == run


def test_a_known_request_of_many_nodes_is_one_question_each_for_versions_words_and_bytes(
    tree, django_assert_num_queries
):
    for levels in ((1,), (1, 2, 3)):
        tree.ask(report(*levels))
        tree.finish_all()
        with django_assert_num_queries(5):
            assert tree.ask(report(*levels)).known
