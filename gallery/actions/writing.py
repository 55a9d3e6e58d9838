"""Writing a statement: its paper, figures, products and facets, in one transaction."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from executor.actions import pin_published, upload_product
from executor.domain.asker import SERVICE, Asker
from executor.models import Product
from gallery.actions.files import Kept
from gallery.actions.prepare import Prepared
from gallery.domain.facets import DOI
from gallery.domain.paper import NamedDoi, PaperStatement, value_to_json
from gallery.models import Check, Facet, Figure, Paper
from lib import store

ENTRY = "entry:"
FACETS = frozenset({"source", "instrument", "messenger", "energy", "product", "journal", DOI})
VALUE_AT_MOST = 100
JOURNAL = re.compile(r"^(.*?)[\s,;]*(?:\d.*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Author:
    """Who states something: an entry (``entry:<workflow>``) or an asker by the asker's name."""

    name: str
    asker: Asker = SERVICE


def stated_by(figure: Figure) -> str:
    """Who stated a figure; the entry that gives it where nothing else is written."""
    return figure.stated_by or f"{ENTRY}{figure.version.workflow.slug}"


def save_paper(statement: PaperStatement, author: Author) -> Paper:
    """Write the words of a paper, and who stated them."""
    words = _words(statement, author)
    paper, _created = Paper.objects.update_or_create(slug=statement.slug, defaults=words)
    return paper


def new_paper(statement: PaperStatement, author: Author) -> Paper:
    """The same for a paper that is not there yet.

    Raises:
        IntegrityError: it is.
    """
    return Paper.objects.create(slug=statement.slug, **_words(statement, author))


def _words(statement: PaperStatement, author: Author) -> dict[str, Any]:
    return {
        "title": statement.title, "doi": statement.doi, "bibcode": statement.bibcode,
        "arxiv": statement.arxiv, "authors_json": list(statement.authors),
        "journal": statement.journal, "year": statement.year, "stated_by": author.name,
    }  # fmt: skip


@transaction.atomic
def write_figures(
    paper: Paper, figures: Iterable[Prepared], author: Author, dois: Sequence[NamedDoi] = ()
) -> list[Figure]:
    """Write the figures of a paper in their order, with their products, facets and DOIs."""
    written = [
        _write_figure(paper, prepared, author, order) for order, prepared in enumerate(figures)
    ]
    _write_dois(written, dois)
    return written


def _write_dois(figures: Sequence[Figure], named: Sequence[NamedDoi]) -> None:
    """Write down by which DOIs figures are found; one that no figure shows leads to the first."""
    by_slug = {figure.slug: figure for figure in figures}
    pairs = [
        (figure, doi)
        for figure in figures
        for doi in (figure.doi, *(value.doi for value in figure.values))
    ]
    for item in named:
        shown = [by_slug[slug] for slug in item.figures if slug in by_slug]
        pairs += [(figure, item.doi) for figure in shown or figures[:1]]
    kept = dict.fromkeys(
        (figure.pk, doi.lower()) for figure, doi in pairs if 0 < len(doi) <= VALUE_AT_MOST
    )
    Facet.objects.bulk_create(Facet(figure_id=pk, name=DOI, value=doi) for pk, doi in kept)


def _write_figure(paper: Paper, prepared: Prepared, author: Author, order: int) -> Figure:
    for kept in prepared.products:
        _keep(kept, author.asker)
    item = prepared.statement
    known = Figure.objects.filter(slug=item.slug).first()
    request = {
        "version": prepared.version, "parameters_json": dict(prepared.asked.parameters),
        "seed": prepared.asked.seed,
    }  # fmt: skip
    judged = {
        "values_json": [value_to_json(value) for value in item.values],
        "products_json": [claim.to_json() for claim in prepared.claims],
    }
    fresh: dict[str, Any] = _anew(known, request, judged) if known else {}
    picture = _keep(prepared.picture, author.asker) if prepared.picture else None
    figure = _saved(
        known, item.slug, {
            "paper": paper, "title": item.title, "caption": item.caption, "kind": item.kind,
            "place": item.place, "picture": item.picture, "order": order, "doi": item.doi,
            "source": item.subject.source, "ra": item.subject.ra, "dec": item.subject.dec,
            "published_picture": picture, "picture_licence": item.picture_licence,
            "stated_by": author.name,
        } | request | judged | fresh,
    )  # fmt: skip
    _write_facets(figure, prepared, paper)
    return figure


def _saved(known: Figure | None, slug: str, columns: dict[str, Any]) -> Figure:
    """The figure as it is stated now; a new one that somebody else made meanwhile is refused."""
    if known is None:
        return Figure.objects.create(slug=slug, **columns)
    Figure.objects.filter(pk=known.pk).update(**columns)
    known.refresh_from_db()
    return known


def _anew(known: Figure, request: dict[str, Any], judged: dict[str, Any]) -> dict[str, Any]:
    """What else changes: another request has no run yet; other claims are judged once more."""
    if any(getattr(known, name) != value for name, value in request.items()):
        return {"run": None}
    if any(getattr(known, name) != value for name, value in judged.items()):
        Check.objects.filter(figure=known, run=known.run).delete()
        return {"verdict": ""}
    return {}


def _keep(kept: Kept, asker: Asker) -> Product | None:
    """Make a published file a product that is never cleared away; None while it is not here.

    Data that an entry names is fetched when its run is; until then there is nothing to keep.
    """
    if kept.data is None and not store.has(kept.digest):
        return None
    product = Product.objects.filter(pk=kept.digest, evicted_at=None).first()
    if product is None:
        chunks = [kept.data] if kept.data is not None else store.chunks(kept.digest)
        product = upload_product(kept.name, chunks, asker=asker).product
    pin_published([product.digest])
    return product


def _write_facets(figure: Figure, prepared: Prepared, paper: Paper) -> None:
    ours = dict.fromkeys(_facets(prepared, paper))
    Facet.objects.filter(figure=figure, name__in=FACETS).delete()
    Facet.objects.bulk_create(
        Facet(figure=figure, name=name, value=value) for name, value in ours if value
    )


def _facets(prepared: Prepared, paper: Paper) -> Iterator[tuple[str, str]]:
    statement, interface = prepared.statement, prepared.interface
    about = statement.subject
    yield "source", about.source[:VALUE_AT_MOST]
    yield "messenger", about.messenger
    yield from (("instrument", name[:VALUE_AT_MOST]) for name in about.instruments)
    yield from (("energy", band) for band in about.energy)
    outputs = (interface.output(name) for name in statement.outputs)
    yield from (("product", item.kind.value.replace("-", " ")) for item in outputs if item)
    yield "journal", journal_of(paper.journal)


def journal_of(text: str) -> str:
    """The name of a journal without volume and page: ``A&A 651, A97`` is ``A&A``."""
    found = JOURNAL.match(text)
    return (found[1] if found else text).strip()[:VALUE_AT_MOST]
