"""How long a plan will take."""

import pytest

from executor.domain.drawing import Drawn, DrawnEdge, DrawnNode
from executor.domain.estimate import Estimate, estimated, in_words, missing


def plan(states, edges, want):
    nodes = [
        DrawnNode(name, "flow", 1, "Flow", state, state == "finished", (), 0)
        for name, state in states.items()
    ]
    drawn = [DrawnEdge(source, "out", target, "in", 0) for source, target in edges]
    return Drawn(want, tuple(nodes), tuple(drawn))


DIAMOND = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]


def new(*names):
    return dict.fromkeys(names, "new")


def test_steps_that_wait_for_each_other_add_up():
    drawn = plan(new("a", "b", "c"), [("a", "b"), ("b", "c")], "c")

    assert estimated(drawn, {"a": 1.0, "b": 2.0, "c": 4.0}, 8) == Estimate(7.0, is_least=False)


def test_branches_go_at_the_same_time():
    drawn = plan(new("a", "b", "c", "d"), DIAMOND, "d")

    assert estimated(drawn, {"a": 1.0, "b": 2.0, "c": 5.0, "d": 1.0}, 2).seconds == 7.0


def test_more_branches_than_workers_take_their_turns():
    names = [str(number) for number in range(10)]
    drawn = plan(new(*names, "all"), [(name, "all") for name in names], "all")

    assert estimated(drawn, dict.fromkeys([*names, "all"], 2.0), 2).seconds == 11.0


def test_what_has_finished_takes_no_time():
    drawn = plan({"a": "finished", "b": "new"}, [("a", "b")], "b")

    assert estimated(drawn, {"a": 100.0, "b": 2.0}, 2).seconds == 2.0


def test_what_nobody_has_run_yet_makes_it_a_least():
    drawn = plan(new("a", "b"), [("a", "b")], "b")

    assert estimated(drawn, {"a": 3.0, "b": None}, 2) == Estimate(3.0, is_least=True)


def test_nobody_knows_about_what_nobody_has_run():
    drawn = plan(new("a", "b"), [("a", "b")], "b")

    assert estimated(drawn, {"a": None, "b": None}, 2) is None


def test_an_answer_that_is_known_takes_no_time():
    drawn = plan({"a": "finished"}, [], "a")

    assert estimated(drawn, {}, 2) == Estimate(0.0, is_least=False)


def test_what_only_feeds_a_known_run_is_not_missing():
    drawn = plan({"a": "failed", "b": "finished", "c": "new"}, [("a", "b"), ("b", "c")], "c")

    assert [node.address for node in missing(drawn)] == ["c"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "less than 1 s"), (4.2, "4 s"), (89.0, "89 s"), (180.0, "3 minutes"),
     (7200.0, "2 hours")],
)  # fmt: skip
def test_a_time_is_told_as_people_say_it(seconds, words):
    assert in_words(seconds) == words
