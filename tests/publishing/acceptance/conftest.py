"""A laboratory for each test: a fake repository on loopback and a clock that is pushed on."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from tests.publishing.repositories.fake_inveniordm import TOKEN
from tests.publishing.repositories.lab import Lab, listening
from tests.publishing.repositories.serving import served

BEGINNING = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def lab(db, socket_enabled, settings, monkeypatch):
    """The fake, named in the operator's file, with a worker that acts when the test says so."""
    monkeypatch.setenv("REPRISE_TEST_TOKEN", TOKEN)
    monkeypatch.setattr("publishing.actions.asking.enqueue", lambda *_given: None)
    with time_machine.travel(BEGINNING) as clock, served() as state:
        made = Lab(state, clock.shift, timezone.now)
        made.configure()
        with listening(made):
            yield made
