"""Wheels inside a crate: every package of its locks, and uv, so that no index is needed.

They lie side by side in ``wheels/``, whatever number of locks they are of; rerun.py checks each
against the sha256 in ``rerun.json``, and the installer against the hashes of the lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

FOLDER = "wheels"
UV = "uv-"
MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel: its file name, its sha256 and its bytes."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Wheels:
    """The wheels of a crate.

    Attributes:
        inside: those in it, by name.
        left_out: those too large for it, by name; an index must give them.
        system: what machine they are for, such as ``Linux x86_64``.
        python: what Python they are for, such as ``3.11``.
    """

    inside: tuple[Wheel, ...] = ()
    left_out: tuple[Wheel, ...] = ()
    system: str = ""
    python: str = ""


NO_WHEELS = Wheels()


def chosen(found: Iterable[Wheel], *, at_most: int, system: str, python: str) -> Wheels:
    """Those that go into a crate, the small first, until there are ``at_most`` bytes of them.

    uv comes first of all: without it a machine may have no installer.
    """
    once = {wheel.name: wheel for wheel in found}.values()
    left, inside = at_most, []
    for wheel in sorted(once, key=lambda item: (not item.name.startswith(UV), item.size)):
        if wheel.size <= left:
            left -= wheel.size
            inside.append(wheel)
    return Wheels(_named(inside), _named(set(once) - set(inside)), system, python)


def _named(wheels: Iterable[Wheel]) -> tuple[Wheel, ...]:
    return tuple(sorted(wheels, key=lambda wheel: wheel.name))


def wheel_files(wheels: Wheels) -> list[tuple[str, str, int]]:
    """Path in the crate, sha256 and size of each wheel in it."""
    return [(f"{FOLDER}/{item.name}", item.digest, item.size) for item in wheels.inside]


def wheels_recipe(wheels: Wheels) -> dict[str, Any]:
    """What ``rerun.json`` says of them; empty when the crate has none."""
    if not wheels.inside:
        return {}
    about = {
        "folder": FOLDER, "system": wheels.system, "python": wheels.python,
        "files": {item.name: item.digest for item in wheels.inside},
        "left_out": {item.name: item.digest for item in wheels.left_out},
    }  # fmt: skip
    return {"wheels": about}


def what_is_needed(wheels: Wheels, python: str) -> str:
    """The sentence of a README that says what a re-run needs."""
    if not wheels.inside:
        return (
            f"This needs Python {python} (or uv, which fetches it) and, the first time, the "
            "network for the packages."
        )
    told = (
        f"On {wheels.system} this needs Python {wheels.python} and no network: uv and every "
        f"package lie in `{FOLDER}/`. On another machine the packages of the lock are fetched."
    )
    if not wheels.left_out:
        return told
    names = ", ".join(f"{item.name} ({item.size / MEGABYTE:.0f} MB)" for item in wheels.left_out)
    return f"{told} Too large for this crate, and fetched in any case: {names}."
