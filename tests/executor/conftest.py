"""What the tests of the executor app share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from executor.adapters import environments
from executor.signals import run_ended
from tests.executor.notebooks import LOCK


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the environment without packages is built already."""
    root = tmp_path_factory.mktemp("built")
    environments.ensure(root, LOCK)
    return root


@pytest.fixture
def ready(built: Path, settings) -> Path:
    """A data folder of the test's own with that environment; returns the folder."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True)
    (folder / "environments").symlink_to(built / "environments")
    return folder


@pytest.fixture
def told() -> Iterator[list[int]]:
    """Which runs were said to have ended, in order."""
    heard: list[int] = []

    def listen(run_id: int, **_signal: object) -> None:
        heard.append(run_id)

    run_ended.connect(listen)
    yield heard
    run_ended.disconnect(listen)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The messages that were sent, which nobody takes."""
    messages: list[tuple[object, ...]] = []
    monkeypatch.setattr("lib.queue._send", lambda name, given: messages.append((name, *given)))
    return messages


@pytest.fixture
def work(settings) -> Path:
    """Where the work folders of attempts are."""
    return Path(settings.DATA_DIR) / "work"
