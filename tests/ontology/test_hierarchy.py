from hypothesis import given
from hypothesis import strategies as st

from ontology.domain import hierarchy

NAMES = st.sampled_from("abcdef")
HIERARCHIES = st.dictionaries(NAMES, st.lists(NAMES, max_size=3))


def test_ancestors_have_the_shortest_distance() -> None:
    broader = {"a": ["b", "c"], "b": ["c"], "c": ["d"], "d": []}
    assert hierarchy.ancestors("a", broader) == {"a": 0, "b": 1, "c": 1, "d": 2}


def test_a_circle_is_walked_once() -> None:
    assert hierarchy.ancestors("a", {"a": ["b"], "b": ["a"]}) == {"a": 0, "b": 1}


def test_names_outside_the_hierarchy_are_left_out() -> None:
    assert hierarchy.ancestors("a", {"a": ["elsewhere"]}) == {"a": 0}


@given(HIERARCHIES)
def test_the_closure_is_transitive_and_holds_every_pair_once(broader: dict[str, list[str]]) -> None:
    pairs = [(above, below) for above, below, _ in hierarchy.closure(broader)]
    assert len(pairs) == len(set(pairs))
    joined = {(top, low) for top, middle in pairs for other, low in pairs if middle == other}
    assert joined == set(pairs)
