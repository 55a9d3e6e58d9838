"""What a diagnosis says."""

import pytest

from gallery.domain.diagnosis import Change, Conclusion, Kind, words

NUMPY = Change(Kind.ENVIRONMENT, "numpy", "1.26.4", "2.4.1")
EXTRA = Change(Kind.ENVIRONMENT, "extra", "nothing", "1.0")
GONE = Change(Kind.ENVIRONMENT, "gone", "1.0", "nothing")
EVENTS = Change(Kind.DATA, "events.fits", "aaaa", "bbbb")
CODE = Change(Kind.CODE, "fit.py", "cccc", "dddd", "commit 1234 → 5678")
PYTHON = Change(Kind.PLATFORM, "Python", "3.10.1", "3.11.2")
ENERGY = Change(Kind.PARAMETER, "energy", "20 keV", "25 keV")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (Conclusion((NUMPY,), alone=True),
         "numpy 1.26.4 → 2.4.1 explains it: with numpy 1.26.4 put back the re-run is identical."),
        (Conclusion((EXTRA,)),
         "new extra 1.0 explains it: with extra left out the re-run is identical."),
        (Conclusion((GONE,)),
         "missing gone 1.0 explains it: with gone 1.0 put back the re-run is identical."),
        (Conclusion((CODE,)),
         ("fit.py cccc → dddd (commit 1234 → 5678) explains it: with the earlier fit.py put back "
         "the re-run is identical.")),
        (Conclusion((NUMPY, EXTRA, EVENTS)),
         ("numpy 1.26.4 → 2.4.1, new extra 1.0 and events.fits aaaa → bbbb explain it together: "
         "with numpy 1.26.4 and the earlier events.fits put back and extra left out the re-run is "
         "identical.")),
        (Conclusion((NUMPY,), (ENERGY,), alone=False),
         ("numpy 1.26.4 → 2.4.1 and energy 20 keV → 25 keV explain it together: neither makes the "
         "difference without the other, and with numpy 1.26.4 put back the re-run is identical.")),
        (Conclusion((NUMPY,), (ENERGY, CODE), alone=False),
         ("numpy 1.26.4 → 2.4.1, energy 20 keV → 25 keV and fit.py cccc → dddd (commit 1234 → "
         "5678) explain it together: it takes all of them, and with numpy 1.26.4 put back the "
         "re-run is identical.")),
        (Conclusion((NUMPY, EVENTS), is_smallest=False),
         ("numpy 1.26.4 → 2.4.1 and events.fits aaaa → bbbb explain it together: with numpy 1.26.4 "
         "and the earlier events.fits put back the re-run is identical. The trials were used up "
         "before it was known whether fewer would do.")),
    ],
)  # fmt: skip
def test_a_cause_is_told_with_what_puts_it_right(found, sentence):
    assert words.explained(found, "identical") == sentence


def test_a_long_list_is_cut_short():
    many = tuple(Change(Kind.ENVIRONMENT, f"p{place}", "1", "2") for place in range(6))

    assert words.explained(Conclusion(many), "identical") == (
        "p0 1 → 2, p1 1 → 2, p2 1 → 2, p3 1 → 2 and 2 more explain it together: with these 6 as "
        "they were the re-run is identical."
    )


@pytest.mark.parametrize(
    ("changes", "complete", "sentence"),
    [
        ((), True,
         "Nothing that is known of has changed since the earlier check."),
        ((NUMPY,), True, "With everything put back as it was, the re-run is still different."),
        ((PYTHON,), True,
         "Only Python 3.10.1 → 3.11.2 changed, which cannot be put back here."),
        ((NUMPY, PYTHON), True,
         ("With all that can be put back as it was, the re-run is still different. Python 3.10.1 → "
         "3.11.2 cannot be put back here.")),
        ((NUMPY,), False, "The trials were used up before a cause was found."),
    ],
)  # fmt: skip
def test_without_a_cause_it_says_why(changes, complete, sentence):
    assert words.unexplained(changes, is_complete=complete) == sentence


@pytest.mark.parametrize(
    ("put_back", "new", "text"),
    [
        ((NUMPY,), (ENERGY,), "numpy 1.26.4 put back"),
        ((NUMPY, EVENTS), (), "Everything as it was"),
        ((NUMPY, EVENTS, CODE, EXTRA, GONE), (ENERGY,),
         "Everything as it was but energy 20 keV → 25 keV"),
    ],
)  # fmt: skip
def test_a_trial_is_told_by_what_was_put_back(put_back, new, text):
    assert words.tried(put_back, new) == text


def test_a_run_that_differs_from_itself_is_told_with_its_outputs():
    assert words.by_chance(["total", "flux"]) == (
        "The re-run differs from itself: asked again in full, total and flux came out otherwise. "
        "The version is marked not deterministic."
    )


def test_a_change_outlives_json():
    assert Change(**CODE.to_json() | {"kind": Kind(CODE.to_json()["kind"])}) == CODE
