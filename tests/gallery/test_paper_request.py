"""The request of a figure: plain, nested, flat, or a run there is."""

from datetime import date

import pytest

from gallery.domain.paper.asked import LEVELS_AT_MOST, NODES_AT_MOST, read_asked, workflows_of
from gallery.domain.paper.fields import BadPaperError
from gallery.domain.paper.statement import Asked

RUN = "ab" * 32


def refusal(item: dict[str, object]) -> str:
    with pytest.raises(BadPaperError) as refused:
        read_asked(item, "a")
    return str(refused.value)


def test_parameters_beside_the_figure_are_its_request():
    assert read_asked({"parameters": {"e": 1}, "seed": 7}, "a") == Asked({"e": 1}, seed=7)


def test_a_figure_that_asks_for_nothing_asks_for_the_defaults():
    assert read_asked({}, "a") == Asked()


def test_a_request_may_name_another_workflow_and_the_output_that_is_meant():
    request = {"workflow": "sum", "version": 2, "parameters": {"e": 1}, "seed": 3, "output": "n"}

    assert read_asked({"request": request}, "a") == Asked({"e": 1}, "sum", 2, 3, "n")


def test_a_run_stands_for_its_request():
    asked = read_asked({"request": {"run": f"/runs/{RUN.upper()}", "output": "n"}}, "a")

    assert asked == Asked(output="n", run=RUN)


def test_a_flat_request_is_written_nested():
    counts = {"workflow": "counts", "parameters": {"level": 1}}
    nodes = {
        "one": counts,
        "sum": {
            "workflow": "sum",
            "parameters": {"tables": [{"node": "one", "output": "counts"}, {"node": "one"}]},
        },
    }

    asked = read_asked({"request": {"nodes": nodes, "want": "sum", "output": "total"}}, "a")

    assert asked == Asked(
        {"tables": [counts | {"output": "counts"}, counts]}, "sum", output="total"
    )


def test_dates_of_toml_become_texts():
    assert read_asked({"parameters": {"t": [date(2003, 1, 1)]}}, "a").parameters == {
        "t": ["2003-01-01"]
    }


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


WIDE = {
    f"n{place}": {"workflow": "w", "parameters": {"a": [{"node": f"n{place + 1}"}] * 2}}
    for place in range(30)
} | {"n30": {"workflow": "w"}}
LONG = {
    f"n{place}": {"workflow": "w", "parameters": {"a": {"node": f"n{place + 1}"}}}
    for place in range(100)
}


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({"request": 3}, "The request of figure a is no table."),
        (
            {"request": {}, "parameters": {}},
            "Write the parameters and the seed of figure a inside its request.",
        ),
        (
            {"request": {}, "seed": 1},
            "Write the parameters and the seed of figure a inside its request.",
        ),
        ({"request": {"speed": 1}}, "The request of figure a has no field 'speed'."),
        (
            {"request": {"run": RUN, "parameters": {}}},
            "The request of figure a names a run: nothing but output goes with it.",
        ),
        (
            {"request": {"run": "../x"}},
            "The run of figure a is no address: it has 64 hexadecimal digits.",
        ),
        ({"request": {"version": 0}}, "The version of figure a is a whole number from 1."),
        ({"request": {"version": True}}, "The version of figure a is a whole number from 1."),
        ({"seed": -1}, "The seed of figure a is a whole number from 0 to 2147483647."),
        ({"seed": 2**31}, "The seed of figure a is a whole number from 0 to 2147483647."),
        ({"seed": 1.0}, "The seed of figure a is a whole number from 0 to 2147483647."),
        ({"parameters": 3}, "The parameters of figure a are no table."),
        (
            {"parameters": {"a": deep(200)}},
            "The parameters of figure a nest deeper than 120 levels, which is more than is kept.",
        ),
        (
            {"parameters": {"a": "\0"}},
            "The parameters of figure a hold a character that cannot be kept.",
        ),
        (
            {"parameters": {"a": "\ud800"}},
            "The parameters of figure a hold a character that cannot be kept.",
        ),
        (
            {"request": {"nodes": [], "want": "a"}},
            "The request of figure a needs nodes by their names, and want.",
        ),
        ({"request": {"nodes": {}, "want": "b"}}, "The request of figure a has no node 'b'."),
        (
            {"request": {"nodes": {"b": {"parameters": {"x": {"node": ["b"]}}}}, "want": "b"}},
            "The request of figure a has no node \"['b']\".",
        ),
        (
            {"request": {"nodes": {"b": {"parameters": {"x": {"node": "b"}}}}, "want": "b"}},
            "The request of figure a goes in a circle at 'b'.",
        ),
        (
            {"request": {"nodes": WIDE, "want": "n0"}},
            f"The request of figure a comes to more than {NODES_AT_MOST} nodes.",
        ),
        (
            {"request": {"nodes": LONG, "want": "n0"}},
            f"The request of figure a is deeper than {LEVELS_AT_MOST} requests.",
        ),
    ],
)
def test_what_a_request_may_not_be(item, sentence):
    assert refusal(item) == sentence


def test_the_workflows_that_parameters_name_are_found_at_any_depth():
    inner = {"workflow": "counts", "version": 2, "parameters": {"a": {"workflow": "deep"}}}

    found = workflows_of({"tables": [inner, inner], "n": {"workflow": 3}, "text": "workflow"})

    assert set(found) == {("counts", 2), ("deep", None)}
