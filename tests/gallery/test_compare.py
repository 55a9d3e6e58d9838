"""Comparing: exact decimals, exact words, and never a false "reproduced"."""

import json
import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gallery.domain.compare import Comparison, Measured, NotThereError, judge, tolerance_text
from gallery.domain.paper import Published, value_from_json, value_to_json
from gallery.domain.verdict import Verdict

SAME = (Verdict.IDENTICAL, Verdict.WITHIN_TOLERANCE)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def written(number: float) -> Fraction:
    """The number as its shortest decimal says it, exactly."""
    return Fraction(repr(number))


def published(value: object, allowed: float = 0.0, **more: object) -> Published:
    fields = {"output": "x", "label": "the value", "tolerance": "absolute"} | more
    return Published(published=value, allowed=allowed, **fields)


def compare(value: Published, found: object, unit: str | None = None) -> Comparison:
    (comparison,) = judge((value,), lambda _value: Measured(found, unit)).comparisons
    return comparison


def verdict(value: Published, found: object, unit: str | None = None) -> Verdict:
    return compare(value, found, unit).verdict


# The edge of a tolerance


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (4.96, Verdict.IDENTICAL),
        (4.960000000000001, Verdict.WITHIN_TOLERANCE),
        (4.965, Verdict.WITHIN_TOLERANCE),  # 4.965 - 4.96 is 0.00499999999999989 in doubles
        (4.955, Verdict.WITHIN_TOLERANCE),  # and 4.96 - 4.955 is 0.00499999999999989, too
        (4.9650000000000007, Verdict.DIFFERENT),
        (4.9549999999999992, Verdict.DIFFERENT),
    ],
)
def test_the_edge_of_a_tolerance_is_the_decimal_that_was_written(found, expected):
    assert verdict(published(4.96, 0.005), found) is expected


def test_the_edge_of_a_tolerance_is_met_where_doubles_would_miss_it():
    assert abs(1.1 - 1.0) > 0.1  # in doubles, that is

    assert verdict(published(1.0, 0.1), 1.1) is Verdict.WITHIN_TOLERANCE


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (4.9649, Verdict.IDENTICAL),  # 4.96 when rounded as printed
        (4.955, Verdict.IDENTICAL),  # half to even: 4.96
        (4.945, Verdict.DIFFERENT),  # half to even: 4.94
        (4.9549, Verdict.WITHIN_TOLERANCE),  # 4.95, one in the last place
        (4.9751, Verdict.DIFFERENT),  # 4.98, two
    ],
)
def test_a_re_run_is_rounded_as_the_paper_printed(found, expected):
    assert verdict(published(4.96, 0.01, places=2), found) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (202.0, Verdict.WITHIN_TOLERANCE),
        (198.0, Verdict.WITHIN_TOLERANCE),
        (202.0000001, Verdict.DIFFERENT),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_relative_tolerance_is_a_share_of_the_published_value(found, expected, sign):
    value = published(200.0 * sign, 0.01, tolerance="relative")

    assert verdict(value, found * sign) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (1.3, Verdict.WITHIN_TOLERANCE),
        (0.7, Verdict.WITHIN_TOLERANCE),
        (1.3000001, Verdict.DIFFERENT),
    ],
)
def test_a_tolerance_in_errors_uses_the_published_error(found, expected):
    assert verdict(published(1.0, 3, tolerance="sigma", error=0.1), found) is expected


def test_deviations_are_given_in_the_unit_as_a_share_and_in_errors():
    found = compare(published(2.0, 1, error=0.5), 3.0)

    assert (found.deviation, found.relative, found.sigmas) == (1.0, 0.5, 2.0)


def test_a_published_zero_has_no_share():
    found = compare(published(0.0, 0.1, tolerance="relative"), 0.001)

    assert (found.verdict, found.deviation, found.relative) == (Verdict.DIFFERENT, 0.001, None)
    assert verdict(published(0.0, 0.1, tolerance="relative"), 0) is Verdict.IDENTICAL
    assert verdict(published(0.0), -0.0) is Verdict.IDENTICAL


# Units


@pytest.mark.parametrize(
    ("found", "unit", "expected"),
    [
        (0.04, "MeV", Verdict.IDENTICAL),
        (40_000, "eV", Verdict.IDENTICAL),
        (40.0, None, Verdict.IDENTICAL),  # a format without units is taken at its word
        (40.0, "", Verdict.NOT_COMPARABLE),  # one that could have said and did not is not
        (40.0, "MeV", Verdict.DIFFERENT),
        (0.0404, "MeV", Verdict.WITHIN_TOLERANCE),
    ],
)
def test_a_re_run_in_another_unit_is_converted(found, unit, expected):
    assert verdict(published(40.0, 0.5, unit="keV"), found, unit) is expected


@pytest.mark.parametrize("unit", ["m", "parrots", "keV / parrot"])
def test_units_that_do_not_convert_are_not_compared(unit):
    found = compare(published(40.0, 0.5, unit="keV"), 40.0, unit)

    assert (found.verdict, found.sentence) == (
        Verdict.NOT_COMPARABLE,
        f"The re-run gives {unit}, the paper keV: they do not convert.",
    )


# What is no finite number


@pytest.mark.parametrize("found", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_is_different(found):
    compared = compare(published(40.0, 1e300), found)

    assert compared.verdict is Verdict.DIFFERENT
    assert compared.sentence == f"published 40, found {found}"
    assert (compared.deviation, compared.relative) == (None, None)


@pytest.mark.parametrize("found", [1e30, -1.7e308, 5e-324, 10**400, -(10**400), 10**25])
@pytest.mark.parametrize("places", [None, 0, 2, 15])
def test_a_number_of_any_size_is_compared(found, places):
    assert verdict(published(40.0, 0.5, places=places), found) is Verdict.DIFFERENT


@pytest.mark.parametrize("found", [10**400, 10**400 + 1])
def test_an_integer_beyond_every_double_is_converted_to_no_number(found):
    assert verdict(published(40.0, 0.5, unit="keV"), found, "eV") is Verdict.DIFFERENT


def test_a_deviation_that_no_double_holds_is_left_out():
    found = compare(published(-1.7e308, 1, error=1e-300), 1.7e308)

    assert (found.deviation, found.relative, found.sigmas) == (None, None, None)
    assert found.verdict is Verdict.DIFFERENT


# Texts and truth values


@pytest.mark.parametrize(
    ("value", "found", "expected"),
    [
        ("Crab", "Crab", Verdict.IDENTICAL),
        ("Crab", "crab", Verdict.DIFFERENT),
        ("40", 40, Verdict.DIFFERENT),
        (40, "40", Verdict.DIFFERENT),
        (True, True, Verdict.IDENTICAL),
        (True, False, Verdict.DIFFERENT),
        (True, 1, Verdict.DIFFERENT),
        (1, True, Verdict.DIFFERENT),
        (0, False, Verdict.DIFFERENT),
        (1.0, True, Verdict.DIFFERENT),
        (40, 40.0, Verdict.IDENTICAL),
        ("Crab", None, Verdict.DIFFERENT),
        (40.0, None, Verdict.DIFFERENT),
    ],
)
def test_texts_and_truth_values_are_met_exactly(value, found, expected):
    assert verdict(published(value, 1e9), found) is expected


def test_a_text_is_told_as_it_is():
    assert compare(published("Crab"), "Vela").sentence == "published Crab, found Vela"


def test_a_strangers_text_is_cut_and_cleaned():
    compared = compare(published("Crab"), "a\0\ud800\n" + "x" * 1000)

    shown = "a???" + "x" * 76
    assert compared.sentence == f"published Crab, found {shown}"
    assert compared.to_json()["found"] == shown


# What is not there


def test_what_the_re_run_does_not_have_is_not_comparable():
    def find(_value: Published) -> Measured:
        raise NotThereError("The re-run gave no x.")

    judgement = judge((published(40.0),), find)

    assert (judgement.verdict, judgement.sentence) == (
        Verdict.NOT_COMPARABLE, "the value: The re-run gave no x.",
    )  # fmt: skip


def test_a_paper_that_states_no_value_is_not_comparable():
    judgement = judge((), lambda _value: Measured(1.0))

    assert (judgement.verdict, judgement.sentence, judgement.comparisons) == (
        Verdict.NOT_COMPARABLE, "The paper states no value to compare with.", (),
    )  # fmt: skip


# Sentences


@pytest.mark.parametrize(
    ("value", "found", "sentence"),
    [
        (
            published(4.96, 0.005, unit="%", places=2),
            4.9612345,
            "published 4.96 %, found 4.9612 %: the same to every digit printed",
        ),
        (
            published(4.96, 0.01, unit="%", places=2),
            4.9512,
            "published 4.96 %, found 4.9512 %; allowed ± 0.01 %",
        ),
        (
            published(0.298, 1, tolerance="sigma", error=0.022),
            0.3,
            "published 0.298 ± 0.022, found 0.3; allowed ± 1 published errors",
        ),
        (
            published(200.0, 0.01, tolerance="relative", unit="d"),
            300.0,
            "published 200 d, found 300 d; allowed ± 1 % of the published value",
        ),
        (published(40.0, 0.5), math.nan, "published 40, found nan"),
        (published(4.0, 0.5, places=1), 5.0, "published 4.0, found 5.000; allowed ± 0.5"),
    ],
)
def test_a_comparison_is_a_sentence_in_words_and_numbers(value, found, sentence):
    assert compare(value, found).sentence == sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (published(1.0, 0.005, unit="%"), "± 0.005 %"),
        (published(1.0, 0.005), "± 0.005"),
        (published(1.0, 0.02, tolerance="relative"), "± 2 % of the published value"),
        (published(1.0, 2, tolerance="sigma", error=1.0), "± 2 published errors"),
    ],
)
def test_a_tolerance_is_said_in_words(value, text):
    assert tolerance_text(value) == text


def judged(*pairs: tuple[Published, object]):
    found = {value.label: number for value, number in pairs}
    return judge(
        tuple(value for value, _number in pairs), lambda value: Measured(found[value.label])
    )


def test_a_figure_with_one_value_says_its_sentence():
    judgement = judged((published(40.0, 1), 40.0))

    assert judgement.sentence == (
        "the value: published 40, found 40: the same to every digit printed."
    )


def test_a_figure_with_many_values_counts_them_and_names_the_worst():
    judgement = judged(
        (published(1.0, 0.1, label="a"), 1.0),
        (published(1.0, 0.1, label="b"), 1.05),
        (published(1.0, 0.1, label="c"), 1.2),
        (published(1.0, 0.1, label="d"), -3.0),
    )

    assert (judgement.verdict, judgement.sentence) == (
        Verdict.DIFFERENT,
        (
            "4 values compared: 1 identical, 1 within tolerance, 2 different; "
            "d: published 1, found -3; allowed ± 0.1."
        ),
    )


def test_a_figure_whose_values_are_all_the_same_needs_no_example():
    judgement = judged((published(1.0, label="a"), 1.0), (published(2.0, label="b"), 2.0))

    assert judgement.sentence == "2 values compared: 2 identical."


def test_one_value_that_is_missing_makes_a_figure_not_comparable_and_one_off_different():
    missing = published(1.0, label="gone")

    def find(value: Published) -> Measured:
        if value is missing:
            raise NotThereError("It is not there.")
        return Measured(1.05)

    near, off = published(1.0, 0.1, label="near"), published(9.0, 0.1, label="off")
    assert judge((missing, near), find).verdict is Verdict.NOT_COMPARABLE
    assert judge((missing, near, off), find).verdict is Verdict.DIFFERENT


# JSON


@pytest.mark.parametrize("found", [math.nan, math.inf, 1e308, "text", None, True, 40.0])
def test_a_comparison_is_json_that_anybody_reads(found):
    compared = compare(published(-1e308, 1, error=1e-300), found)

    text = json.dumps(compared.to_json(), allow_nan=False)

    again = json.loads(text)
    assert again["verdict"] == compared.verdict.value
    assert value_from_json(again["published"]) == compared.published


# For every number there is


@given(NUMBERS, NUMBERS, st.floats(0, 1e9), st.none() | st.integers(0, 15))
def test_what_is_outside_its_tolerance_is_never_called_reproduced(value, found, allowed, places):
    half = Fraction(1, 2 * 10**places) if places is not None else 0  # lost when it is rounded
    assume(abs(written(found) - written(value)) > written(allowed) + half)

    assert verdict(published(value, allowed, places=places), found) not in SAME


@given(NUMBERS, st.floats(0, 1e9))
def test_the_published_value_itself_is_identical(value, allowed):
    assert verdict(published(value, allowed), value) is Verdict.IDENTICAL


@given(NUMBERS, NUMBERS, st.floats(0, 1e9))
def test_published_and_found_may_change_places(one, other, allowed):
    assert verdict(published(one, allowed), other) is verdict(published(other, allowed), one)


@given(NUMBERS, NUMBERS, st.floats(0, 1), st.floats(0, 1))
def test_a_wider_tolerance_is_never_stricter(value, found, one, other):
    narrow, wide = sorted((one, other))
    if verdict(published(value, narrow, tolerance="relative"), found) in SAME:
        assert verdict(published(value, wide, tolerance="relative"), found) in SAME


@given(st.sampled_from(["absolute", "relative", "sigma"]), NUMBERS, st.text() | st.booleans())
def test_a_text_is_never_a_number_reproduced(tolerance, value, found):
    stated = published(value, 1e9, tolerance=tolerance, error=1.0)

    assert verdict(stated, found) is Verdict.DIFFERENT


@given(st.builds(published, NUMBERS, st.floats(0, 10), unit=st.text()))
def test_a_published_value_survives_being_stored(value):
    assert value_from_json(json.loads(json.dumps(value_to_json(value)))) == value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (published(4.96, 0.01, places=2), 4.9749),
        (published(3.0, 1.0, places=0, tolerance="sigma", error=1.0), 4.49),
    ],
)
def test_rounding_never_widens_a_tolerance(value, found):
    assert verdict(value, found) is Verdict.DIFFERENT


def test_whole_numbers_beyond_a_double_are_told_apart():
    assert verdict(published(2**53 + 1), 2**53) is Verdict.DIFFERENT
    assert verdict(published(2**53 + 1), 2**53 + 1) is Verdict.IDENTICAL


def test_a_value_that_was_given_is_said_to_be_given():
    comparison = compare(published(2.264, given=True, places=3), 2.264)

    assert comparison.sentence == (
        "published 2.264, found 2.26400: read in by the workflow and carried through unchanged"
    )
