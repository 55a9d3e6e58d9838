"""What travels inside crates and runs on other machines; never imported by the service."""

from pathlib import Path

RERUN = Path(__file__).with_name("rerun.py")
