"""Which isolation a job gets, and the error when it cannot be had."""

from dataclasses import dataclass
from typing import Literal

Name = Literal["bubblewrap", "direct", "off"]


@dataclass(frozen=True, slots=True)
class Isolation:
    """How code of others is kept apart from the service on this machine.

    Attributes:
        name: ``bubblewrap``, ``direct`` (namespaces asked of the kernel by ourselves) or ``off``.
        reason: one sentence why this one, or why none works.
    """

    name: Name
    reason: str


class SandboxError(RuntimeError):
    """The sandbox could not start a job: a fault of the platform, not of the job."""

    id = "executor:platform:sandbox"
