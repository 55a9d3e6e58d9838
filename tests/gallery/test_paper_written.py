"""Statements written back as TOML."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.claims import Claim
from gallery.domain.comparison import Tolerance, Tolerances
from gallery.domain.paper.products import read_product
from gallery.domain.paper.published import Published, read_value
from gallery.domain.paper.written import content_of_claim, content_of_value, toml_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CONTENT = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(TEXTS, CONTENT, max_size=5))
def test_content_survives_being_written(content):
    assert tomllib.loads(toml_of(content)) == content


def test_figures_and_values_are_spread_out():
    content = {"figure": [{"slug": "a", "request": {"seed": 1}, "value": [{"output": "n"}]}]}

    assert toml_of(content) == (
        '[[figure]]\nslug = "a"\nrequest = { seed = 1 }\n\n[[figure.value]]\noutput = "n"\n'
    )


@pytest.mark.parametrize("value", [None, float("nan"), b""])
def test_what_toml_has_no_form_for_is_not_written(value):
    with pytest.raises(ValueError, match="TOML has no form for"):
        toml_of({"a": value})


@pytest.mark.parametrize(
    "value",
    [
        Published("n", "n", 0, "absolute", 0.0),
        Published("n", "n", "", "absolute", 0.0),
        Published("n", "n", tolerance="absolute", allowed=0.0, published=False),
        Published(
            "t", "flux", 2.5, "sigma", 3.0, error=0.5, unit="Jy", places=0, reason="r", source="s",
            doi="10.5281/zenodo.1", column="flux", row={"year": 2003}, given=True,
        ),
    ],
)  # fmt: skip
def test_a_value_is_read_as_it_was_written(value):
    assert read_value(content_of_value(value), "a") == value


@pytest.mark.parametrize(
    "tolerances",
    [
        Tolerances(),
        Tolerances(
            Tolerance(1.0, 0.5, 0.0), {"flux": Tolerance(), "n": Tolerance(sigmas=2.0)}, ("n",),
            {"flux": "err"}, ("DATE",), 3.0, "why",
        ),
    ],
)  # fmt: skip
def test_a_claim_is_read_as_it_was_written(tolerances):
    claim = Claim("t", "table", "t.csv", "", tolerances, "Table 1", "10.5281/zenodo.1", given=True)

    assert read_product(content_of_claim(claim), "a") == claim
