"""One published value, and reading what a statement says of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gallery.domain.paper.fields import BadPaperError, doi_of, is_finite, need, plain, text_of, yes

TOLERANCES = ("absolute", "relative", "sigma")
PLACES_AT_MOST = 15


@dataclass(frozen=True, slots=True)
class Published:
    """One published value.

    Attributes:
        output: name of the output that should give it.
        label: what it is, for people.
        published: the value as printed; a number, or a text or truth value to be met exactly.
        tolerance: ``absolute``, ``relative`` or ``sigma``.
        allowed: how far a re-run may be off, in the unit, as a fraction, or in errors.
        error: published 1-sigma error, in the unit; None when none is printed.
        unit: unit of the value; empty when it has none.
        places: decimals printed in the paper; the re-run is rounded to as many first.
        reason: why this tolerance.
        source: where in the paper it stands.
        doi: DOI of this value's own product, where it has one.
        column: column of a table; empty when the output is a number.
        row: key columns and values that choose one row of the table.
        given: whether the workflow reads this value in instead of computing it, so that a check
            only shows that it is carried through unchanged.
    """

    output: str
    label: str
    published: float | str | bool
    tolerance: str
    allowed: float
    error: float | None = None
    unit: str = ""
    places: int | None = None
    reason: str = ""
    source: str = ""
    doi: str = ""
    column: str = ""
    row: Mapping[str, str | int | float] = field(default_factory=dict)
    given: bool = False


def value_from_json(item: Mapping[str, Any]) -> Published:
    """The value that ``value_to_json`` wrote."""
    return Published(**item)


def value_to_json(value: Published) -> dict[str, Any]:
    """A published value as plain JSON values."""
    return asdict(value)


def read_value(item: Mapping[str, Any], slug: str, output: str = "") -> Published:
    """The value of a figure that a [[figure.value]] states.

    Args:
        item: the table as it was written.
        slug: the figure.
        output: the output that is meant when the value names none.

    Raises:
        BadPaperError: it says too little, or what cannot be.
    """
    output = text_of(item, "output") or output or need(item, "output", f"a value of figure {slug}")
    where = f"value {output} of figure {slug}"
    published = item.get("published")
    if not isinstance(published, str | int | float):
        raise BadPaperError(f"The {where} says nothing of what was published.")
    if isinstance(published, str):
        published = text_of(item, "published")
    elif not is_finite(published):
        raise BadPaperError(f"The published {where} is no finite number.")
    tolerance, allowed = _tolerance(item, where)
    return Published(
        output=output, label=text_of(item, "label") or output, published=published,
        tolerance=tolerance, allowed=allowed, error=_error(item, where),
        unit=text_of(item, "unit"), places=_places(item, where), reason=text_of(item, "reason"),
        source=text_of(item, "source"), doi=doi_of(item, where), column=text_of(item, "column"),
        row=_row(item, where), given=yes(item, "given"),
    )  # fmt: skip


def _places(item: Mapping[str, Any], where: str) -> int | None:
    places = item.get("places")
    if places is None:
        return None
    if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= PLACES_AT_MOST:
        raise BadPaperError(f"The places of the {where} are no number from 0 to {PLACES_AT_MOST}.")
    return places


def _row(item: Mapping[str, Any], where: str) -> dict[str, str | int | float]:
    row = item.get("row") or {}
    if bool(row) != bool(item.get("column")) or not isinstance(row, dict):
        raise BadPaperError(f"The {where} needs both column and row, or neither.")
    if not all(isinstance(key, str | int | float) for key in row.values()):
        raise BadPaperError(f"The row of the {where} is chosen by texts and numbers only.")
    if not all(isinstance(key, str) or is_finite(key) for key in row.values()):
        raise BadPaperError(f"The row of the {where} is chosen by a number that is not finite.")
    found: dict[str, str | int | float] = plain(row, f"keys of the row of the {where}")
    return found


def _tolerance(item: Mapping[str, Any], where: str) -> tuple[str, float]:
    given = item.get("tolerance")
    names = [name for name in TOLERANCES if isinstance(given, dict) and name in given]
    if not isinstance(given, dict) or len(names) != 1 or len(given) != 1:
        raise BadPaperError(f"The {where} needs a tolerance: one of {', '.join(TOLERANCES)}.")
    allowed = given[names[0]]
    if (
        isinstance(allowed, bool)
        or not isinstance(allowed, int | float)
        or not is_finite(allowed)
        or allowed < 0
    ):
        raise BadPaperError(f"The tolerance of the {where} is no number of zero or more.")
    if names[0] == "sigma" and _error(item, where) is None:
        raise BadPaperError(f"The {where} has a tolerance in errors but no error.")
    return names[0], float(allowed)


def _error(item: Mapping[str, Any], where: str) -> float | None:
    error = item.get("error")
    if error is None:
        return None
    if (
        isinstance(error, bool)
        or not isinstance(error, int | float)
        or not is_finite(error)
        or error <= 0
    ):
        raise BadPaperError(f"The error of the {where} is no number above zero.")
    return float(error)
