"""The published numbers that a re-run can be held against with no service: of paper.toml.

Only plain numbers of plain outputs: tables and curves are judged by the service, whose verdict
stands on the landing page.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from catalogue.domain.interface import Interface, Value

FILE = "paper.toml"
TOLERANCES = ("absolute", "relative", "sigma")
ALONE = frozenset({"column", "row", "file", "given"})
VALUES_AT_MOST = 200


def published_values(
    text: str, interface: Interface, values: Mapping[str, Value]
) -> list[dict[str, Any]]:
    """The published numbers of the figures that a run with these values stands for.

    Args:
        text: ``paper.toml``; what cannot be read gives nothing, as the catalogue has told it.
        interface: of the version.
        values: what the run was given.
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    units = {item.name: item.unit for item in interface.outputs}
    found = [
        told
        for figure in _dicts(content.get("figure"))
        if _is_of(figure, interface, values)
        for told in _values(figure)
        if told["output"] in units and told["unit"] in ("", units[told["output"]])
    ]
    return found[:VALUES_AT_MOST]


def _is_of(figure: Mapping[str, Any], interface: Interface, values: Mapping[str, Value]) -> bool:
    """Whether a run with these values is the one behind a figure."""
    stated = figure.get("parameters", {})
    wanted = {item.name: item.default for item in interface.parameters}
    wanted |= stated if isinstance(stated, dict) else {}
    return all(wanted.get(name) == value for name, value in values.items())


def _values(figure: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in _dicts(figure.get("value")):
        tolerance = item.get("tolerance")
        if ALONE & item.keys() or not isinstance(tolerance, dict):
            continue
        numbers: dict[str, Any] = {
            name: tolerance[name] for name in TOLERANCES if name in tolerance
        }
        more: dict[str, Any] = {name: item[name] for name in ("error", "places") if name in item}
        if len(numbers) == 1 and all(map(_is_number, [item.get("published"), *numbers.values(),
                                                      *more.values()])):  # fmt: skip
            yield {
                "figure": str(figure.get("title", "")), "output": str(item.get("output", "")),
                "label": str(item.get("label") or item.get("output", "")),
                "published": item["published"], "unit": str(item.get("unit", "")),
                **numbers, **more,
            }  # fmt: skip


def _dicts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- any TOML value
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _is_number(value: Any) -> bool:  # noqa: ANN401 -- any TOML value
    return isinstance(value, int | float) and not isinstance(value, bool)
