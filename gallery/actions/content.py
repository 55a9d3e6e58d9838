"""A stated paper as the content it could be stated with again."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gallery.domain.bibtex import Cited, bibtex, key_of
from gallery.domain.claims import Claim, claim_from_json
from gallery.domain.paper.written import content_of_claim, content_of_value
from gallery.errors import BadStatementError
from gallery.models import Figure, Paper


def content_of(paper: Paper) -> dict[str, Any]:
    """The content of a paper and its figures, in the shape that the API takes."""
    figures = list(_figures(paper))
    doubtful = _doubtful(figures)
    return {
        "paper": _said(
            slug=paper.slug, title=paper.title, doi=paper.doi, bibcode=paper.bibcode,
            arxiv=paper.arxiv, authors=list(paper.authors_json), journal=paper.journal,
            year=paper.year, unpublished=not paper.doi or None,
        ),
        "figure": [_figure(figure, doubtful) for figure in figures],
    }  # fmt: skip


def files_of(paper: Paper) -> dict[str, str]:
    """Name → digest of the published files of a paper, but names that two of them share."""
    figures = list(_figures(paper))
    doubtful = _doubtful(figures)
    claims = (claim for figure in figures for claim in _claims(figure))
    return {claim.file: claim.digest for claim in claims if claim.file not in doubtful}


def changed_content(paper: Paper, change: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a paper with some fields changed, and some figures changed or added."""
    content = content_of(paper)
    said = change.get("paper")
    if said is not None and not isinstance(said, dict):
        raise BadStatementError("The paper is an object with the fields to change.")
    new = change.get("figure") or []
    if not isinstance(new, list) or not all(isinstance(item, dict) for item in new):
        raise BadStatementError("The figures are a list of objects.")
    by_slug = {item["slug"]: item for item in content["figure"]}
    by_slug |= {str(item.get("slug")): item for item in new}
    more = {name: change[name] for name in ("workflow", "version", "table") if name in change}
    return {
        "paper": content["paper"] | (said or {}), "figure": list(by_slug.values()), **more,
    }  # fmt: skip


def without_figure(paper: Paper, slug: str) -> dict[str, Any]:
    """The content of a paper without one of its figures."""
    content = content_of(paper)
    left = [item for item in content["figure"] if item["slug"] != slug]
    return content | {"figure": left}


def bibtex_of(paper: Paper) -> str:
    """The BibTeX of a paper, with a letter where others have its author and year."""
    cited = _cited(paper)
    others = Paper.objects.filter(year=paper.year).order_by("slug")
    alike = [other.pk for other in others if key_of(_cited(other)) == key_of(cited)]
    place = alike.index(paper.pk)
    return bibtex(cited, _letter(place) if len(alike) > 1 else "")


def _letter(place: int) -> str:
    """The letter at a place: a to z, then za to zz, and so on."""
    return "z" * (place // 26) + chr(ord("a") + place % 26)


def _cited(paper: Paper) -> Cited:
    return Cited(
        paper.title, tuple(map(str, paper.authors_json)), paper.journal, paper.year, paper.doi,
        paper.arxiv, paper.bibcode,
    )  # fmt: skip


def _figures(paper: Paper) -> list[Figure]:
    found = paper.figures.select_related("version__workflow").prefetch_related("facets")
    return list(found.order_by("order", "slug"))


def _figure(figure: Figure, doubtful: set[str]) -> dict[str, Any]:
    facets: dict[str, list[str]] = {}
    for facet in figure.facets.all():
        facets.setdefault(facet.name, []).append(facet.value)
    request = _said(
        workflow=figure.version.workflow.slug, version=figure.version.number,
        parameters=figure.parameters_json, seed=figure.seed or None,
    )  # fmt: skip
    return _said(
        slug=figure.slug, title=figure.title, caption=figure.caption, kind=figure.kind,
        place=figure.place, picture=figure.picture, source=figure.source, ra=figure.ra,
        dec=figure.dec, instrument=facets.get("instrument"), energy=facets.get("energy"),
        messenger=_other_than("photon", facets.get("messenger")), doi=figure.doi,
        picture_published=figure.published_picture_id,
        picture_licence=figure.picture_licence, request=request,
        value=[content_of_value(value) for value in figure.values],
        product=[content_of_claim(_named(claim, doubtful)) for claim in _claims(figure)],
    )  # fmt: skip


def _named(claim: Claim, doubtful: set[str]) -> Claim:
    if claim.file not in doubtful:
        return claim
    return claim_from_json(claim.to_json() | {"file": claim.digest})


def _doubtful(figures: list[Figure]) -> set[str]:
    """File names that stand for more than one product."""
    known = {(claim.file, claim.digest) for figure in figures for claim in _claims(figure)}
    return {name for name, number in Counter(name for name, _digest in known).items() if number > 1}


def _claims(figure: Figure) -> list[Claim]:
    return [claim_from_json(item) for item in figure.products_json]


def _other_than(usual: str, named: list[str] | None) -> str | None:
    return next((name for name in named or [] if name != usual), None)


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
