"""Rows: the values of a check as a table shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gallery.domain.compare import tolerance_text, unit_text
from gallery.domain.paper import Published, value_from_json
from gallery.models import Check
from gallery.queries.highlights import found_words, published_text
from ontology.domain.units import printed


@dataclass(frozen=True, slots=True)
class Row:
    """One published value beside the re-run's, every cell as text; empty where nothing is known."""

    label: str
    unit: str
    published: str
    found: str
    deviation: str
    relative: str
    rounding: str
    allowed: str
    verdict: str
    source: str
    reason: str
    doi: str


def rows(check: Check) -> list[Row]:
    """Every comparison of a check, in the order of the paper's statement."""
    return [_row(item, value_from_json(item["published"])) for item in check.comparisons]


def _row(item: Mapping[str, Any], value: Published) -> Row:
    return Row(
        label=value.label,
        unit=printed(value.unit),
        published=published_text(value),
        found=found_words(item["found"], value.places),
        deviation=_deviation(item, value),
        relative=_relative(item["relative"]),
        rounding=_rounding(value),
        allowed=_allowed(value),
        verdict=str(item["verdict"]),
        source=value.source,
        reason=value.reason,
        doi=value.doi,
    )


def _rounding(value: Published) -> str:
    if value.places is None or isinstance(value.published, str | bool):
        return ""
    return f"Compared after rounding to {value.places} decimals, as many as the paper prints."


def _allowed(value: Published) -> str:
    text = tolerance_text(value)
    # The unit stands beside the label already.
    return text.removesuffix(unit_text(value.unit))


def _deviation(item: Mapping[str, Any], value: Published) -> str:
    deviation = item["deviation"]
    if deviation is None:
        return ""
    if item["sigmas"] is not None:
        return _signed(item["sigmas"], ".2f") + " \N{GREEK SMALL LETTER SIGMA}"
    return _signed(deviation, f".{value.places + 2}f" if value.places is not None else ".2g")


def _relative(relative: float | None) -> str:
    return _signed(100 * relative, ".2g") + " %" if relative else ""


def _signed(number: float, form: str) -> str:
    text = f"{number:+{form}}"
    return "0" if not text.strip("+-0.") else text.replace("-", "\N{MINUS SIGN}")
