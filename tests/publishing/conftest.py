"""Settings that the expected addresses and DOIs of these tests name."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.PUBLIC_URL = "https://reprise.example.org"
    settings.DOI_PREFIX = "10.5072"
