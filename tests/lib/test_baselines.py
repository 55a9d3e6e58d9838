"""Baselines: the published parameters that a form is held against."""

import pytest

from lib import baselines
from lib.baselines import Baseline

CRAB = Baseline("crab", "Crab", "/figures/crab", {"energy": 30.0})


@pytest.fixture(autouse=True)
def _none_known(monkeypatch):
    monkeypatch.setattr(baselines, "_added", {})


def test_the_first_app_that_knows_a_name_says_what_it_is():
    baselines.add("gallery", lambda name, version: CRAB if (name, version) == ("crab", 2) else None)
    assert baselines.named("crab", 2) == CRAB
    assert baselines.named("crab", 3) is None


def test_no_name_is_asked_of_nobody():
    baselines.add("gallery", lambda *_given: CRAB)
    assert baselines.named("", 2) is None
