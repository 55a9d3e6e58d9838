"""Highlights: what an upper app has to say of some runs, such as the figures they stand for.

A release belongs to publishing, yet the gallery knows which figures its runs are and how they
were judged. The upper app adds a function when it is loaded; the lower app asks all of them.
"""

from collections.abc import Callable, Collection
from typing import Any

Teller = Callable[[Collection[str]], list[dict[str, Any]]]
"""What is to be said of the runs at some addresses, as JSON."""
_added: dict[str, Teller] = {}


def add(name: str, teller: Teller) -> None:
    """Add what an app has to say; the same name again replaces it."""
    _added[name] = teller


def of_runs(addresses: Collection[str]) -> list[dict[str, Any]]:
    """All that is to be said of some runs, in the order in which apps were added."""
    return [item for teller in _added.values() for item in teller(addresses)]
