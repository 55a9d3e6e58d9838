"""What an installer says tells whose fault a failure is."""

import pytest

from lib import registry


@pytest.mark.parametrize(
    ("said", "away", "full"),
    [
        ("error sending request for url (https://index.example.org)", True, False),
        ("HTTP status client error (403 Forbidden)", True, False),
        ("No space left on device (os error 28)", False, True),
        ("Disk quota exceeded (os error 122)", False, True),
        ("networkx==99 has no wheels", False, False),
        ("Hash mismatch for `numpy==2.4.0`", False, False),
        ("os error 285", False, False),
    ],
)
def test_away_and_full_are_told_apart(said, away, full):
    assert (registry.is_away(said), registry.is_full(said)) == (away, full)
