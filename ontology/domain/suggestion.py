"""Suggestions: what somebody may have meant by a name nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches

from ontology.domain import namespaces

CLOSE_ENOUGH = 0.6


def closest(name: str, known: Iterable[str]) -> str:
    """The known prefixed name whose last part is most like that of a name; empty when none is."""
    by_local: dict[str, str] = {}
    for candidate in known:
        by_local.setdefault(namespaces.local_name(candidate).lower(), candidate)
    local = namespaces.local_name(name).lower()
    found = get_close_matches(local, by_local, n=1, cutoff=CLOSE_ENOUGH)
    return by_local[found[0]] if found else ""


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A sentence that suggests the closest known name, or another sentence when none is close."""
    found = closest(name, known)
    return f"Did you mean {found}?" if found else otherwise
