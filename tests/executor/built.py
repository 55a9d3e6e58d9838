"""Environments from the package index, built in a process that may use the network."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
from catalogue.adapters.installer import lock_requirements
from executor.adapters import environments

print(environments.ensure(Path(sys.argv[1]), lock_requirements(sys.argv[2])))
"""


def build(root: Path, requirements: str) -> Path:
    """The folder of an environment with these packages, in their newest versions."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root), requirements],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=300,
    )  # fmt: skip
    return Path(done.stdout.strip())
