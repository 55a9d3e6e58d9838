"""Requests as they are written: a tree or a flat list becomes nodes in order, or a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.interface import Interface, Output, Parameter
from catalogue.errors import UnknownWorkflowError
from executor.domain.asked import Asked, BadRequestFormError, Given, Link, Taken
from executor.domain.request import binding_from_text, read_request
from ontology.domain.kinds import ParameterKind, ProductKind

ONE, OTHER = "a" * 64, "b" * 64
INTERFACE = Interface(
    parameters=(
        Parameter("energy", ParameterKind.FLOAT),
        Parameter("names", ParameterKind.LIST),
        Parameter("more", ParameterKind.STRUCTURE),
        Parameter("image", ParameterKind.PRODUCT, product=ProductKind.IMAGE),
        Parameter("images", ParameterKind.PRODUCT, product=ProductKind.IMAGE, many=True),
    ),
    outputs=(Output("sky", ProductKind.IMAGE),),
)


class Catalogue:
    """Every workflow but those called ``nowhere`` is there; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, slug: str, _version: int | None) -> Interface:
        self.asked += 1
        if slug == "nowhere":
            raise UnknownWorkflowError("There is no workflow nowhere.")
        return INTERFACE


def read(content, nodes_at_most=5000) -> Asked:
    return read_request(content, Catalogue(), nodes_at_most=nodes_at_most)


def faults(content, **more) -> dict[str, str]:
    with pytest.raises(BadRequestFormError) as refused:
        read(content, **more)
    return refused.value.faults


def sky(**parameters):
    return {"workflow": "sky", "parameters": parameters}


def flat(want="a", **nodes):
    return {"nodes": nodes, "want": want}


def linked(name):
    return sky(image={"node": name, "output": "sky"})


# The tree


def test_a_plain_request_is_one_node():
    asked = read({"workflow": "sky", "version": 3, "seed": 7, "parameters": {"energy": 1}})

    (node,) = asked.nodes.values()
    assert (asked.want, asked.output) == ("request", "")
    assert (node.where, node.workflow, node.version, node.seed) == ("request", "sky", 3, 7)
    assert (node.plain, node.bound) == ({"energy": 1}, {})


@pytest.mark.parametrize(
    ("value", "binding"),
    [
        (ONE, Given(ONE)),
        (f" {ONE.upper()} ", Given(ONE)),
        ({"product": ONE}, Given(ONE)),
        ({"run": OTHER, "output": "sky"}, Taken(OTHER, "sky")),
        ({"run": OTHER}, Taken(OTHER, "")),
    ],
)
def test_a_product_is_named_in_several_ways(value, binding):
    asked = read(sky(image=value))

    assert asked.nodes["request"].bound == {"image": binding}
    assert read(sky(images=value)).nodes["request"].bound == {"images": (binding,)}


def test_a_nested_request_comes_before_what_it_feeds():
    asked = read(sky(image=sky(energy=3) | {"output": "sky"}))

    inner, outer = asked.nodes
    assert outer == "request" == asked.want
    assert asked.nodes[outer].bound == {"image": Link(inner, "sky")}
    assert asked.nodes[inner].plain == {"energy": 3}
    assert asked.nodes[inner].where == "request.parameters.image"


def test_a_list_keeps_its_order():
    asked = read(sky(images=[ONE, sky(energy=2), {"run": OTHER}, ONE]))

    first, link, taken, last = asked.nodes["request"].bound["images"]
    assert (first, taken, last) == (Given(ONE), Taken(OTHER, ""), Given(ONE))
    assert asked.nodes[link.node].where == "request.parameters.images[1]"


@pytest.mark.parametrize("key", ["product", "run", "node", "workflow"])
def test_a_value_of_plain_kinds_is_never_taken_for_a_product(key):
    given = {"names": [{key: 1}], "more": {key: ONE}}

    assert read(sky(**given)).nodes["request"].plain == given


def test_a_number_may_come_from_another_run():
    bound = read(sky(energy={"run": ONE, "output": "e"})).nodes["request"].bound

    assert bound == {"energy": Taken(ONE, "e")}


@pytest.mark.parametrize("empty", [None, ""])
def test_a_product_that_is_left_empty_is_not_given(empty):
    assert read(sky(image=empty)).nodes["request"].bound == {}


# Written flat


def test_a_flat_request_is_ordered_whatever_the_order_of_its_names():
    asked = read(flat(want="c", c=linked("b"), a=sky(energy=1), b=linked("a")))

    assert list(asked.nodes) == ["nodes.a", "nodes.b", "nodes.c"]
    assert asked.want == "nodes.c"


def test_what_nobody_needs_is_checked_and_left_out():
    assert list(read(flat(a=sky(), b=linked("a"))).nodes) == ["nodes.a"]
    assert faults(flat(a=sky(), b=sky(image="x"))) == {
        "nodes.b.parameters.image": "'x' is not a digest: it has 64 hexadecimal digits."
    }


def test_a_name_never_stands_for_a_nested_node():
    strange = ["inner.2", "nodes.a", "request", "nodes.a.parameters.image"]
    nodes = {name: sky(energy=number) for number, name in enumerate(strange)}
    inner = sky(energy=99)
    asked = read({"nodes": {**nodes, "a": sky(images=[inner, *map(_link, strange)])}, "want": "a"})

    links = asked.nodes["nodes.a"].bound["images"]
    assert [asked.nodes[link.node].plain["energy"] for link in links] == [99, 0, 1, 2, 3]


def _link(name):
    return {"node": name}


def test_long_names_that_begin_alike_are_different_nodes():
    names = ["x" * 100 + "1", "x" * 100 + "2"]
    nodes = {name: sky(image=sky(energy=number)) for number, name in enumerate(names)}
    asked = read(
        {"nodes": {**nodes, "a": sky(images=[_link(name) for name in names])}, "want": "a"}
    )

    assert sorted(node.plain.get("energy", 9) for node in asked.nodes.values()) == [0, 1, 9, 9, 9]


@pytest.mark.parametrize("name", ["", " ", "a/b", "\0", "é", "\ud800", "☃" * 300, "nodes", "1"])
def test_a_node_may_have_any_name(name):
    asked = read({"nodes": {name: sky(energy=1), "want": linked(name)}, "want": "want"})

    assert list(asked.nodes) == [f"nodes.{name}", "nodes.want"]


# Large


def test_a_thousand_nodes_one_after_another_are_ordered():
    nodes = {f"n{number}": linked(f"n{number - 1}") for number in range(1, 1000)}
    asked = read({"nodes": {**nodes, "n0": sky()}, "want": "n999"})

    assert list(asked.nodes) == [f"nodes.n{number}" for number in range(1000)]


def test_a_list_of_a_thousand_requests_is_a_thousand_nodes_and_one():
    assert len(read(sky(images=[sky(energy=number) for number in range(1000)])).nodes) == 1001


@pytest.mark.parametrize("depth", [400, 3000])
def test_a_deep_tree_needs_no_deep_stack(depth):
    content = sky(energy=1)
    for _level in range(depth):
        content = sky(image=content)
    asked = read(content)

    assert len(asked.nodes) == depth + 1
    assert list(asked.nodes)[-1] == "request"
    assert max(len(node.where) for node in asked.nodes.values()) <= 301


def test_a_fault_deep_down_is_told_in_a_short_sentence():
    content = sky(image=7)
    for _level in range(400):
        content = sky(image=content)

    ((where, fault),) = faults(content).items()
    assert where.startswith("request.parameters.image.parameters.image")
    assert where.endswith(".parameters.image.parameters.image")
    assert len(where) == 301
    assert fault == "It takes a product: a digest, a run with its output, or a request."


def test_too_many_nodes_are_refused_before_anything_is_looked_up():
    catalogue = Catalogue()
    nodes = dict.fromkeys(map(str, range(10**6)), sky())

    with pytest.raises(BadRequestFormError) as refused:
        read_request({"nodes": nodes, "want": "0"}, catalogue, nodes_at_most=5000)

    assert refused.value.faults == {"request": "The request has more than 5,000 nodes: split it."}
    assert catalogue.asked == 0


def test_too_long_a_list_is_refused_by_its_length():
    assert faults(sky(images=[ONE] * 11), nodes_at_most=10) == {
        "request.parameters.images": "The list is longer than 10: split the request."
    }
    assert faults(sky(images=[sky()] * 10), nodes_at_most=10) == {
        "request": "The request has more than 10 nodes: split it."
    }


def test_faults_are_counted_and_stop():
    assert len(faults(sky(images=["x"] * 1000))) == 20


# Wrong


@pytest.mark.parametrize("content", [None, 7, "sky", [], [sky()], True])
def test_what_is_no_object_is_no_request(content):
    assert faults(content) == {"request": "Send an object with at least the name of a workflow."}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"workflow": "sky", "energy": 1},
            {"request": "There is no field 'energy': "
             "use output, parameters, seed, version, workflow."},
        ),
        (
            flat(a=sky()) | {"seed": 1},
            {"request": "There is no field 'seed': use nodes, output, want."},
        ),
        (
            sky(image={"run": ONE, "outptu": "sky"}),
            {"request.parameters.image": "There is no field 'outptu': use output, run."},
        ),
        (
            sky(image={"product": ONE, "output": "sky"}),
            {"request.parameters.image": "There is no field 'output': use product."},
        ),
        (
            sky(image={"workflow": "sky", "node": "a"}),
            {"request.parameters.image": "There is no field 'node': "
             "use output, parameters, seed, version, workflow."},
        ),
    ],
)  # fmt: skip
def test_a_field_that_is_not_there_is_refused(content, expected):
    assert faults(content) == expected


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("x", "'x' is not a digest: it has 64 hexadecimal digits."),
        ("\ud800", "'\\ud800' is not a digest: it has 64 hexadecimal digits."),
        ({"product": 7}, "This is not a digest: it has 64 hexadecimal digits."),
        ({"run": "x"}, "'x' is not an address of a run: it has 64 hexadecimal digits."),
        ({"run": [ONE]}, "This is not an address of a run: it has 64 hexadecimal digits."),
        ({"node": "a"}, "There is no node 'a' in the request."),
        ({"node": []}, "There is no node of this name in the request."),
        (7, "It takes a product: a digest, a run with its output, or a request."),
        (True, "It takes a product: a digest, a run with its output, or a request."),
        ({}, "It takes a product: a digest, a run with its output, or a request."),
        ([ONE], "It takes one product, not a list of them."),
    ],
)
def test_a_product_that_is_none_is_refused_at_its_place(value, fault):
    assert faults(sky(image=value)) == {"request.parameters.image": fault}


@pytest.mark.parametrize("content", [{"nodes": {}, "want": "a"}, {"nodes": [1]}, {"nodes": {7: 1}}])
def test_nodes_are_requests_under_their_names(content):
    assert faults(content) == {"nodes": "Write the requests under their names: {name: request}."}


@pytest.mark.parametrize("want", [None, 7, "b", ["a"]])
def test_the_node_that_is_asked_for_is_one_of_them(want):
    assert faults({"nodes": {"a": sky()}, "want": want}) == {
        "want": "Name the node that is asked for."
    }


def test_numbers_as_names_are_refused():
    assert faults({"workflow": "sky", "parameters": {7: 1}}) == {
        "request.parameters": "The parameters are an object: {name: value}."
    }


def test_an_unknown_workflow_is_named_at_its_place():
    assert faults(sky(image={"workflow": "nowhere"})) == {
        "request.parameters.image": "There is no workflow nowhere."
    }
    with pytest.raises(UnknownWorkflowError):
        read({"workflow": "nowhere"})


def test_every_fault_of_a_request_is_told_at_once():
    content = {"workflow": "sky", "version": 0, "seed": -1, "parameters": [], "speed": 1}

    assert set(faults(content)) == {
        "request", "request.version", "request.seed", "request.parameters",
    }  # fmt: skip


# Circles


def test_a_node_that_feeds_itself_is_refused():
    assert faults(flat(a=linked("a"))) == {"nodes.a": "The request goes in a circle: a ← a."}


def test_a_circle_is_told_by_its_names():
    assert faults(flat(a=linked("b"), b=linked("c"), c=linked("b"))) == {
        "nodes.b": "The request goes in a circle: b ← c ← b."
    }


def test_a_circle_that_nobody_needs_is_no_harm():
    assert list(read(flat(a=sky(), b=linked("c"), c=linked("b"))).nodes) == ["nodes.a"]


def test_a_long_circle_is_told_by_its_beginning():
    nodes = {f"n{number}": linked(f"n{(number + 1) % 1000}") for number in range(1000)}

    (fault,) = faults({"nodes": nodes, "want": "n0"}).values()
    names = " ← ".join(f"n{number}" for number in range(8))
    assert fault == f"The request goes in a circle: {names} ← …."


# Anything


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from([ONE, "sky", "nowhere", "a", "b"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["workflow", "parameters", "version", "seed", "output", "nodes", "want", "node", "run",
             "product", "image", "images", "energy", "a", "b", "\ud800"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip
PART = st.deferred(
    lambda: (
        st.just(ONE) | st.builds(lambda name: {"node": name}, st.sampled_from("abcde")) | REQUEST
    )
)
REQUEST = st.builds(
    lambda parts, energy: sky(images=parts, energy=energy) if parts else sky(energy=energy),
    st.lists(PART, max_size=3),
    st.integers(0, 3),
)


@given(JSON)
def test_any_json_is_a_request_or_a_sentence(content):
    try:
        asked = read(content)
    except (BadRequestFormError, UnknownWorkflowError):
        return
    assert asked.want in asked.nodes


@given(st.dictionaries(st.sampled_from("abcde"), REQUEST, min_size=1))
def test_every_node_comes_once_and_after_what_feeds_it(nodes):
    try:
        asked = read({"nodes": nodes, "want": min(nodes)})
    except BadRequestFormError as refused:
        told = tuple(refused.faults.values())
    else:
        told = _out_of_order(asked)
    assert all("in a circle" in fault or "There is no node" in fault for fault in told)


def _out_of_order(asked):
    before: set[str] = set()
    for name, node in asked.nodes.items():
        if not {link.node for link in node.links()} <= before:
            return (f"{name} comes too early",)
        before.add(name)
    return () if name == asked.want else ("the wanted one is not the last",)


# What a form or a link says


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (ONE, ONE),
        (f"/products/{ONE}", ONE),
        (f"{ONE}/sky", {"run": ONE, "output": "sky"}),
        (f"/runs/{ONE}#sky", {"run": ONE, "output": "sky"}),
        (json.dumps(sky(energy=1)), sky(energy=1)),
        (f' ["{ONE}"] ', [ONE]),
        ("anything", "anything"),
    ],
)
def test_a_text_names_a_product_as_json_digest_or_place(text, value):
    assert binding_from_text(text) == value


@pytest.mark.parametrize("text", ["{", "[1,", "[" * 100_000])
def test_a_text_that_only_begins_like_json_is_refused(text):
    with pytest.raises(BadRequestFormError) as refused:
        binding_from_text(text)
    assert refused.value.faults == {"": "The text is not JSON."}
