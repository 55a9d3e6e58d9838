"""paper.toml: what a paper published, where, and how near a re-run must come."""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
KINDS = ("figure", "table", "number")
TOLERANCES = ("absolute", "relative", "sigma")
PLACES_AT_MOST = 15
LONGEST = {
    "title": 300, "doi": 200, "bibcode": 40, "arxiv": 40, "journal": 200, "place": 200,
    "picture": 200,
}  # fmt: skip
LONGEST_OTHERS = 4000


class BadPaperError(ValueError):
    """The statement is not one; the message says where and what to write."""


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


@dataclass(frozen=True, slots=True)
class FigureStatement:
    """A figure, table or number of a paper, with its published values."""

    slug: str
    title: str
    caption: str = ""
    kind: str = "figure"
    place: str = ""
    picture: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    values: tuple[Published, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperStatement:
    """A paper and its figures."""

    slug: str
    title: str
    doi: str
    bibcode: str = ""
    arxiv: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    figures: tuple[FigureStatement, ...] = ()


def read_paper(text: str) -> PaperStatement:
    """Read the text of a paper.toml.

    Raises:
        BadPaperError: it is not TOML or does not say what is needed.
    """
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers with thousands of digits
        raise BadPaperError(f"paper.toml is not TOML: {error}.") from None
    paper = content.get("paper")
    if not isinstance(paper, dict):
        raise BadPaperError("paper.toml has no [paper] table.")
    figures = tuple(_figure(item) for item in _tables(content, "figure", "paper.toml"))
    slugs = [figure.slug for figure in figures]
    if len(set(slugs)) < len(slugs):
        raise BadPaperError("Two figures of paper.toml have the same slug.")
    return PaperStatement(
        slug=_slug(paper, "[paper]"), title=_need(paper, "title", "[paper]"),
        doi=_need(paper, "doi", "[paper]"), bibcode=_text(paper, "bibcode"),
        arxiv=_text(paper, "arxiv"), authors=_authors(paper),
        journal=_text(paper, "journal"), year=_year(paper),
        figures=figures,
    )  # fmt: skip


def value_from_json(item: Mapping[str, Any]) -> Published:
    """The value that ``value_to_json`` wrote."""
    return Published(**item)


def value_to_json(value: Published) -> dict[str, Any]:
    """A published value as plain JSON values."""
    return asdict(value)


def _authors(paper: Mapping[str, Any]) -> tuple[str, ...]:
    authors = paper.get("authors", [])
    if not isinstance(authors, list) or not all(isinstance(name, str) for name in authors):
        raise BadPaperError('The authors of [paper] are a list of names: ["Neronov, A.", …].')
    return tuple(authors)


def _year(paper: Mapping[str, Any]) -> int | None:
    year = paper.get("year")
    if year is None:
        return None
    if isinstance(year, bool) or not isinstance(year, int) or not 1000 <= year <= 9999:  # noqa: PLR2004 -- four digits
        raise BadPaperError("The year of [paper] is a number of four digits.")
    return year


def _figure(item: dict[str, Any]) -> FigureStatement:
    slug = _slug(item, "a [[figure]]")
    kind = str(item.get("kind", "figure"))
    if kind not in KINDS:
        raise BadPaperError(f"Figure {slug} is of kind {kind!r}: write one of {', '.join(KINDS)}.")
    parameters = item.get("parameters", {})
    if not isinstance(parameters, dict):
        raise BadPaperError(f"The parameters of figure {slug} are no table.")
    values = tuple(_value(value, slug) for value in _tables(item, "value", f"figure {slug}"))
    return FigureStatement(
        slug=slug, title=_need(item, "title", f"figure {slug}"), caption=_text(item, "caption"),
        kind=kind, place=_text(item, "place"), picture=_text(item, "picture"),
        parameters=parameters, values=values,
    )  # fmt: skip


def _value(item: dict[str, Any], slug: str) -> Published:
    where = f"a value of figure {slug}"
    output = _need(item, "output", where)
    where = f"value {output} of figure {slug}"
    published = item.get("published")
    if not isinstance(published, str | int | float):
        raise BadPaperError(f"The {where} says nothing of what was published.")
    if not isinstance(published, str) and not _is_finite(published):
        raise BadPaperError(f"The published {where} is no finite number.")
    tolerance, allowed = _tolerance(item, where)
    return Published(
        output=output, label=_text(item, "label") or output, published=published,
        tolerance=tolerance, allowed=allowed, error=_error(item, where), unit=_text(item, "unit"),
        places=_places(item, where), reason=_text(item, "reason"), source=_text(item, "source"),
        doi=_text(item, "doi"), column=_text(item, "column"), row=_row(item, where),
        given=item.get("given") is True,
    )  # fmt: skip


def _places(item: dict[str, Any], where: str) -> int | None:
    places = item.get("places")
    if places is None:
        return None
    if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= PLACES_AT_MOST:
        raise BadPaperError(f"The places of the {where} are no number from 0 to {PLACES_AT_MOST}.")
    return places


def _row(item: dict[str, Any], where: str) -> dict[str, str | int | float]:
    row = item.get("row", {})
    if bool(row) != bool(item.get("column")) or not isinstance(row, dict):
        raise BadPaperError(f"The {where} needs both column and row, or neither.")
    if not all(isinstance(key, str | int | float) for key in row.values()):
        raise BadPaperError(f"The row of the {where} is chosen by texts and numbers only.")
    return row


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer beyond every double
        return False


def _tolerance(item: dict[str, Any], where: str) -> tuple[str, float]:
    given = item.get("tolerance")
    names = [name for name in TOLERANCES if isinstance(given, dict) and name in given]
    if not isinstance(given, dict) or len(names) != 1 or len(given) != 1:
        raise BadPaperError(f"The {where} needs a tolerance: one of {', '.join(TOLERANCES)}.")
    allowed = given[names[0]]
    if (
        isinstance(allowed, bool)
        or not isinstance(allowed, int | float)
        or not _is_finite(allowed)
        or allowed < 0
    ):
        raise BadPaperError(f"The tolerance of the {where} is no number of zero or more.")
    if names[0] == "sigma" and _error(item, where) is None:
        raise BadPaperError(f"The {where} has a tolerance in errors but no error.")
    return names[0], float(allowed)


def _error(item: dict[str, Any], where: str) -> float | None:
    error = item.get("error")
    if error is None:
        return None
    if (
        isinstance(error, bool)
        or not isinstance(error, int | float)
        or not _is_finite(error)
        or error <= 0
    ):
        raise BadPaperError(f"The error of the {where} is no number above zero.")
    return float(error)


def _tables(content: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    items = content.get(name, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadPaperError(f"The {name} of {where} is written [[{name}]], once for each.")
    return items


def _slug(item: Mapping[str, Any], where: str) -> str:
    slug = _need(item, "slug", where)
    if not SLUG.match(slug) or len(slug) > 80:  # noqa: PLR2004 -- the width of its column
        raise BadPaperError(
            f"The slug {slug[:80]!r} of {where} is not of small letters, digits and hyphens."
        )
    return slug


def _need(item: Mapping[str, Any], name: str, where: str) -> str:
    text = _text(item, name)
    if not text:
        raise BadPaperError(f"There is no {name} in {where} of paper.toml.")
    return text


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name, "")
    text = value.strip() if isinstance(value, str) else str(value)
    most = LONGEST.get(name, LONGEST_OTHERS)
    if len(text) > most:
        raise BadPaperError(f"The {name} {text[:40]!r}… is longer than {most} characters.")
    return text
