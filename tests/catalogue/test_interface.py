"""An Interface survives the way into a row and back."""

from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.interface import Interface, Output, Parameter
from ontology.domain.kinds import ParameterKind, ProductKind

words = st.text(max_size=8)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
parameters = st.builds(
    Parameter,
    name=words,
    kind=st.sampled_from(ParameterKind),
    default=st.none() | st.integers() | words | st.lists(st.booleans()),
    unit=st.none() | words,
    minimum=numbers,
    choices=st.lists(words | st.integers()).map(tuple),
    optional=st.booleans(),
)
outputs = st.builds(Output, name=words, kind=st.sampled_from(ProductKind), label=words)


@given(st.builds(Interface, st.lists(parameters).map(tuple), st.lists(outputs).map(tuple)))
def test_an_interface_is_read_as_it_was_written(interface):
    assert Interface.from_json(interface.to_json()) == interface


def test_an_interface_of_nothing_is_empty():
    assert Interface.from_json({}) == Interface((), ())


def test_parameters_and_outputs_are_found_by_name():
    energy = Parameter("energy", ParameterKind.FLOAT)
    total = Output("total", ProductKind.NUMBER)
    interface = Interface((energy,), (total,))
    assert (interface.parameter("energy"), interface.parameter("total")) == (energy, None)
    assert (interface.output("total"), interface.output("energy")) == (total, None)


def test_a_title_is_the_label_or_the_name_in_words():
    assert Parameter("e_min", ParameterKind.FLOAT).title == "e min"
    assert Parameter("e_min", ParameterKind.FLOAT, label="lower energy").title == "lower energy"
    assert Output("flux_mean", ProductKind.NUMBER).title == "flux mean"
    assert Output("flux_mean", ProductKind.NUMBER, label="flux").title == "flux"
