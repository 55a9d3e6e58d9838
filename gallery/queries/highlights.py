"""What the gallery tells a release of its runs: the figures they stand for, and their verdicts."""

from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.db.models import F, Prefetch, QuerySet

from gallery.domain.compare import found_text
from gallery.domain.paper import Published, value_from_json
from gallery.models import Check, Figure, Paper
from gallery.queries.lookup import figures
from ontology.domain.units import printed

FIGURES_AT_MOST = 500
TEXT_AT_MOST = 80


def highlights(addresses: Collection[str]) -> list[dict[str, Any]]:
    """The figures tied to the runs at some addresses, as ``publishing.domain.shown`` reads them.

    A few questions for any number of them. A verdict is told only when it judged that very run.
    """
    chosen = figures().filter(run__address__in=list(addresses))
    return [_told(figure) for figure in _light(chosen)[:FIGURES_AT_MOST]]


def _light(chosen: QuerySet[Figure]) -> QuerySet[Figure]:
    """Figures with the one check of their very run at hand."""
    own = Prefetch("checks", Check.objects.filter(run=F("figure__run")))
    return chosen.prefetch_related(None).prefetch_related(own)


def runs_behind(kind: str, name: str) -> list[str] | None:
    """Addresses of the runs behind a ``figure`` (by slug) or a ``version`` (as ``slug/number``).

    None when there is no such figure, or no figure of such a version.
    """
    if not name.isprintable():
        return None
    if kind == "figure":
        found = Figure.objects.filter(slug=name).select_related("run").first()
        return ([found.run.address] if found.run else []) if found else None
    slug, _slash, number = name.partition("/")
    if kind != "version" or not (number.isascii() and number.isdigit()):
        return None
    tied = Figure.objects.filter(version__workflow__slug=slug, version__number=int(number[:9]))
    known = tied.exclude(run=None).order_by("run__address").values_list("run__address", flat=True)
    return list(known.distinct()) or None


def _told(figure: Figure) -> dict[str, Any]:
    run = figure.run
    check = next(iter(figure.checks.all()), None)
    return {
        "run": run.address if run else "",
        "slug": figure.slug,
        "title": figure.title,
        "url": f"{settings.PUBLIC_URL}{figure.get_absolute_url()}",
        "paper": _paper(figure.paper),
        "place": figure.place,
        "caption": figure.caption,
        "picture": figure.picture,
        "doi": figure.doi,
        "verdict": check.verdict if check else "",
        "words": check.sentence if check else "",
        "checked": check.checked_at.isoformat() if check else "",
        "values": list(_values(check)) if check else [],
    }


def _paper(paper: Paper) -> dict[str, str]:
    return {
        "title": paper.title, "short": paper.short, "doi": paper.doi, "arxiv": paper.arxiv,
        "bibcode": paper.bibcode, "url": f"{settings.PUBLIC_URL}{paper.get_absolute_url()}",
    }  # fmt: skip


def _values(check: Check) -> Iterator[dict[str, str]]:
    """Every published value beside the re-run's, worded as the page of the figure words them."""
    for item in check.comparisons:
        value = value_from_json(item["published"])
        yield {
            "label": value.label, "published": published_text(value),
            "found": found_words(item["found"], value.places), "unit": printed(value.unit),
            "outcome": str(item["verdict"]),
        }  # fmt: skip


def published_text(value: Published) -> str:
    """A published value with its error, to as many places as the paper prints."""
    if isinstance(value.published, str | bool):
        return str(value.published)
    digits = (
        f"{value.published:.{value.places}f}"
        if value.places is not None
        else f"{value.published:g}"
    )
    return f"{digits} ± {value.error:g}" if value.error else digits


def found_words(found: Any, places: int | None) -> str:  # noqa: ANN401 -- any JSON value
    """What a re-run found, to the same places."""
    if found is None:
        return "nothing"
    if isinstance(found, str | bool):
        return str(found)[:TEXT_AT_MOST]
    return found_text(found, places)
