"""Reading a statement: TOML of an entry, or the same shape from a form or the API."""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from gallery.domain.paper.asked import read_asked
from gallery.domain.paper.dois import read_dois
from gallery.domain.paper.fields import (
    BadPaperError,
    doi_of,
    need,
    slug_of,
    tables,
    text_of,
    yes,
)
from gallery.domain.paper.products import read_product
from gallery.domain.paper.published import read_value
from gallery.domain.paper.rows import Files, expand
from gallery.domain.paper.statement import KINDS, FigureStatement, PaperStatement
from gallery.domain.paper.subject import read_subject

FIGURES_AT_MOST = 1000
PARTS_AT_MOST = 1000
AUTHOR_AT_MOST = 200
AUTHORS_AT_MOST = 5000
ARXIV = re.compile(r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d{1,3})?\Z")
BIBCODE = re.compile(r"^\d{4}[!-~]{15}\Z")
RESERVED = frozenset({"new", "preview"})
ARXIV_DOI = "10.48550/arXiv."  # the DOIs that arXiv gives, since 2022 for all it has


def no_files(_name: str) -> None:
    """The files of a statement that comes with none."""


def read_paper(text: str, files: Files = no_files) -> PaperStatement:
    """Read the text of a paper.toml.

    Args:
        text: the TOML.
        files: gives the bytes of the tables whose rows become figures.

    Raises:
        BadPaperError: it is not TOML or does not say what is needed.
    """
    return read_content(content_of_text(text), files)


def content_of_text(text: str) -> dict[str, Any]:
    """The content of a TOML text.

    Raises:
        BadPaperError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers with thousands of digits
        raise BadPaperError(f"paper.toml is not TOML: {error}.") from None


def read_content(content: Mapping[str, Any], files: Files = no_files) -> PaperStatement:
    """Read a statement that is parsed already: ``paper``, ``figure``, ``table`` and ``doi``.

    Raises:
        BadPaperError: it does not say what is needed.
    """
    paper = content.get("paper")
    if not isinstance(paper, dict):
        raise BadPaperError("paper.toml has no [paper] table.")
    try:
        return PaperStatement(
            **_paper(paper), figures=_figures(content, files), dois=read_dois(content, files)
        )
    except RecursionError:
        raise BadPaperError("paper.toml is nested deeper than anything is read.") from None


def _paper(paper: Mapping[str, Any]) -> dict[str, Any]:
    readers: dict[str, Callable[[], Any]] = {
        "slug": lambda: _slug(paper), "title": lambda: need(paper, "title", "[paper]"),
        "doi": lambda: _doi(paper), "bibcode": lambda: _bibcode(paper),
        "arxiv": lambda: _arxiv(paper), "authors": lambda: _authors(paper),
        "journal": lambda: text_of(paper, "journal"), "year": lambda: _year(paper),
    }  # fmt: skip
    said, faults = {}, {}
    for name, read in readers.items():
        try:
            said[name] = read()
        except BadPaperError as error:
            faults[name] = str(error)
    if faults:
        raise BadPaperError(next(iter(faults.values())), faults)
    return said


def _slug(paper: Mapping[str, Any]) -> str:
    slug = slug_of(paper, "[paper]")
    if slug in RESERVED:
        raise BadPaperError(f"The slug {slug!r} of [paper] is the name of a page: take another.")
    return slug


def _doi(paper: Mapping[str, Any]) -> str:
    doi, arxiv = doi_of(paper, "[paper]"), _arxiv(paper)
    if doi or (yes(paper, "unpublished") and not arxiv):  # a note that has no DOI says so
        return doi
    if not arxiv:
        return need(paper, "doi", "[paper]")
    return ARXIV_DOI + re.sub(r"v\d+$", "", arxiv)


def _arxiv(paper: Mapping[str, Any]) -> str:
    text = text_of(paper, "arxiv")
    plain = re.sub(r"^(https?://arxiv\.org/abs/|arxiv:)", "", text, flags=re.IGNORECASE)
    if plain and not ARXIV.match(plain):
        raise BadPaperError(f"The arxiv {plain[:40]!r} of [paper] is none: write 2002.12895.")
    return plain


def _bibcode(paper: Mapping[str, Any]) -> str:
    text = text_of(paper, "bibcode")
    if text and not BIBCODE.match(text):
        raise BadPaperError(
            f"The bibcode {text[:40]!r} of [paper] is none: it has 19 characters, such as "
            "2021A&A...651A..97N."
        )
    return text


def _authors(paper: Mapping[str, Any]) -> tuple[str, ...]:
    authors = paper.get("authors", [])
    if not isinstance(authors, list) or not all(isinstance(name, str) for name in authors):
        raise BadPaperError('The authors of [paper] are a list of names: ["Neronov, A.", …].')
    if len(authors) > AUTHORS_AT_MOST:
        raise BadPaperError(f"The authors of [paper] are more than {AUTHORS_AT_MOST}.")
    names = (text_of({"author": name}, "author", most=AUTHOR_AT_MOST) for name in authors)
    return tuple(name for name in names if name)


def _year(paper: Mapping[str, Any]) -> int | None:
    year = paper.get("year")
    if year is None:
        return None
    if isinstance(year, bool) or not isinstance(year, int) or not 1000 <= year <= 9999:  # noqa: PLR2004 -- four digits
        raise BadPaperError("The year of [paper] is a number of four digits.")
    return year


def _figures(content: Mapping[str, Any], files: Files) -> tuple[FigureStatement, ...]:
    items = list(tables(content, "figure", "paper.toml"))
    for table in tables(content, "table", "paper.toml"):
        items += expand(table, files)
        _check_count(items, FIGURES_AT_MOST, "figures of paper.toml")
    _check_count(items, FIGURES_AT_MOST, "figures of paper.toml")
    figures = tuple(_figure(item) for item in items)
    slugs = [figure.slug for figure in figures]
    if len(set(slugs)) < len(slugs):
        raise BadPaperError("Two figures of paper.toml have the same slug.")
    return figures


def _figure(item: Mapping[str, Any]) -> FigureStatement:
    slug = slug_of(item, "a [[figure]]")
    where = f"figure {slug}"
    kind = str(item.get("kind") or "figure")
    if kind not in KINDS:
        raise BadPaperError(
            f"Figure {slug} is of kind {kind[:40]!r}: write one of {', '.join(KINDS)}."
        )
    asked = read_asked(item, slug)
    values = tables(item, "value", where)
    products = tables(item, "product", where)
    _check_count(values + products, PARTS_AT_MOST, f"values and products of {where}")
    claims = tuple(read_product(one, slug, asked.output) for one in products)
    if len({claim.output for claim in claims}) < len(claims):
        raise BadPaperError(f"Two products of {where} claim the same output.")
    return FigureStatement(
        slug=slug, title=need(item, "title", where), caption=text_of(item, "caption"), kind=kind,
        place=text_of(item, "place"), picture=text_of(item, "picture"), asked=asked,
        values=tuple(read_value(one, slug, asked.output) for one in values), claims=claims,
        subject=read_subject(item, slug), doi=doi_of(item, where), **_printed(item, where),
    )  # fmt: skip


def _printed(item: Mapping[str, Any], where: str) -> dict[str, str]:
    """The picture as the paper printed it, and the licence without which it is not shown."""
    picture, licence = text_of(item, "picture_published"), text_of(item, "picture_licence")
    if picture and not licence:
        raise BadPaperError(
            f"The published picture of {where} needs its picture_licence, such as CC-BY-4.0."
        )
    return {"picture_published": picture, "picture_licence": licence if picture else ""}


def _check_count(items: list[dict[str, Any]], most: int, what: str) -> None:
    if len(items) > most:
        raise BadPaperError(f"The {what} are more than {most}.")
