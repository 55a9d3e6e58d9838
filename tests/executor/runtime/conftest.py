"""Notebooks run in folders that go away."""

from pathlib import Path

import pytest

from tests.executor.runtime.notebooks import Runner


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    work = tmp_path / "work"
    work.mkdir()
    return Runner(work)


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """For one slow run (imports of matplotlib, astropy) that many tests look at."""
    return Runner(tmp_path_factory.mktemp("work"))
