"""What the gallery adds to the pages of runs and workflows."""

from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalogue.models import Version
from executor.models import Run
from gallery.domain.tiles import ROW
from gallery.models import Figure
from gallery.pages.cards import cards
from gallery.queries import figures, figures_of_run

SHOWN = 12


def of_run(request: HttpRequest, run: Run) -> SafeString:
    """The verdicts that this run carries, or why it carries none."""
    judged = cards(figures_of_run(run))
    others = [] if judged else list(_of(run.version)[:SHOWN])
    context = {"run": run, "cards": judged, "others": others, "changes": changes(run)}
    return render_to_string("gallery/panel_run.html", context, request)


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
