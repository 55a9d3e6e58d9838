"""Where the boxes of a plan stand, and how many there are of a plan of any size."""

import pytest

from executor.domain.drawing import Drawn, DrawnEdge, DrawnNode
from executor.domain.plan_layout import HEIGHT, WIDTH, laid_out


def node(name, depth, workflow="counts", state="new", changed=()):
    return DrawnNode(
        name, workflow, 1, workflow.title(), state, state == "finished", tuple(changed), depth
    )


def edge(source, target, parameter="tables", output="counts"):
    return DrawnEdge(source, output, target, parameter, 0)


def fan(count, state="new"):
    """So many counts, and the sum over them."""
    leaves = [node(f"n{number}", 0, state=state) for number in range(count)]
    edges = [edge(leaf.address, "sum") for leaf in leaves]
    return Drawn("sum", (*leaves, node("sum", 1, "sum")), tuple(edges))


def chain(length):
    """Each run feeds the next."""
    nodes = [node(str(number), number) for number in range(length)]
    edges = [edge(str(number), str(number + 1)) for number in range(length - 1)]
    return Drawn(str(length - 1), tuple(nodes), tuple(edges))


def titles(drawn):
    return [box.title for box in laid_out(drawn).boxes]


def test_a_run_is_one_box_without_lines():
    layout = laid_out(Drawn("a", (node("a", 0),), ()))

    (box,) = layout.boxes
    assert (box.title, box.is_wanted, box.layer, layout.lines) == ("Counts", True, 0, ())


def test_few_runs_of_one_workflow_stand_alone():
    assert titles(fan(6)) == ["Counts"] * 6 + ["Sum"]


def test_many_runs_of_one_workflow_are_one_box():
    assert titles(fan(47)) == ["47 \u00d7 Counts", "Sum"]


def test_a_group_counts_its_states():
    states = ["finished"] * 40 + ["running"] * 5 + ["queued"] * 2
    leaves = tuple(node(f"n{place}", 0, state=state) for place, state in enumerate(states))
    drawn = Drawn("sum", (*leaves, node("sum", 1, "sum")), (edge("n0", "sum"),))

    group = laid_out(drawn).boxes[0]

    assert group.counts == {"finished": 40, "running": 5, "queued": 2}
    assert group.state == "running"


def test_what_failed_speaks_for_its_group():
    leaves = tuple(
        node(f"n{place}", 0, state="failed" if place == 3 else "finished") for place in range(9)
    )
    drawn = Drawn("sum", (*leaves, node("sum", 1, "sum")), (edge("n0", "sum"),))

    assert laid_out(drawn).boxes[0].state == "failed"


def test_a_group_is_fed_by_one_line():
    (line,) = laid_out(fan(1000)).lines

    assert (line.source, line.target, line.parameter) == ("plan-1", "plan-2", "tables")


@pytest.mark.parametrize("length", [10, 1000])
def test_the_middle_of_a_long_chain_is_one_box(length):
    layout = laid_out(chain(length))

    middle = layout.boxes[3]
    assert [len(box.nodes) for box in layout.boxes] == [1, 1, 1, length - 8, 1, 1, 1, 1, 1]
    assert (middle.steps, len(layout.lines)) == (length - 8, 8)
    assert [box.is_wanted for box in layout.boxes] == [False] * 8 + [True]


def test_a_chain_of_nine_is_shown_whole():
    assert [len(box.nodes) for box in laid_out(chain(9)).boxes] == [1] * 9


def test_many_workflows_in_one_layer_share_the_last_box():
    leaves = tuple(node(str(number), 0, f"flow-{number}") for number in range(40))
    edges = tuple(edge(leaf.address, "sum") for leaf in leaves)
    drawn = Drawn("sum", (*leaves, node("sum", 1, "sum")), edges)

    assert titles(drawn)[10:] == ["Flow-10", "29 runs of 29 workflows", "Sum"]


def test_every_run_is_in_one_box():
    drawn = fan(123)

    shown = [found.address for box in laid_out(drawn).boxes for found in box.nodes]
    assert sorted(shown) == sorted(found.address for found in drawn.nodes)


def test_no_box_covers_another_and_all_are_inside_the_picture():
    nodes = [node(f"{layer}-{place}", layer, f"flow-{place}")
             for layer in range(4) for place in range(5)]  # fmt: skip
    want = node("want", 4, "want")
    edges = [edge(f"{layer}-{place}", f"{layer + 1}-{(place * 3) % 5}", f"p{place}")
             for layer in range(3) for place in range(5)]  # fmt: skip
    edges += [edge(found.address, "want", "all") for found in nodes]
    layout = laid_out(Drawn("want", (*nodes, want), tuple(edges)))

    corners = [(box.x, box.y) for box in layout.boxes]
    apart = [
        abs(a[0] - b[0]) >= WIDTH or abs(a[1] - b[1]) >= HEIGHT
        for place, a in enumerate(corners)
        for b in corners[:place]
    ]
    assert all(apart)
    assert all(0 < x < layout.width - WIDTH and 0 < y < layout.height - HEIGHT for x, y in corners)


def test_a_line_over_a_layer_passes_between_its_boxes():
    drawn = Drawn(
        "c",
        (node("a", 0), node("b", 1, "sum"), node("c", 2, "report")),
        (edge("a", "b"), edge("b", "c"), edge("a", "c", "more")),
    )
    layout = laid_out(drawn)

    over = next(line for line in layout.lines if line.parameter == "more")
    passed = next(box for box in layout.boxes if box.title == "Sum")
    heights = {y for x, y in over.points if passed.x <= x <= passed.x + WIDTH}
    assert len(heights) == 1
    assert not passed.y <= heights.pop() <= passed.y + HEIGHT


def test_boxes_stand_where_their_lines_cross_least():
    nodes = (
        node("a1", 0, "a"), node("a2", 0, "b"), node("b1", 1, "c"), node("b2", 1, "d"),
        node("want", 2, "want"),
    )  # fmt: skip
    edges = (edge("a1", "b2"), edge("a2", "b1"), edge("b1", "want", "x"), edge("b2", "want", "y"))
    layout = laid_out(Drawn("want", nodes, edges))

    y = {box.nodes[0].address: box.y for box in layout.boxes}
    assert (y["a1"] < y["a2"]) == (y["b2"] < y["b1"])


def test_the_parameters_of_a_box_take_their_lines_at_places_of_their_own():
    drawn = Drawn(
        "c", (node("a", 0), node("b", 0, "sum"), node("c", 1, "report")),
        (edge("a", "c", "one"), edge("b", "c", "two")),
    )  # fmt: skip

    assert len({line.points[-1] for line in laid_out(drawn).lines}) == 2


def test_a_plan_is_laid_out_the_same_each_time():
    assert laid_out(fan(20)) == laid_out(fan(20))


def test_what_all_titles_begin_with_is_left_out():
    nodes = (
        DrawnNode("a", "image", 1, "Coded mask: the sky", "new", known=False, changed=(), depth=0),
        DrawnNode("b", "sum", 1, "Coded mask: a mosaic", "new", known=False, changed=(), depth=1),
    )

    assert titles(Drawn("b", nodes, (edge("a", "b"),))) == ["The sky", "A mosaic"]


def test_titles_that_only_begin_alike_stay_whole():
    nodes = (
        DrawnNode("a", "image", 1, "Coded mask", "new", known=False, changed=(), depth=0),
        DrawnNode("b", "sum", 1, "Coded masks", "new", known=False, changed=(), depth=1),
    )

    assert titles(Drawn("b", nodes, (edge("a", "b"),))) == ["Coded mask", "Coded masks"]
