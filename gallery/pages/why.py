"""The panel "Why different?" of a figure's page, and the button that asks for a diagnosis."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from catalogue.models import Version
from executor.models import Run
from gallery.actions.diagnose import diagnose
from gallery.actions.why import parts_of, why_different
from gallery.models import Figure
from gallery.queries import figure_named


def panel(request: HttpRequest, figure: Figure) -> SafeString:
    """Why the figure is different: what was found, what was tried, what has changed."""
    why = why_different(figure)
    if why is None:
        return SafeString("")
    context = {"why": why, "figure": figure}
    return render_to_string("gallery/_why.html", context, request)


def of_run(request: HttpRequest, run: Run) -> SafeString:
    """What a run of a trial version is for; empty for any other."""
    return _trial(request, run.version, run)


def of_workflow(request: HttpRequest, version: Version) -> SafeString:
    """What a trial version is; empty for any other."""
    return _trial(request, version, None)


def _trial(request: HttpRequest, version: Version, run: Run | None) -> SafeString:
    if not version.workflow.is_hidden:
        return SafeString("")
    slug = version.source.partition(":")[2]
    context = {"slug": slug, "parts": parts_of(run, slug) if run else []}
    return render_to_string("gallery/_trial.html", context, request)


@require_POST
def ask(_request: HttpRequest, slug: str) -> HttpResponse:
    """Ask why a figure is different."""
    figure = figure_named(slug)
    diagnose(figure)
    return redirect(f"{figure.get_absolute_url()}#why")
