"""The published question that a changed one comes nearest to."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

Key = TypeVar("Key")
Typed = Mapping[str, Mapping[str, Any]]


def nearest(asked: Typed, known: Sequence[tuple[Key, Typed]]) -> Key | None:
    """The key of the question with the fewest other parameters; the first of equals.

    >>> one = {"e_min": {"type": "float", "value": 20.0}}
    >>> two = {"e_min": {"type": "float", "value": 30.0}}
    >>> nearest(one, [("a", two), ("b", one)])
    'b'

    Args:
        asked: name → typed form of every parameter.
        known: questions by a key.
    """
    if not known:
        return None
    return min(known, key=lambda item: _changes(item[1], asked))[0]


def _changes(known: Typed, asked: Typed) -> int:
    return sum(known.get(name) != asked.get(name) for name in {*known, *asked})
