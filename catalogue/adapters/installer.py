"""The installer (uv), asked to lock requirements."""

import subprocess
import sys
import tempfile
from pathlib import Path

from catalogue.errors import InstallerMissingError, LockFailedError
from lib import registry

SECONDS_AT_MOST = 300


def installer() -> str:
    """Path of uv beside this interpreter; raises InstallerMissingError."""
    path = Path(sys.executable).with_name("uv")
    if not path.is_file():
        raise InstallerMissingError("uv is not installed beside the service: run `make up` again.")
    return str(path)


def lock_requirements(requirements: str) -> str:
    """The lock of some requirements for this Python: pinned, with hashes, wheels only.

    Only wheels, because building anything else would run a stranger's code in the service.

    Raises:
        LockFailedError: the requirements contradict each other or name nothing known; the
            resolver's reason is in the message.
        InstallerMissingError: the registry did not answer, or the disk is full: the same again
            may succeed.
    """
    with tempfile.TemporaryDirectory(prefix="reprise-lock-") as scratch:
        source = Path(scratch) / "requirements.in"
        source.write_text(requirements)
        command = [
            installer(), "pip", "compile", "--quiet", "--generate-hashes", "--no-annotate",
            "--no-header", "--no-emit-index-url", "--only-binary", ":all:", "--python",
            sys.executable, str(source),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 -- a fixed program; the text is in a file
                command, cwd=scratch, capture_output=True, text=True, errors="replace",
                timeout=SECONDS_AT_MOST, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise InstallerMissingError(
                f"The resolver found no answer within {SECONDS_AT_MOST} s: try again later."
            ) from None
    if done.returncode:
        reason = " ".join(done.stderr.split())[:1000]
        if registry.is_full(reason):
            raise InstallerMissingError("The disk of the service is full.")
        if registry.is_away(reason):
            raise InstallerMissingError(f"The package registry did not answer: {reason}")
        raise LockFailedError(f"The resolver says: {reason}")
    return done.stdout
