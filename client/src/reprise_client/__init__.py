"""A client of Reprise: ask for runs, watch them, take their products home."""

from reprise_client.client import Client
from reprise_client.errors import (
    NotReachableError,
    RefusedError,
    RepriseError,
    RunFailedError,
    TooLongError,
)
from reprise_client.models import Figure, Output, Run

__all__ = [
    "Client",
    "Figure",
    "NotReachableError",
    "Output",
    "RefusedError",
    "RepriseError",
    "Run",
    "RunFailedError",
    "TooLongError",
]
