"""What the gallery adds to the pages of runs and workflows."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalogue.models import Version
from executor.models import Run
from gallery.pages.cards import cards
from gallery.queries import figures, figures_of_run


def of_run(request: HttpRequest, run: Run) -> SafeString:
    """The verdicts that this run carries, or why it carries none."""
    judged = cards(figures_of_run(run))
    others = [] if judged else list(figures().filter(version__workflow=run.version.workflow))
    context = {"run": run, "cards": judged, "others": others, "changes": changes(run)}
    return render_to_string("gallery/panel_run.html", context, request)


def changes(run: Run) -> list[str]:
    """What a run changes, each as ``name: the author's value → its value``."""
    known = {item.name: item.default for item in run.interface.parameters}
    values = run.values
    return [f"{name}: {known.get(name)} → {values.get(name)}" for name in run.changed_json]


def of_workflow(request: HttpRequest, version: Version) -> SafeString:
    """The figures that a workflow gives again."""
    chosen = cards(figures().filter(version__workflow=version.workflow))
    return render_to_string("gallery/panel_workflow.html", {"cards": chosen}, request)
