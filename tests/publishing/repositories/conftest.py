"""A fake InvenioRDM on loopback."""

import pytest

from tests.publishing.repositories.serving import served


@pytest.fixture
def server(socket_enabled):
    """The fake, what was asked of it, and its faults."""
    with served() as found:
        yield found
