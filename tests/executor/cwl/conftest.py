"""A service in which the environment of cwltool is built."""

import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.domain.needs import CWLTOOL

ROOT = Path(__file__).resolve().parents[3]
BUILD = """
import sys
from pathlib import Path
from executor.adapters import environments
print(environments.ensure(Path(sys.argv[1]), Path(sys.argv[2]).read_text()))
"""


@pytest.fixture(scope="session")
def cwltool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the environment of cwltool, built by a process that may use sockets."""
    root = tmp_path_factory.mktemp("cwltool")
    command = [sys.executable, "-c", BUILD, str(root), str(CWLTOOL)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def service(cwltool: Path, settings) -> Path:
    """A data folder of the test's own with that environment."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True)
    (folder / "environments").symlink_to(cwltool / "environments")
    return folder
