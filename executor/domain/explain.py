"""Why a question is not one that was answered before: what differs, piece by piece."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = 80


@dataclass(frozen=True, slots=True)
class Question:
    """All that makes up an address, as it can be compared.

    Attributes:
        version: number of the version.
        digest: digest of the version.
        environment: digest of the environment.
        seed: seed of the random numbers.
        typed: name → typed form of every parameter.
    """

    version: int
    digest: str
    environment: str
    seed: int
    typed: Mapping[str, Mapping[str, Any]]


def differences(known: Question, asked: Question) -> list[str]:
    """What differs from a known question to the one asked, a sentence each.

    >>> a = Question(1, "d", "e", 0, {"e_min": {"type": "float", "value": 20.0, "unit": "keV"}})
    >>> b = Question(1, "d", "e", 0, {"e_min": {"type": "float", "value": 25.0, "unit": "keV"}})
    >>> differences(a, b)
    ['e_min 20 → 25 keV']
    """
    found = []
    if known.digest != asked.digest:
        same = known.version == asked.version
        found.append("other content" if same else f"version {known.version} → {asked.version}")
    if known.environment != asked.environment:
        found.append("another environment")
    if known.seed != asked.seed:
        found.append(f"seed {known.seed} → {asked.seed}")
    names = list(dict.fromkeys([*known.typed, *asked.typed]))
    return found + [
        _changed(name, known.typed.get(name), asked.typed.get(name))
        for name in names
        if known.typed.get(name) != asked.typed.get(name)
    ]


def _changed(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    unit = (after or {}).get("unit", "")
    return f"{name} {_shown(before)} → {_shown(after)}{f' {unit}' if unit else ''}"


def _shown(form: Mapping[str, Any] | None) -> str:
    if form is None:
        return "nothing"
    value = form.get("value")
    if isinstance(value, list) and form.get("type") == "product":
        return f"{len(value)} products"
    if isinstance(value, dict):
        return _source(value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)[:SHOWN]


def _source(value: Mapping[str, Any]) -> str:
    if "run" in value:
        return f"{value.get('output')} of {str(value['run'])[:12]}"
    return str(value.get("digest") or value.get("file") or value)[:SHOWN]
