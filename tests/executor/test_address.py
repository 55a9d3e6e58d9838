"""An address means the whole question, and nothing but the question."""

import hashlib
import inspect
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.interface import Interface, Parameter
from catalogue.domain.normalise import normalise
from executor.domain.address import address, environment_digest
from ontology.domain.kinds import ParameterKind

VERSION, ENVIRONMENT = "a" * 64, "b" * 64
INTERFACE = Interface(
    parameters=(
        Parameter("e_min", ParameterKind.FLOAT, default=20.0, unit="keV"),
        Parameter("e_max", ParameterKind.FLOAT, default=40.0, unit="keV"),
        Parameter("bands", ParameterKind.LIST, default=[]),
        Parameter("name", ParameterKind.STRING, default="Crab"),
    )
)
KEV = {"type": "float", "unit": "keV"}


def plain(**changes: object) -> str:
    question = {"version": VERSION, "environment": ENVIRONMENT, "inputs": {}} | changes
    return address(**question)


def asked(**parameters: object) -> str:
    """The address of a request, as ``request_run`` makes it."""
    inputs, faults = normalise(INTERFACE, parameters)
    assert faults == {}
    return plain(inputs=inputs.typed)


# These digits are part of every citation of a run: a test that must be changed here means that
# FORMAT has to be bumped.


def test_the_address_of_a_question_without_inputs_is_pinned():
    assert plain() == "e69f09b7274db040b30b4768c6889f6350c40a17c053a0523424d6d0149aa64f"


def test_an_address_is_the_sha256_of_a_text_that_anybody_can_write_down():
    text = (
        '{"context":null,'
        f'"environment":"{ENVIRONMENT}",'
        '"format":"reprise.address/1",'
        '"inputs":{'
        '"e_max":{"type":"float","unit":"keV","value":40},'
        '"e_min":{"type":"float","unit":"keV","value":20.5}},'
        '"seed":7,'
        f'"version":"{VERSION}"}}'
    )

    found = plain(inputs={"e_min": KEV | {"value": 20.5}, "e_max": KEV | {"value": 40.0}}, seed=7)

    assert found == hashlib.sha256(text.encode()).hexdigest()
    assert found == "d042b5e6abaccd95d2cec3d7f135c2c48cafda3c060a4453dd4f427c9255d213"


def test_the_address_of_a_question_with_a_list_a_time_and_a_context_is_pinned():
    inputs = {
        "bands": {"type": "list", "value": ["weich", "härter", 3]},
        "start": {
            "type": "time", "value": "2003-03-15T13:27:40.000", "format": "isot", "scale": "utc",
        },
    }  # fmt: skip

    assert plain(inputs=inputs, context="2024-1") == (
        "1a4c1327a34b048576e0cdf7a50013e325a667e17f637d91866be4e47b7496d7"
    )


def test_the_digest_of_an_environment_is_pinned():
    found = environment_digest(lock="numpy==2.4\n", python="3.11", machine="x86_64")

    assert found == "33cbcfbf87f113a6e905f9a88ea3d5095078712a48d09bfa72dc8d275038e3b7"


def test_lock_python_and_machine_each_make_another_environment():
    usual = {"lock": "numpy==2.4\n", "python": "3.11", "machine": "x86_64"}
    others = [{"lock": "numpy==2.5\n"}, {"python": "3.12"}, {"machine": "aarch64"}]

    assert len({environment_digest(**usual | other) for other in [{}, *others]}) == 4


@pytest.mark.parametrize(
    "spelling",
    [25, 25.0, "25", " 25 keV ", "2.5e1", "0.025 MeV", "25000 eV", {"value": 2.5e4, "unit": "eV"}],
)
def test_one_value_has_one_address_however_it_is_spelled(spelling):
    assert asked(e_min=spelling) == asked(e_min=25.0)


@given(st.decimals(min_value="0.001", max_value="100000", places=3))
def test_equal_values_in_other_units_have_one_address(value):
    exact = Fraction(value)
    in_ev, in_mev = exact * 1000, f"{value}e-3 MeV"

    assert asked(e_min=f"{value} keV") == asked(e_min=in_mev) == asked(e_min=f"{int(in_ev)} eV")


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_two_values_have_two_addresses(one, other):
    assert (asked(e_min=one) == asked(e_min=other)) is (one == other)


@given(st.permutations([1, 2, 3, 4, 5, 6]), st.permutations([1, 2, 3, 4, 5, 6]))
def test_permuted_digits_are_another_question(one, other):
    first, second = (int("".join(map(str, digits))) for digits in (one, other))

    assert (asked(e_min=first) == asked(e_min=second)) is (one == other)


@given(st.permutations(["a", "b", "c", 1]), st.permutations(["a", "b", "c", 1]))
def test_permuted_lists_are_another_question(one, other):
    assert (asked(bands=one) == asked(bands=other)) is (one == other)


def test_swapped_values_are_another_question():
    assert asked(e_min=20, e_max=40) != asked(e_min=40, e_max=20)


def test_letters_that_wander_from_one_text_into_the_next_are_another_question():
    assert asked(name="Crab", bands=["12", "3"]) != asked(name="Crab", bands=["1", "23"])
    assert asked(name="12") != asked(name="21")


def test_a_number_and_its_text_are_two_questions():
    assert asked(bands=[1]) != asked(bands=["1"])


def test_what_is_left_out_is_the_default():
    assert asked() == asked(e_min=20.0) == asked(e_max="0.04 MeV", name="Crab")


def test_the_order_of_the_parameters_is_irrelevant():
    one = {"e_min": KEV | {"value": 1.0}, "e_max": {"value": 2.0, "unit": "keV", "type": "float"}}

    assert plain(inputs=one) == plain(inputs=dict(reversed(one.items())))


@pytest.mark.parametrize(
    "change",
    [
        {"version": "c" * 64},
        {"environment": "c" * 64},
        {"context": "2024-1"},
        {"seed": 1},
        {"inputs": {"e_min": KEV | {"value": 20.0}}},
    ],
)
def test_each_part_of_the_question_makes_another_address(change):
    assert plain(**change) != plain()


def test_nothing_else_is_in_an_address():
    assert set(inspect.signature(address).parameters) == {
        "version", "environment", "inputs", "context", "seed",
    }  # fmt: skip
    assert {plain() for _ in range(3)} == {plain()}
