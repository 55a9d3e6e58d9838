"""What a DOI leads to: a release, a paper, or the figures that show what it stands for."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from django.db.models import Q

from catalogue.models import Version, VersionFile
from gallery.domain.doi import dois_in
from gallery.domain.facets import DOI
from gallery.domain.paper import BadPaperError, NamedDoi, read_dois
from gallery.errors import UnknownDoiError
from gallery.models import Facet, Figure, Paper
from gallery.queries.lookup import figures
from lib import store
from publishing.models import Release
from publishing.queries.landing import released_as

STATEMENT = "paper.toml"
ENTRY = "entry:"
KEPT_AT_MOST = 500  # statements whose DOIs a process remembers


@dataclass(frozen=True, slots=True)
class Known:
    """What this service knows by a DOI.

    Attributes:
        doi: in small letters.
        release: the release it was given to.
        is_concept: whether it stands for all versions of that release.
        paper: the paper whose own DOI it is, or that gave it to something.
        figures: those it leads to.
        others: those that show a value of the same thing.
        named: what its paper's statement says of it.
    """

    doi: str
    release: Release | None = None
    is_concept: bool = False
    paper: Paper | None = None
    figures: tuple[Figure, ...] = ()
    others: tuple[Figure, ...] = ()
    named: NamedDoi | None = None


def known_by_doi(text: str) -> Known:
    """What somebody means by a DOI, however it was spelled.

    Raises:
        UnknownDoiError: it is none, or nothing here has it.
    """
    meant = dois_in(text)
    for doi in meant:
        if found := _released(doi) or _published(doi):
            return found
    if not meant:
        raise UnknownDoiError(f"{text[:100]!r} is no DOI: one looks like 10.5281/zenodo.3634693.")
    raise UnknownDoiError(f"Nothing here has the DOI {meant[-1][:100]}.")


def named_of(figure: Figure) -> NamedDoi | None:
    """What the statement of a figure's paper says of the figure's own DOI."""
    return _named(figure.doi.lower(), [figure]) if figure.doi else None


def _released(doi: str) -> Known | None:
    release, is_concept = released_as(doi)
    return Known(doi, release=release, is_concept=is_concept) if release else None


def _published(doi: str) -> Known | None:
    paper = Paper.objects.filter(doi__iexact=doi).order_by("pk").first()
    if paper is not None:
        return Known(doi, paper=paper)
    found = list(figures().filter(_speaks_of(doi))) or _with_value(doi)
    return _shown(doi, found) if found else None


def _with_value(doi: str) -> list[Figure]:
    """Figures with a value of this DOI, of statements taken in before there were facets."""
    like = figures().filter(values_json__icontains=doi)
    return [figure for figure in like if _has_value(figure, doi)]  # not of a longer DOI


def _speaks_of(doi: str) -> Q:
    named = Facet.objects.filter(name=DOI, value=doi).values("figure")
    return Q(pk__in=named) | Q(doi__iexact=doi)


def _shown(doi: str, found: Sequence[Figure]) -> Known:
    named = _named(doi, found)
    own = [figure for figure in found if figure.doi.lower() == doi]
    if named and not own:
        own = [figure for figure in found if figure.slug in named.figures]
    if not own and any(_has_value(figure, doi) for figure in found):
        own = list(found)
    others = [figure for figure in found if figure not in own and _has_value(figure, doi)]
    return Known(doi, paper=found[0].paper, figures=tuple(own), others=tuple(others), named=named)


def _has_value(figure: Figure, doi: str) -> bool:
    return any(value.doi.lower() == doi for value in figure.values)


def _named(doi: str, found: Iterable[Figure]) -> NamedDoi | None:
    """What an entry that stated one of the figures says of a DOI."""
    entries = {figure.stated_by or f"{ENTRY}{figure.version.workflow.slug}" for figure in found}
    slugs = [name.removeprefix(ENTRY) for name in sorted(entries) if name.startswith(ENTRY)]
    stated = (item for slug in slugs for item in _stated(slug))
    return next((item for item in stated if item.doi.lower() == doi), None)


def _stated(slug: str) -> tuple[NamedDoi, ...]:
    """The DOIs that the newest version of an entry states."""
    versions = Version.objects.filter(workflow__slug=slug, is_draft=False)
    newest = versions.order_by("-number").values("pk")[:1]
    read = Q(path=STATEMENT) | Q(path__endswith=".csv") | Q(path__endswith=".ecsv")
    files = VersionFile.objects.filter(read, version__in=list(newest.values_list("pk", flat=True)))
    return _read(tuple(sorted(files.values_list("path", "digest"))))


@lru_cache(maxsize=KEPT_AT_MOST)
def _read(files: tuple[tuple[str, str], ...]) -> tuple[NamedDoi, ...]:
    """The DOIs in a statement; files are named by what they hold, so this never grows old."""
    known = dict(files)
    try:
        content = tomllib.loads(store.get(known[STATEMENT]).decode("utf-8", "replace"))
        return read_dois(content, partial(_bytes, known))
    except (KeyError, FileNotFoundError, ValueError, RecursionError, BadPaperError):
        return ()


def _bytes(known: dict[str, str], name: str) -> bytes | None:
    return store.get(known[name]) if name in known else None
