"""Copies of files that are elsewhere: bounded, the least used gone first."""

import os
import time

import pytest

from lib import copies

LONG_AGO = time.time() - 10 * copies.IN_USE_SECONDS


@pytest.fixture
def adopted(settings, tmp_path, monkeypatch):
    """Adopts copies of 100 bytes each, used some seconds after long ago; room is for two."""
    monkeypatch.setattr(copies, "GIGABYTE", 250)
    settings.STORE_CACHE_GB = 1

    def adopt(name: str, used: float | None):
        source = tmp_path / name
        source.write_bytes(b"x" * 100)
        path = copies.adopt(source, name)
        if used is not None:
            os.utime(path, (LONG_AGO + used, LONG_AGO + used))
        return path

    return adopt


def names() -> list[str]:
    return sorted(path.name for path in copies._root().rglob("*") if path.is_file())


def test_the_copy_not_used_for_longest_goes_first(adopted):
    adopted("a1", 2)
    adopted("b1", 1)
    adopted("c1", 3)

    assert names() == ["a1", "c1"]


def test_a_copy_that_was_found_counts_as_used(adopted):
    adopted("a1", 1)
    adopted("b1", 2)
    assert copies.find("a1") is not None
    adopted("c1", 3)

    assert names() == ["a1", "c1"]


def test_copies_about_to_be_opened_stay_whatever_the_bound(adopted):
    for name in ("a1", "b1", "c1", "d1"):
        adopted(name, None)

    assert names() == ["a1", "b1", "c1", "d1"]


def test_what_is_not_there_is_not_found_and_dropped_already(adopted):
    path = adopted("a1", None)
    copies.drop("a1")
    copies.drop("a1")

    assert (copies.find("a1"), path.exists()) == (None, False)
