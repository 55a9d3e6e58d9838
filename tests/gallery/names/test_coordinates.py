"""Positions are read as they are typed, and out of names of sources."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.names.coordinates import named_position, typed_position
from gallery.domain.names.found import Found, UnreadableNameError


def apart(found: Found, ra: float, dec: float) -> float:
    """Arcmin between an answer and a place, in the tangent plane."""
    across = (found.ra - ra) * math.cos(math.radians(dec))
    return 60 * math.hypot(across, found.dec - dec)


@pytest.mark.parametrize(
    "text",
    [
        "83.63308 22.0145",
        "83.63308, +22.0145",
        "83.63308 deg, 22.0145 deg",
        "05:34:31.94 +22:00:52.2",
        "05h34m31.94s +22d00m52.2s",
        "05 34 31.94 +22 00 52.2",
        "l=184.5575 b=-5.7843",
        "184.5575 -5.7843 galactic",
    ],
)
def test_the_crab_is_where_it_is_however_one_writes_it(text):
    assert apart(typed_position(text), 83.63308, 22.0145) < 0.05


@pytest.mark.parametrize("text", ["Crab", "M 1", "1E 1740.7-2942", "", "12", "5 6 7", "x" * 300])
def test_a_name_is_no_position(text):
    assert typed_position(text) is None


@pytest.mark.parametrize(
    "text", ["400 10", "10 95", "-5 10", "05:61:00 +10:00:00", "l=10 b=95"]
)  # fmt: skip
def test_a_position_that_is_nowhere_is_refused(text):
    with pytest.raises(UnreadableNameError):
        typed_position(text)


@pytest.mark.parametrize(
    ("name", "ra", "dec", "within"),
    [
        # positions of SIMBAD, or of the catalogue that named the source
        ("1E 1740.7-2942", 265.9785, -29.7452, 2.0),
        ("GRS 1716-249", 259.9035, -25.0174, 12.0),
        ("HESS J1745-290", 266.4168, -29.0078, 12.0),
        ("SAX J1808.4-3658", 272.1147, -36.9790, 2.0),
        ("PSR J0534+2200", 83.6331, 22.0145, 12.0),
        ("PSR B0531+21", 83.6331, 22.0145, 40.0),
        ("3FGL J1745.6-2859c", 266.42, -28.99, 2.0),
        ("SNR G184.6-05.8", 83.6331, 22.0145, 8.0),
    ],
)
def test_the_coordinates_in_a_name_lead_near_the_source(name, ra, dec, within):
    found = named_position(name)

    assert apart(found, ra, dec) < within
    assert apart(found, ra, dec) * 60 < 3 * found.uncertainty


@pytest.mark.parametrize(
    "name", ["Crab", "Mrk 421", "J2999+10", "PSR J0534+99", "J12+10", "J1260-10", "x" * 300]
)
def test_a_name_without_coordinates_has_none(name):
    assert named_position(name) is None


@given(st.text(max_size=60))
def test_any_text_is_a_position_or_not(text):
    for read in (typed_position, named_position):
        try:
            found = read(text)
        except UnreadableNameError:
            continue
        assert found is None or (0 <= found.ra <= 360 and -90 <= found.dec <= 90)
