"""What the tests of the gallery share."""

import hypothesis
import pytest

from catalogue.models import Version, VersionFile
from executor.models import Run
from gallery.actions import add_paper
from gallery.models import Figure
from lib import store
from tests.factories import entries, rows

# A machine that is busy is no failure of ours.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


@pytest.fixture
def stated(db):
    """Makes a version whose paper.toml says this."""

    def make(text: str = entries.PAPER, **version: object) -> Version:
        made = rows.VersionFactory(**version)
        name = store.put(text.encode())
        VersionFile.objects.create(version=made, path="paper.toml", digest=name, size=len(text))
        return made

    return make


@pytest.fixture
def figure(stated) -> Figure:
    """The figure ``doubled``, whose run was not asked for yet."""
    (made,) = add_paper(stated())
    return made


@pytest.fixture
def run_of():
    """Gives a figure a run that stands so; a finished one has the value as its output."""

    def give(figure: Figure, value: float = 40.0, **fields: object) -> Run:
        if fields.get("state", "finished") == "finished":
            made = rows.finished_run(value=value, version=figure.version)
        else:
            made = rows.RunFactory(version=figure.version, **fields)
        figure.run = made
        figure.save()
        return made

    return give


@pytest.fixture
def sent(monkeypatch) -> list[tuple[object, ...]]:
    """The messages that were sent, which nobody takes."""
    messages: list[tuple[object, ...]] = []
    monkeypatch.setattr("lib.queue._send", lambda name, given: messages.append((name, *given)))
    return messages
