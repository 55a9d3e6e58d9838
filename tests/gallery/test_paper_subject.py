"""What a figure is about: position, messenger, energy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.paper.fields import BadPaperError
from gallery.domain.paper.statement import Subject
from gallery.domain.paper.subject import BANDS, MESSENGERS, angle, bands_of, read_subject
from ontology.domain import terms


def refusal(**item: object) -> str:
    with pytest.raises(BadPaperError) as refused:
        read_subject(item, "a")
    return str(refused.value)


def test_nothing_said_is_light_from_nowhere():
    assert read_subject({}, "a") == Subject()


def test_a_subject_is_what_readers_choose_by():
    item = {
        "source": "Crab", "ra": "05:34:31.94", "dec": "+22:00:52.2",
        "instrument": ["INTEGRAL/ISGRI", "INTEGRAL/ISGRI", " "], "messenger": "Gravitational-wave",
        "energy": ["X-rays", "gamma ray"],
    }  # fmt: skip

    found = read_subject(item, "a")

    assert (found.source, found.instruments) == ("Crab", ("INTEGRAL/ISGRI",))
    assert (found.messenger, found.energy) == ("gravitational wave", ("X-ray", "gamma ray"))
    assert found.ra == pytest.approx(83.633083, abs=1e-6)
    assert found.dec == pytest.approx(22.014500, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("05h34m31.94s", 83.6330833),
        ("5 34 31.94", 83.6330833),
        ("-0:30:00", -7.5),
        ("00h42m", 10.5),
        ("1e3", None),
        ("24:60:00", None),
        ("1:2:3:4", None),
        ("", None),
        ("1" * 100_000, None),
        (" " * 100_000 + "1", None),
    ],
)
def test_sexagesimal_texts_are_read(text, degrees):
    assert angle(text, hours=True) == (None if degrees is None else pytest.approx(degrees))


@given(st.floats(-89.9, 89.9, allow_nan=False))
def test_an_angle_survives_its_text(degrees):
    sign, size = "-" if math.copysign(1, degrees) < 0 else "+", abs(degrees)
    whole, minutes = int(size), int(size * 60) % 60
    seconds = max(0.0, min(59.999999, (size - whole - minutes / 60) * 3600))

    found = angle(f"{sign}{whole:02d}:{minutes:02d}:{seconds:09.6f}", hours=False)

    assert found == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "unit", "bands"),
    [
        (20, 100, "keV", ("X-ray",)),
        (30, 300, "keV", ("X-ray", "gamma ray")),
        (300, 30, "keV", ("X-ray", "gamma ray")),
        (1, 100, "TeV", ("gamma ray",)),
        (1.4, 1.4, "GHz", ("radio",)),
        (100, 900, "GHz", ("millimetre",)),
        (300, 1000, "nm", ("optical",)),
        (2, 20, "um", ("infrared",)),
        (100, 300, "nm", ("ultraviolet",)),
    ],
)
def test_a_range_is_named_by_the_bands_it_reaches_into(low, high, unit, bands):
    assert bands_of(low, high, unit) == bands


@given(st.floats(1e-9, 1e15), st.floats(1, 1e3), st.sampled_from(["eV", "Hz", "nm", "erg", "GeV"]))
def test_every_range_reaches_into_neighbouring_bands(low, factor, unit):
    found = bands_of(low, low * factor, unit)

    names = list(BANDS)
    first = names.index(found[0])
    assert list(found) == names[first : first + len(found)]


def test_bands_and_messengers_are_terms():
    named = (*BANDS.values(), *MESSENGERS.values())

    assert [name for name in named if not terms.is_narrower(name, "Messenger")] == []


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({"ra": 83.6}, "The position of figure a needs both ra and dec."),
        (
            {"ra": 360, "dec": 0},
            "The ra of figure a is no ICRS position: write it as 83.6331 or 05:34:31.9.",
        ),
        (
            {"ra": 0, "dec": -91},
            "The dec of figure a is no ICRS position: write it as 22.0145 or +22:00:52.",
        ),
        (
            {"ra": True, "dec": 0},
            "The ra of figure a is no ICRS position: write it as 83.6331 or 05:34:31.9.",
        ),
        (
            {"ra": "nan", "dec": 0},
            "The ra of figure a is no ICRS position: write it as 83.6331 or 05:34:31.9.",
        ),
        (
            {"messenger": "pigeon"},
            (
                "The messenger 'pigeon' of figure a is none of: photon, neutrino, gravitational "
                "wave, cosmic ray."
            ),
        ),
        (
            {"energy": "hard"},
            (
                "The energy 'hard' of figure a is none of: radio, millimetre, infrared, optical, "
                "ultraviolet, X-ray, gamma ray; a range is written { range = [20, 100], "
                'unit = "keV" }.'
            ),
        ),
        ({"energy": 3}, 'The energy of figure a is a list of texts: ["…", "…"].'),
        ({"instrument": [3]}, 'The instrument of figure a is a list of texts: ["…", "…"].'),
    ],
)
def test_what_a_subject_may_not_be(item, sentence):
    assert refusal(**item) == sentence


@pytest.mark.parametrize(
    "given_range",
    [
        {},
        {"range": [20], "unit": "keV"},
        {"range": [20, 100]},
        {"range": [20, 100], "unit": "kg"},
        {"range": [20, 100], "unit": "nonsense((("},
        {"range": [0, 100], "unit": "keV"},
        {"range": [-1, 100], "unit": "keV"},
        {"range": [20, float("inf")], "unit": "keV"},
        {"range": ["a", "b"], "unit": "keV"},
    ],
)
def test_a_range_of_no_light_is_refused(given_range):
    assert refusal(energy=given_range) == (
        "The energy of figure a is no range of energy, frequency or wavelength: write "
        '{ range = [20, 100], unit = "keV" }.'
    )
