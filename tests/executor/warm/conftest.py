"""A bench to run notebooks on, warm and cold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from executor.adapters import warm
from executor.adapters.sandbox import isolation
from tests.executor.warm.trials import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench, where this machine can do it; its interpreters end with the test."""
    found = isolation("direct")
    if found.name != "direct":
        pytest.skip(found.reason)
    (tmp_path / "work").mkdir()
    yield Bench(tmp_path)
    warm.close_all()
