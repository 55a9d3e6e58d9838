"""Numbers of two runs beside one another, and the published question that is nearest."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.sidebyside import error_names, nearest, number_row


def told(published, mine, **more):
    row = number_row("a", "a", "", published, mine, **more)
    return row.difference, row.sigmas, row.relative, row.is_same


@pytest.mark.parametrize(
    ("published", "mine", "error", "found"),
    [
        (2.0, 3.0, 0.5, (1.0, 2.0, 0.5, False)),
        (-2.0, -3.0, None, (-1.0, None, -0.5, False)),
        (0.0, 1.0, 0.0, (1.0, None, None, False)),
        (2, 2.0, None, (0.0, None, 0.0, True)),
        (2.0, 2.5, -0.5, (0.5, 1.0, 0.25, False)),
        (True, 1, None, (None, None, None, False)),
        ("a", "b", None, (None, None, None, False)),
        (None, 1.0, None, (None, None, None, False)),
        (1.0, math.nan, None, (None, None, None, False)),
        (-1e308, 1e308, None, (None, None, None, False)),
        (10**400, 1.0, None, (None, None, None, False)),
    ],
)
def test_a_difference_is_told_in_errors_and_as_a_fraction(published, mine, error, found):
    assert told(published, mine, error=error) == found


def test_what_does_not_compare_is_neither_the_same_nor_subtracted():
    assert told(2.0, 2.0, note="in Jy, before in no unit") == (None, None, None, False)


def test_errors_are_found_by_the_names_of_outputs():
    known = ["flux", "flux_err", "e_ra", "ra"]
    assert [error_names(name, known) for name in known] == ["flux_err", "", "", "e_ra"]


@given(*[st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))] * 3)
def test_any_two_values_are_a_row_that_json_can_hold(published, mine, error):
    content = number_row("a", "a", "", published, mine, error=error).to_json()
    numbers = [value for value in content.values() if isinstance(value, float)]
    assert all(map(math.isfinite, numbers))


def test_the_nearest_question_has_the_fewest_other_parameters():
    one = {"a": {"value": 1}, "b": {"value": 2}}
    two = {"a": {"value": 1}, "b": {"value": 3}}
    other = {"a": {"value": 9}, "c": {"value": 1}}
    assert nearest(two, [("other", other), ("one", one)]) == "one"
    assert nearest(one, [("first", two), ("second", two)]) == "first"
    assert nearest(one, []) is None
