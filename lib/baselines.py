"""Baselines: what the values of a form are held against, where that is not the author's own.

The form of a workflow belongs to the catalogue, yet a reader may come to it from a figure of the
gallery, whose published parameters are others than the author's. The upper app adds a function when
it is loaded; the form asks for the baseline that its address names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Baseline:
    """Published parameters.

    Attributes:
        name: what the address of the form calls it.
        title: of what was published.
        href: its page.
        values: parameter → published value; the author's holds for all others.
        seed: of the random numbers.
    """

    name: str
    title: str
    href: str
    values: Mapping[str, Any]
    seed: int = 0


Find = Callable[[str, Any], Baseline | None]
_added: dict[str, Find] = {}


def add(app: str, find: Find) -> None:
    """Add a function that finds a baseline by its name for a version; the same app replaces it."""
    _added[app] = find


def named(name: str, version: Any) -> Baseline | None:  # noqa: ANN401 -- any model
    """The baseline of this name for a version; None when nobody knows it."""
    if not name:
        return None
    found = (find(name, version) for find in _added.values())
    return next((item for item in found if item is not None), None)
