"""The six verdicts and their order."""

from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.verdict import ORDER, Verdict, worst
from gallery.models import Check


def test_there_are_six_verdicts_best_first():
    assert [verdict.value for verdict in ORDER] == [
        "identical",
        "within tolerance",
        "same data drawn differently",
        "not comparable",
        "different",
        "failed",
    ]


def test_the_table_knows_the_same_six():
    assert Check.Verdicts.values == [verdict.value for verdict in ORDER]


def test_nothing_compared_is_not_comparable():
    assert worst([]) is Verdict.NOT_COMPARABLE


@given(st.lists(st.sampled_from(ORDER), min_size=1))
def test_one_bad_value_decides(verdicts):
    found = worst(verdicts)

    assert found in verdicts
    assert all(ORDER.index(found) >= ORDER.index(verdict) for verdict in verdicts)
