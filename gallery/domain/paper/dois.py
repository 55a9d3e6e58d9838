"""A [[doi]]: a DOI of a paper, and what of the thing behind it can be run again here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gallery.domain.paper.fields import (
    SLUG,
    BadPaperError,
    doi_of,
    need,
    tables,
    text_of,
    texts_of,
)
from gallery.domain.paper.rows import Files, expand

DOIS_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class NamedDoi:
    """A DOI that a paper gives to something, such as the spectrum behind a row of a table.

    Attributes:
        doi: as it was written.
        what: what the DOI stands for, in some words.
        figures: slugs of the figures that show it here; empty when none does.
        here: what can be run again here, in a sentence.
        needs: what the rest needs that is not here, such as ``the INTEGRAL archive``.
        query: what was asked of which service when it was made; empty when unknown.
        note: anything else that a reader should know.
    """

    doi: str
    what: str
    figures: tuple[str, ...] = ()
    here: str = ""
    needs: tuple[str, ...] = ()
    query: str = ""
    note: str = ""


def read_dois(content: Mapping[str, Any], files: Files) -> tuple[NamedDoi, ...]:
    """The DOIs of a statement, those of a block with a ``file`` once for each of its rows.

    Raises:
        BadPaperError: a block says too little, or a DOI is stated twice.
    """
    found = tuple(_named(item) for item in _blocks(content, files))
    known = [item.doi.lower() for item in found]
    if len(set(known)) < len(known):
        raise BadPaperError("Two [[doi]] of paper.toml state the same DOI.")
    if len(known) > DOIS_AT_MOST:
        raise BadPaperError(f"The [[doi]] of paper.toml are more than {DOIS_AT_MOST}.")
    return found


def _blocks(content: Mapping[str, Any], files: Files) -> Iterator[Mapping[str, Any]]:
    for item in tables(content, "doi", "paper.toml"):
        if "file" in item:
            yield from expand(item, files)
        else:
            yield item


def _named(item: Mapping[str, Any]) -> NamedDoi:
    doi = doi_of(item, "a [[doi]]")
    if not doi:
        raise BadPaperError("There is no doi in a [[doi]] of paper.toml.")
    where = f"doi {doi}"
    figures = texts_of(item, "figures", where)
    if bad := next((slug for slug in figures if not SLUG.match(slug)), ""):
        raise BadPaperError(f"The figure {bad[:80]!r} of {where} is no slug of a figure.")
    return NamedDoi(
        doi=doi, what=need(item, "what", where), figures=figures, here=text_of(item, "here"),
        needs=texts_of(item, "needs", where), query=text_of(item, "query"),
        note=text_of(item, "note"),
    )  # fmt: skip
