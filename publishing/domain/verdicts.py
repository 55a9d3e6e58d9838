"""Figures and verdicts as linked data, so that a crate tells what was judged and how.

A verdict is a schema.org Review of the figure: its words are the body, its kind the rating, and
every value that was compared is a PropertyValue whose ``valueReference`` is what was published.
"""

from collections.abc import Mapping
from urllib.parse import quote

from publishing.domain.credits import Entity, ref, web_address
from publishing.domain.shown import ShownFigure, ShownPaper, ShownValue
from publishing.domain.stated import RESOLVERS

Pictures = Mapping[tuple[str, str], str]
"""(address of a run, name of its output) → ``@id`` of that product in the crate."""


def figure_id(figure: ShownFigure) -> str:
    """The ``@id`` of a figure."""
    return f"#figure-{quote(figure.slug, safe='')}"


def verdict_id(figure: ShownFigure) -> str:
    """The ``@id`` of the verdict on a figure."""
    return f"#verdict-{quote(figure.slug, safe='')}"


def shown_root(figures: tuple[ShownFigure, ...], pictures: Pictures) -> Entity:
    """What figures add to the root of a crate; see :func:`shown_entities`."""
    images = [pictures[key] for item in figures if (key := (item.run, item.picture)) in pictures]
    about: Entity = {
        "about": [ref(figure_id(item)) for item in figures],
        "review": [ref(verdict_id(item)) for item in figures if item.verdict],
        "image": [ref(name) for name in dict.fromkeys(images)],
    }
    return {name: value for name, value in about.items() if value}


def shown_entities(
    figures: tuple[ShownFigure, ...], pictures: Pictures, runs: Mapping[str, str], service: str
) -> list[Entity]:
    """Figures, their papers and the verdicts on them.

    Args:
        figures: as they were when the release was frozen.
        pictures: where their pictures lie.
        runs: address of a run → ``@id`` of what was judged.
        service: who judged.
    """
    found = []
    for item in figures:
        found += [_figure(item, pictures, service), _paper(item.paper)]
        if item.verdict:
            found += [_verdict(item, runs, service), _rating(item, service)]
            found += [part for place, value in enumerate(item.values, start=1)
                      for part in _value(item, value, place)]  # fmt: skip
    return found


def paper_address(paper: ShownPaper) -> str:
    """Where a paper is found; empty when nobody said."""
    for scheme, known in (("doi", paper.doi), ("arxiv", paper.arxiv), ("bibcode", paper.bibcode)):
        if known:
            return web_address(f"{RESOLVERS[scheme]}{quote(known, safe='/:;()._-')}")
    return ""


def _paper_id(paper: ShownPaper) -> str:
    return paper_address(paper) or f"#paper-{quote(paper.short or paper.title, safe='')}"


def _paper(paper: ShownPaper) -> Entity:
    return _full({
        "@id": _paper_id(paper), "@type": "ScholarlyArticle", "name": paper.title or paper.short,
        "alternateName": paper.short, "identifier": paper.doi, "url": paper_address(paper),
    })  # fmt: skip


def _figure(figure: ShownFigure, pictures: Pictures, service: str) -> Entity:
    picture = pictures.get((figure.run, figure.picture))
    page = f"{service}{figure.url}" if figure.url.startswith("/") else figure.url
    return _full({
        "@id": figure_id(figure), "@type": "CreativeWork", "name": figure.title or figure.place,
        "alternateName": figure.place, "description": figure.caption or figure.title,
        "isPartOf": ref(_paper_id(figure.paper)), "url": web_address(page),
        "identifier": f"https://doi.org/{figure.doi}" if figure.doi else "",
        "image": ref(picture) if picture else "",
    })  # fmt: skip


def _verdict(figure: ShownFigure, runs: Mapping[str, str], service: str) -> Entity:
    judged = runs.get(figure.run)
    return _full({
        "@id": verdict_id(figure), "@type": "Review",
        "name": f"Verdict on {figure.title or figure.place}",
        "description": f"The re-run judged against what was published: {figure.verdict}.",
        "reviewBody": figure.words or figure.verdict, "datePublished": figure.checked,
        "itemReviewed": ref(figure_id(figure)), "author": ref(service),
        "reviewRating": ref(f"{verdict_id(figure)}-rating"),
        "about": ref(judged) if judged else "",
        "mentions": [ref(_value_id(figure, place)) for place in range(1, len(figure.values) + 1)],
    })  # fmt: skip


def _rating(figure: ShownFigure, service: str) -> Entity:
    return {
        "@id": f"{verdict_id(figure)}-rating", "@type": "Rating", "name": figure.verdict,
        "ratingValue": figure.verdict, "ratingExplanation": figure.words or figure.verdict,
        "author": ref(service),
    }  # fmt: skip


def _value_id(figure: ShownFigure, place: int) -> str:
    return f"{verdict_id(figure)}-value-{place}"


def _value(figure: ShownFigure, value: ShownValue, place: int) -> list[Entity]:
    name = _value_id(figure, place)
    found: Entity = {
        "@id": name, "@type": "PropertyValue", "name": value.label, "value": value.found,
        "unitText": value.unit, "description": value.outcome,
        "valueReference": ref(f"{name}-published"),
    }  # fmt: skip
    published: Entity = {
        "@id": f"{name}-published", "@type": "PropertyValue", "name": f"{value.label}, published",
        "value": value.published, "unitText": value.unit,
    }  # fmt: skip
    return [_full(found), _full(published)]


def _full(entity: Entity) -> Entity:
    return {name: value for name, value in entity.items() if value not in ("", [])}
