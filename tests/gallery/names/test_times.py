"""One moment is the same in every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.names.found import UnreadableNameError
from gallery.domain.names.times import Moment, read_time


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("2003-03-15T13:27:40.000", "isot"),
        ("2003-03-15 13:27:40", "isot"),
        ("2003-03-15T13:27:40Z", "isot"),
        ("52713.56087963", "mjd"),
        ("2452714.06087963", "jd"),
        ("1169.561622500", "ijd"),
    ],
)
def test_a_moment_of_integral_in_every_format(text, read_as):
    found = read_time(text)

    assert (found.isot, found.read_as) == ("2003-03-15T13:27:40.000", read_as)
    assert (round(found.mjd, 6), round(found.jd, 6)) == (52713.56088, 2452714.06088)
    assert round(found.ijd, 5) == 1169.56162  # 64.184 s of TT later


def test_the_zero_of_ijd_is_the_year_2000_in_tt():
    assert read_time("0", "ijd") == Moment(
        "1999-12-31T23:58:55.816", 51543.999257130, 2451544.499257130, 0.0, "ijd"
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [("", ""), ("soon", ""), ("2003-13-15", ""), ("nan", "mjd"), ("1e99", "jd"), ("1", "met"),
     ("2003-03-15", "mjd"), ("9" * 50, "")],
)  # fmt: skip
def test_what_is_no_time_is_refused(text, form):
    with pytest.raises(UnreadableNameError):
        read_time(text, form)


@given(st.floats(15_000, 90_000))
def test_days_come_back_as_they_were(mjd):
    found = read_time(f"{mjd:.6f}", "mjd")

    assert abs(read_time(f"{found.ijd:.9f}", "ijd").mjd - mjd) < 2e-6
    assert abs(read_time(f"{found.jd:.9f}", "jd").mjd - mjd) < 2e-6
