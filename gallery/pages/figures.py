"""Pages of figures and papers: the gallery, one figure, one paper."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from gallery.actions import check_figure
from gallery.pages.cards import cards
from gallery.queries import figure_named, figures, paper_named, papers, picture, tally


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All figures as large pictures, each with its verdict."""
    found = figures()
    context = {"cards": cards(found), "tally": tally(found)}
    return render(request, "gallery/gallery.html", context)


@require_safe
def figure(request: HttpRequest, slug: str) -> HttpResponse:
    """One figure: picture, verdict in words and numbers, and what a reader can do."""
    found = figure_named(slug)
    run = found.run
    context = {
        "figure": found,
        "check": found.last_check,
        "checks": found.checks.all(),
        "run": run,
        "picture": picture(found),
        "query": urlencode(found.parameters_json),
        "outputs": [item for item in run.outputs.all() if item.role == "output"] if run else [],
    }
    return render(request, "gallery/figure.html", context)


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
