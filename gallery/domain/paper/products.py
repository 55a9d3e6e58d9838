"""Published products of a figure, as a [[figure.product]] states them."""

from collections.abc import Mapping
from typing import Any

from gallery.domain.claims import Claim
from gallery.domain.comparison.tolerance import Tolerance, Tolerances
from gallery.domain.paper.fields import (
    LIST_AT_MOST,
    BadPaperError,
    doi_of,
    is_number,
    need,
    text_of,
    texts_of,
    yes,
)
from gallery.domain.paper.published import TOLERANCES

RADIUS_AT_MOST = 3600.0 * 10


def read_product(item: Mapping[str, Any], slug: str, output: str = "") -> Claim:
    """The claim of a [[figure.product]]; its digest is found where the file is.

    Raises:
        BadPaperError: it says too little, or what cannot be.
    """
    output = text_of(item, "output") or output
    output = output or need(item, "output", f"a product of figure {slug}")
    where = f"product {output} of figure {slug}"
    file = need(item, "file", f"the {where}")
    return Claim(
        output=output, label=text_of(item, "label") or output, file=file, digest="",
        tolerances=_tolerances(item, where), source=text_of(item, "source"),
        doi=doi_of(item, where), given=yes(item, "given"),
    )  # fmt: skip


def _tolerances(item: Mapping[str, Any], where: str) -> Tolerances:
    return Tolerances(
        default=_tolerance(item.get("tolerance", {}), where),
        columns={
            name: _tolerance(given, f"column {name[:60]} of the {where}")
            for name, given in _table(item, "columns", where).items()
        },
        keys=texts_of(item, "keys", where), errors=_errors(item, where),
        ignore=texts_of(item, "ignore", where), radius=_radius(item, where),
        reason=text_of(item, "reason"),
    )  # fmt: skip


def _tolerance(given: Any, where: str) -> Tolerance:  # noqa: ANN401 -- any TOML value
    if not isinstance(given, dict) or set(given) - set(TOLERANCES):
        raise BadPaperError(
            f"The tolerance of the {where} is made of {', '.join(TOLERANCES)}, one or more of them."
        )
    if not all(is_number(allowed) and allowed >= 0 for allowed in given.values()):
        raise BadPaperError(f"The tolerance of the {where} is no number of zero or more.")
    sigmas = given.get("sigma")
    return Tolerance(
        float(given.get("absolute", 0.0)), float(given.get("relative", 0.0)),
        None if sigmas is None else float(sigmas),
    )  # fmt: skip


def _errors(item: Mapping[str, Any], where: str) -> dict[str, str]:
    errors = _table(item, "errors", where)
    if not all(isinstance(name, str) for name in errors.values()):
        raise BadPaperError(f"The errors of the {where} name a column for a column.")
    return {name: text_of(errors, name, most=200) for name in errors}


def _table(item: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    given = item.get(name, {})
    if not isinstance(given, dict) or len(given) > LIST_AT_MOST:
        raise BadPaperError(f"The {name} of the {where} are written {{ column = … }}.")
    return {text_of({"key": key}, "key", most=200): value for key, value in given.items()}


def _radius(item: Mapping[str, Any], where: str) -> float | None:
    radius = item.get("radius")
    if radius is None:
        return None
    if not is_number(radius) or not 0 < radius <= RADIUS_AT_MOST:
        raise BadPaperError(f"The radius of the {where} is a number of arcsec above zero.")
    return float(radius)
