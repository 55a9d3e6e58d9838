"""Addresses that may stand in a record for ever."""

import pytest

from publishing.domain.lasting import is_lasting


@pytest.mark.parametrize(
    ("url", "lasts"),
    [
        ("https://reprise.example.org", True),
        ("https://reprise.example.org:8443/here", True),
        ("http://reprise.example.org", False),
        ("http://127.0.0.1:8000", False),
        ("https://127.0.0.1", False),
        ("https://[::1]:8000", False),
        ("https://localhost", False),
        ("https://laptop", False),
        ("https://laptop.local", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_a_public_name_by_https_lasts(url, lasts):
    assert is_lasting(url) is lasts
