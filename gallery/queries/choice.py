"""The figures that a reader chooses, their order, and how many there are of each kind."""

import json
from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from catalogue.models import VersionTerm
from executor.domain.states import State
from executor.models import Run
from gallery.domain.facets import DOI, NOT_JUDGED, VERDICT, Choice
from gallery.domain.tiles import ROW, Light, rank, tally_of
from gallery.models import Facet, Figure, Paper
from ontology.queries import narrower

WORDS = (
    "title", "caption", "source", "place", "paper__title", "paper__journal", "paper__doi",
    "version__title", "version__workflow__slug",
)  # fmt: skip
"""Fields that the words of a search are looked for in, beside authors and facets."""
PENDING = (State.BLOCKED, State.QUEUED, State.RUNNING)


def chosen(choice: Choice) -> QuerySet[Figure]:
    """The figures that a reader wants to see."""
    found = Figure.objects.all()
    for facet, values in choice.values.items():
        found = found.filter(_with(facet, values))
    for word in choice.words:
        found = found.filter(_speaks_of(word))
    if choice.term:
        names = [item.name for item in narrower(choice.term)] or [choice.term]
        found = found.filter(
            version__in=VersionTerm.objects.filter(term__in=names).values("version")
        )
    if choice.table:
        paper, _, table = choice.table.partition("/")
        begins = Q(place=table) | Q(place__startswith=f"{table},")
        found = found.filter(begins, kind=ROW, paper__slug=paper)
    return found


def _with(facet: str, values: Collection[str]) -> Q:
    if facet == VERDICT:
        return Q(verdict__in=["" if value == NOT_JUDGED else value for value in values])
    return Q(Exists(Facet.objects.filter(figure=OuterRef("pk"), name=facet, value__in=values)))


def _speaks_of(word: str) -> Q:
    """Whether a word stands anywhere in what is known of a figure."""
    named = Facet.objects.filter(figure=OuterRef("pk"), value__icontains=word)
    names = Paper.objects.annotate(names=Cast("authors_json", TextField()))
    # SQLite keeps JSON as it was written, with letters beyond ASCII as numbers.
    wrote = names.filter(Q(names__icontains=word) | Q(names__icontains=json.dumps(word)[1:-1]))
    found = Q(Exists(named)) | Q(paper__in=wrote.values("pk"))
    for field in WORDS:
        found |= Q(**{f"{field}__icontains": word})
    return found


def in_order(choice: Choice) -> list[Light]:
    """The wanted figures in the wanted order, each as little as it takes to put it in its place."""
    found = lights(chosen(choice))
    if choice.sort == VERDICT:
        return sorted(found, key=lambda light: rank(light.verdict))
    if choice.sort == "newest":
        return sorted(found, key=lambda light: light.created, reverse=True)
    if choice.sort == "rerun":
        runs = runs_of_workflows()
        return sorted(found, key=lambda light: -runs.get(light.workflow, 0))
    return found


def lights(found: QuerySet[Figure]) -> list[Light]:
    """Some figures in their order, each as little as it takes to put it in its place."""
    rows = found.values_list(
        "pk", "kind", "paper__slug", "place", "verdict", "version__workflow", "created_at"
    )
    return [Light(*row) for row in rows]


def runs_of_workflows() -> dict[int, int]:
    """Key of a workflow → how many different questions it was asked."""
    asked = Run.objects.order_by().values_list("version__workflow")
    return dict(asked.annotate(number=Count("pk")))


def facet_counts(choice: Choice) -> dict[str, dict[str, int]]:
    """Facet → value → how many figures have it among those that the other choices leave."""
    others = Facet.objects.filter(figure__in=chosen(choice)).exclude(name=DOI)
    rest = others.exclude(name__in=choice.values)
    asked = [rest, *(_counted(choice, name) for name in choice.values if name != VERDICT)]
    counts: dict[str, dict[str, int]] = {}
    for facets in asked:
        rows = facets.order_by("name", "value").values_list("name", "value")
        for name, value, number in rows.annotate(number=Count("pk")):
            counts.setdefault(name, {})[value] = number
    counts[VERDICT] = tally(chosen(choice.without(VERDICT)))
    return counts


def _counted(choice: Choice, name: str) -> QuerySet[Facet]:
    return Facet.objects.filter(name=name, figure__in=chosen(choice.without(name)))


def tally(found: QuerySet[Figure]) -> dict[str, int]:
    """How many figures stand at each verdict; ``not judged yet`` for those without a check."""
    return tally_of(found.order_by().values_list("verdict", flat=True))


def pending(found: QuerySet[Figure]) -> QuerySet[Figure]:
    """Those whose run is under way, or was not asked for yet."""
    return found.filter(Q(run__state__in=PENDING) | Q(run=None, verdict=""))
