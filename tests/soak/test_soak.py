"""A short soak, so that the long one cannot rot: see ``soak.py``."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

SCRIPT = Path(__file__).with_name("soak.py")


@pytest.mark.parametrize(
    "stage", [("--clock",), ("--on", "postgresql", "--broker", "redis")], ids=["sqlite", "servers"]
)
def test_runs_survive_kills_and_clocks(stage):
    command = (sys.executable, SCRIPT, "--runs", "300", "--every", "7", *stage)
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All held."), done.stdout
