"""What the gallery adds to the pages of runs and workflows."""

from typing import Any

from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalogue.models import Version
from executor.models import Run
from executor.queries import run_at
from gallery.actions.comparing import nearest_figure, side_by_side
from gallery.domain.tiles import ROW
from gallery.models import Figure
from gallery.pages.cards import cards
from gallery.pages.comparing import BESIDE, shown
from gallery.queries import figures, figures_of_run
from lib.baselines import Baseline

SHOWN = 12


def of_run(request: HttpRequest, run: Run) -> SafeString:
    """The verdicts that this run carries; else it beside the figure it comes nearest to."""
    judged = cards(figures_of_run(run))
    others = [] if judged else list(_of(run.version)[:SHOWN])
    context = {"run": run, "cards": judged, "others": others, "changes": changes(run)}
    if others and run.state == Run.States.FINISHED:
        context |= _beside(request, run)
    return render_to_string("gallery/panel_run.html", context, request)


def of_form(name: str, version: Version) -> Baseline | None:
    """The published parameters of a figure, for the form of its workflow."""
    if not name.isprintable():
        return None
    figure = Figure.objects.filter(slug=name, version__workflow=version.workflow_id).first()
    if figure is None:
        return None
    return Baseline(
        figure.slug, figure.title, figure.get_absolute_url(), figure.parameters_json, figure.seed
    )


def _beside(request: HttpRequest, run: Run) -> dict[str, Any]:
    """The run over that of a figure: the one its reader came from, else the nearest."""
    figure = _came_from(request, run) or nearest_figure(run)
    if figure is None or figure.run is None:
        return {}
    published = run_at(figure.run.address)
    known = side_by_side(run, published, BESIDE, figure=figure, whole=False)
    more = shown(known, run, published, BESIDE)
    return more | {"figure": figure, "published": published, "known": known}


def _came_from(request: HttpRequest, run: Run) -> Figure | None:
    slug = request.GET.get("figure", "")[:80]
    known = Figure.objects.select_related("paper", "run").filter(
        version__workflow=run.version.workflow_id, run__state=Run.States.FINISHED
    )
    return known.filter(slug=slug).first() if slug and slug.isprintable() else None


def changes(run: Run) -> list[str]:
    """What a run changes, each as ``name: the author's value → its value``."""
    known = {item.name: item.default for item in run.interface.parameters}
    values = run.values
    return [f"{name}: {known.get(name)} → {values.get(name)}" for name in run.changed_json]


def of_workflow(request: HttpRequest, version: Version) -> SafeString:
    """The figures that a workflow gives again."""
    chosen = cards(_of(version)[:SHOWN])
    return render_to_string("gallery/panel_workflow.html", {"cards": chosen}, request)


def _of(version: Version) -> QuerySet[Figure]:
    """The figures that some version of a workflow gives again, rows of tables last."""
    return (
        figures()
        .filter(version__workflow=version.workflow)
        .order_by(Case(When(kind=ROW, then=1), default=0), "order", "slug")
    )
