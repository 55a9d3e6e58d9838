"""The form of a version: what stands in each field, and what that changes."""

from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.domain.form import address_of, fields_of
from catalogue.domain.interface import Interface, Parameter
from ontology.domain.kinds import ParameterKind, ProductKind

FLOAT, INTEGER, STRING = ParameterKind.FLOAT, ParameterKind.INTEGER, ParameterKind.STRING
INTERFACE = Interface(
    (
        Parameter("energy", FLOAT, default=20.0, unit="keV", minimum=1.0, maximum=500.0),
        Parameter("years", INTEGER, default=16),
        Parameter("sky", ParameterKind.PRODUCT, default="a.fits", product=ProductKind.IMAGE),
    ),
    (),
)


def told(query, stated=None):
    """Name → text, whether it is changed, what was published."""
    fields = fields_of(INTERFACE, query, stated)
    return {field.parameter.name: (field.text, field.changed, field.published) for field in fields}


def test_without_a_figure_the_authors_values_are_the_published_ones():
    assert told({}) == {
        "energy": ("20.0", False, "20.0"), "years": ("16", False, "16"), "sky": ("", False, ""),
    }  # fmt: skip


def test_a_figures_parameters_fill_the_form_and_are_no_change():
    assert told({}, {"energy": 30}) == {
        "energy": ("30.0", False, "30.0"), "years": ("16", False, "16"), "sky": ("", False, ""),
    }  # fmt: skip


def test_the_authors_value_is_a_change_from_a_figure_that_has_another():
    assert told({"energy": "20"}, {"energy": 30})["energy"] == ("20.0", True, "30.0")


@pytest.mark.parametrize("text", ["30", "30.0", "0.03 MeV", "30000 eV", ""])
def test_one_value_in_many_spellings_is_no_change(text):
    stated = {"energy": "0.03 MeV"} if text else {"energy": 20.0}
    assert told({"energy": text}, stated)["energy"][1] is False


def test_a_fault_is_said_of_what_was_written_alone():
    (energy, *_) = fields_of(INTERFACE, {"energy": "600"})
    assert (energy.changed, energy.fault) == (False, "600 keV is too large: write at most 500 keV.")
    (energy, *_) = fields_of(INTERFACE, {}, {"energy": 600.0})
    assert (energy.text, energy.fault) == ("20.0", "")


def test_a_statement_of_no_parameter_or_no_value_is_passed_over():
    assert told({"x": "1"}, {"y": 2, "years": "many"}) == told({})


def test_a_product_is_changed_when_its_text_is():
    digest = "ab" * 32
    assert told({"sky": f" {digest} "})["sky"] == (digest, True, "")
    assert told({}, {"sky": digest})["sky"] == (digest, False, digest)
    assert told({"sky": ""}, {"sky": digest})["sky"] == ("", True, digest)


def test_a_slider_needs_a_number_with_both_limits():
    assert [field.has_range for field in fields_of(INTERFACE, {})] == [True, False, False]


def test_the_address_of_a_form_has_what_the_author_does_not_say():
    fields = fields_of(INTERFACE, {"years": "3"}, {"energy": 30.0})
    assert parse_qs(address_of(fields)) == {"energy": ["30.0"], "years": ["3"]}
    assert address_of(fields_of(INTERFACE, {"energy": "20.0"})) == ""


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["energy", "years", "x"]), st.text(max_size=20)),
    st.dictionaries(
        st.sampled_from(["energy", "years", "sky"]),
        st.one_of(st.text(max_size=9), st.floats(), st.none(), st.lists(st.none())),
    ),
)
def test_a_form_takes_whatever_strangers_write_and_its_address_makes_it_again(query, stated):
    fields = fields_of(INTERFACE, query, stated)
    again = {name: texts[0] for name, texts in
             parse_qs(address_of(fields), keep_blank_values=True).items()}  # fmt: skip
    assert [field.text for field in fields_of(INTERFACE, again, stated)] == [
        field.text for field in fields
    ]
