"""The address of a run: a digest of its whole question, and of nothing else.

The form is RFC 8785 canonical JSON under a version of its own; the digest is sha256. Who asked,
when, and where it ran are not in it.
"""

from collections.abc import Mapping
from typing import Any

from lib import digest

FORMAT = "reprise.address/1"
ENVIRONMENT_FORMAT = "reprise.environment/1"


def address(
    *,
    version: str,
    environment: str,
    inputs: Mapping[str, Mapping[str, Any]],
    context: str | None = None,
    seed: int = 0,
) -> str:
    """The address of a run, 64 hexadecimal digits.

    Args:
        version: digest of the Version.
        environment: digest of the environment.
        inputs: name → typed form of every parameter, as ``catalogue.domain.normalise`` gives it.
        context: name of the Reference Context; None while an entry uses no references.
        seed: seed of the random numbers.
    """
    return digest.of_value(
        {
            "format": FORMAT,
            "version": version,
            "environment": environment,
            "inputs": {name: dict(form) for name, form in inputs.items()},
            "context": context,
            "seed": seed,
        }
    )


def environment_digest(*, lock: str, python: str, machine: str) -> str:
    """Digest of an environment: its lock, the Python (``3.11``) and the machine (``x86_64``)."""
    return digest.of_value(
        {
            "format": ENVIRONMENT_FORMAT,
            "lock": digest.of_bytes(lock.encode()),
            "python": python,
            "machine": machine,
        }
    )
