"""What the tests of the executor app share."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, connections

from executor.adapters import environments
from executor.signals import run_ended
from tests.executor.notebooks import LOCK
from tests.executor.trees import Tree

# A machine that is busy is no failure of ours.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


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


@pytest.fixture
def on_file(transactional_db, tmp_path) -> Iterator[Callable[..., list[object]]]:
    """Calls a function in many threads at once; all work on one database, SQLite's in a file."""
    if connection.vendor != "sqlite":
        yield _at_once
        return
    file = tmp_path / "race.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(file) as target:
        connection.connection.backup(target)
    target.close()
    with _named(str(file)):
        yield _at_once


@contextmanager
def _named(file: str) -> Iterator[None]:
    # Threads make their connections from these settings; the one of this thread is open already.
    usual = connections.settings["default"]["NAME"]
    connections.settings["default"]["NAME"] = file
    try:
        yield
    finally:
        connections.settings["default"]["NAME"] = usual


def _at_once(function: Callable[[], object], times: int = 8) -> list[object]:
    barrier, results = threading.Barrier(times), list[object]()

    def call() -> None:
        try:
            barrier.wait(20)
            results.append(function())
        except Exception as error:  # noqa: BLE001 -- whatever it was, the test shall show it
            results.append(error)
        finally:
            connection.close()

    callers = [threading.Thread(target=call) for _ in range(times)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(30)
    return results


@pytest.fixture
def tree(db, committed, sent) -> Tree:
    """Workflows that feed each other, whose runs end as a test says."""
    return Tree(committed)
