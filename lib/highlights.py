"""Highlights: what an upper app has to say of some runs, such as the figures they stand for.

A release belongs to publishing, yet the gallery knows which figures its runs are and how they
were judged. The upper app adds a function when it is loaded; the lower app asks all of them.
"""

from collections.abc import Callable, Collection
from typing import Any

Teller = Callable[[Collection[str]], list[dict[str, Any]]]
"""What is to be said of the runs at some addresses, as JSON."""
Finder = Callable[[str, str], list[str] | None]
"""The addresses behind something by its kind and name; None when the app knows no such thing."""
_added: dict[str, Teller] = {}
_finders: dict[str, Finder] = {}


def add(name: str, teller: Teller) -> None:
    """Add what an app has to say; the same name again replaces it."""
    _added[name] = teller


def of_runs(addresses: Collection[str]) -> list[dict[str, Any]]:
    """All that is to be said of some runs, in the order in which apps were added."""
    return [item for teller in _added.values() for item in teller(addresses)]


def add_finder(name: str, finder: Finder) -> None:
    """Add what finds runs by something that an app has; the same name again replaces it."""
    _finders[name] = finder


def runs_behind(kind: str, name: str) -> list[str] | None:
    """Addresses of the runs behind something, such as ``figure``, ``crab-spectrum``.

    None when no app knows it.
    """
    for finder in _finders.values():
        found = finder(kind, name)
        if found is not None:
            return found
    return None
