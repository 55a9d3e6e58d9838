"""What runs inside the sandbox beside the code of others; never imported by the service."""

from pathlib import Path

RUNNER = Path(__file__).with_name("notebook_runner.py")
EXACT_RUNNER = Path(__file__).with_name("exact_runner.py")
CWL_RUNNER = Path(__file__).with_name("cwl_runner.py")
ZYGOTE = Path(__file__).with_name("zygote.py")
