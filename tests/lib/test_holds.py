"""Holds: every app that was loaded is asked for what it cannot do without."""

import pytest

from lib import holds


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    monkeypatch.setattr(holds, "_added", {})


def test_what_any_app_holds_is_held():
    holds.add("one", lambda digests: {"a"} & set(digests))
    holds.add("two", lambda _digests: {"b", "elsewhere"})

    assert holds.held(["a", "b", "c"]) == {"a", "b"}
    assert holds.held([]) == set()


def test_the_same_name_again_replaces_what_was_added():
    holds.add("one", lambda _digests: {"a"})
    holds.add("one", lambda _digests: set())

    assert holds.held(["a"]) == set()
