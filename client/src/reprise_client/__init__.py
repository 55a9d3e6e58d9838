"""A client of Reprise: ask for runs, watch them, take their products home."""

from reprise_client.client import Client
from reprise_client.errors import (
    NotReachableError,
    RefusedError,
    RepriseError,
    RunFailedError,
    TooLongError,
)
from reprise_client.models import Figure, Output, Plan, Planned, Reason, Run, Taken
from reprise_client.request import Product, Reference, Request

__all__ = [
    "Client",
    "Figure",
    "NotReachableError",
    "Output",
    "Plan",
    "Planned",
    "Product",
    "Reason",
    "Reference",
    "RefusedError",
    "RepriseError",
    "Request",
    "Run",
    "RunFailedError",
    "Taken",
    "TooLongError",
]
