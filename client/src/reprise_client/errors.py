"""What can go wrong, as a small tree.

RepriseError
├── NotReachableError   the service did not answer
├── RefusedError        the service answered with a problem
├── RunFailedError      the run failed or was cancelled
└── TooLongError        the run did not end in the time given
"""

from __future__ import annotations


class RepriseError(Exception):
    """Something went wrong.

    Attributes:
        reason: what, and what to do, a sentence.
        url: the address that was asked.
        id: stable name of the error, such as ``executor:user:bad-inputs``; empty without one.
        errors: per-field sentences.
    """

    def __init__(
        self, reason: str, *, url: str = "", name: str = "", errors: dict[str, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.url = url
        self.id = name
        self.errors = errors or {}


class NotReachableError(RepriseError):
    """The service did not answer."""


class RefusedError(RepriseError):
    """The service answered with a problem."""


class RunFailedError(RepriseError):
    """The run failed or was cancelled."""


class TooLongError(RepriseError):
    """The run did not end in the time given; it goes on at the service."""
