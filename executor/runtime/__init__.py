"""What runs inside the sandbox beside the code of others; never imported by the service."""

from pathlib import Path

RUNNER = Path(__file__).with_name("notebook_runner.py")
