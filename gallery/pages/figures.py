"""Pages of figures and papers: the gallery, one figure, one paper."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalogue.domain.query import query
from executor.queries import output_named
from gallery.actions import check_figure
from gallery.models import Figure
from gallery.pages.cards import card, cards, progress
from gallery.pages.rows import rows
from gallery.queries import figure_named, figures, paper_named, papers, picture, tally

SCALAR = "application/json"


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All figures as large pictures, each with its verdict."""
    found = figures()
    shown = cards(found)
    context = {"cards": shown, "tally": tally(found), "progress": progress(shown)}
    return render(request, "gallery/gallery.html", context)


@require_safe
def figure(request: HttpRequest, slug: str) -> HttpResponse:
    """One figure: picture, verdict in words and numbers, and what a reader can do."""
    found = figure_named(slug)
    run = found.run
    outputs = [item for item in run.outputs.all() if item.role == "output"] if run else []
    context = {
        "figure": found,
        "card": card(found),
        "rows": rows(found.last_check) if found.last_check else [],
        "checks": found.checks.select_related("run"),
        "run": run,
        "picture": picture(found),
        "plot": run and output_named(run, found.picture, "plot"),
        "request_json": request_json(found),
        "query": query(found.parameters_json),
        "numbers": [item for item in outputs if item.product.media_type == SCALAR],
        "files": [item for item in outputs if item.product.media_type != SCALAR],
    }
    return render(request, "gallery/figure.html", context)


def request_json(figure: Figure) -> str:
    """What the API is asked for a figure's run, as one line without apostrophes."""
    version = figure.version
    wanted = {"workflow": version.workflow.slug, "version": version.number}
    return json.dumps(wanted | {"parameters": figure.parameters_json}).replace("'", "\\u0027")


@require_POST
def check(_request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the figure's run and have it judged."""
    found = figure_named(slug)
    check_figure(found)
    return redirect(found)


@require_safe
def paper_list(request: HttpRequest) -> HttpResponse:
    """All papers."""
    return render(request, "gallery/papers.html", {"papers": papers()})


@require_safe
def paper(request: HttpRequest, slug: str) -> HttpResponse:
    """One paper and its figures."""
    found = paper_named(slug)
    chosen = figures().filter(paper=found)
    return render(request, "gallery/paper.html", {"paper": found, "cards": cards(chosen)})
