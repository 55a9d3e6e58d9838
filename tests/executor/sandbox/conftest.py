"""A sandbox to try attacks in, once for each isolation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from executor.adapters.sandbox import Isolation, isolation, spare
from tests.executor.sandbox.trials import Sandbox


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """No launcher waits from the test before, and none is left by the last."""
    spare.drop()
    yield
    spare.drop()


@pytest.fixture(params=["direct", pytest.param("bubblewrap", marks=pytest.mark.system)])
def isolated(request: pytest.FixtureRequest) -> Isolation:
    """Each isolation that keeps code apart, where this machine can do it."""
    found = isolation(request.param)
    if found.name != request.param:
        pytest.skip(found.reason)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A work folder, with something beside it that is no business of the job."""
    made = tmp_path / "work"
    made.mkdir()
    (tmp_path / "secret").write_text("the service's secret")
    return made


@pytest.fixture
def sandbox(isolated: Isolation, folder: Path) -> Sandbox:
    """A sandbox in each isolation."""
    return Sandbox(isolated, folder)


@pytest.fixture(params=["direct", pytest.param("bubblewrap", marks=pytest.mark.system), "off"])
def any_sandbox(request: pytest.FixtureRequest, folder: Path) -> Sandbox:
    """A sandbox in each isolation, and the one of trusted code, which has limits only."""
    found = isolation(request.param)
    if found.name != request.param:
        pytest.skip(found.reason)
    return Sandbox(found, folder)
