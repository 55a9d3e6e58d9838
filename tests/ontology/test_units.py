import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.domain import units
from ontology.domain.findings import Finding, Severity, Where

HERE = Where("x.ipynb", 2, 3)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("unit:keV", "keV"),
        ("keV", "keV"),
        (" keV ", "keV"),
        ("http://odahub.io/ontology/unit#keV", "keV"),
        ("unit:Year", "yr"),
        ("unit:Degree", "deg"),
        ("unit:Day", "d"),
        ("unit:Minute", "min"),
        ("unit:micron", "um"),
        ("unit:hourangle_Hour", "hourangle"),
        ("erg/cm2/s", "erg / (s cm2)"),
        ("erg cm^-2 s^-1", "erg / (s cm2)"),
        ("count / s", "ct / s"),
        ("Å", "Angstrom"),
        ("%", "%"),
        ("dimensionless", ""),
        ("", ""),
    ],
)
def test_a_unit_has_one_spelling(written: str, unit: str) -> None:
    assert units.parse(written, HERE) == unit


def test_an_unknown_unit_is_a_finding_with_a_suggestion() -> None:
    assert units.parse("unit:kev", HERE) == Finding(
        severity=Severity.SHOULD,
        id="ontology/unknown-unit",
        where=HERE,
        what="The unit 'unit:kev' is not known.",
        mend="Did you mean unit:keV?",
    )


@pytest.mark.parametrize("attack", ["m**99999999", "10**9999999 m", "(" * 70, "m" * 5000])
def test_a_unit_that_would_cost_time_is_refused(attack: str) -> None:
    assert isinstance(units.parse(attack, HERE), Finding)


@given(st.text(max_size=90))
def test_any_text_gives_a_unit_or_a_finding_and_a_unit_stays_itself(text: str) -> None:
    unit = units.parse(text, HERE)
    assert isinstance(unit, Finding) or units.parse(unit, HERE) == unit


@pytest.mark.parametrize(
    ("unit", "reference", "expected"),
    [
        ("MeV", "keV", True),
        ("s", "keV", False),
        ("arcsec", "deg", True),
        ("GeV", "kg", True),  # masses of particles
        ("keV", "K", True),  # temperatures of plasmas
        ("", "deg", False),
    ],
)
def test_units_of_one_quantity_convert(unit: str, reference: str, *, expected: bool) -> None:
    assert units.convertible(unit, reference) is expected
