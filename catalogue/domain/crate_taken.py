"""A crate whose versions are registered: what its runs can be taken over from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """Bytes that lie in the store: their sha256, which was computed, and how many there are."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class TakenCrate:
    """A crate that a Reprise packed, its versions registered and its files in the store.

    Attributes:
        recipe: the content of its ``rerun.json``; only what names versions was checked.
        request: the content of its ``request.json``; empty for a plain run.
        versions: slug and number as the crate has them → key of the version's row here.
        files: path in the crate → its bytes in the store.
    """

    recipe: Mapping[str, Any]
    request: Mapping[str, Any]
    versions: Mapping[tuple[str, int], int]
    files: Mapping[str, StoredBytes]


@dataclass(frozen=True, slots=True)
class Adopted:
    """The runs of a crate that are answers here now: their addresses, and a sentence."""

    runs: tuple[str, ...] = ()
    note: str = ""
