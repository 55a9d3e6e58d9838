"""The page of one figure: what was published, how the re-run compares, and what to do with it."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalogue.domain.query import query
from executor.queries import output_named
from gallery.actions import check_figure
from gallery.domain.citing import Cited
from gallery.models import Check, Figure
from gallery.pages.badges import snippets
from gallery.pages.cards import Card, card, page_picture
from gallery.pages.data import is_number, items
from gallery.pages.doi import honest
from gallery.pages.rows import rows
from gallery.queries import figure_named, picture
from gallery.queries.badges import standing
from lib import panels

CHECKS_SHOWN = 120


@require_safe
def figure(request: HttpRequest, slug: str) -> HttpResponse:
    """One figure: picture, verdict in words and numbers, and what a reader can do."""
    found = figure_named(slug)
    run, shown = found.run, card(found)
    made, published = picture(found), found.published_picture
    data = items(run) if run else []
    plot = run and output_named(run, found.picture, "plot")
    products = _products(found.last_check)
    context = {
        "figure": found,
        "card": shown,
        "rows": rows(found.last_check) if found.last_check else [],
        "products": products,
        "run": run,
        "picture": made,
        "picture_shown": page_picture(found, made.product) if made else "",
        "published_shown": page_picture(found, published) if published else "",
        "plot": plot,
        "has_plots": bool(plot) or any(item.residual for item in products),
        "has_notebook": bool(run and any(item.role == "notebook" for item in run.outputs.all())),
        "query": query(found.parameters_json),
        "files": [item for item in data if not is_number(item)],
        "numbers": [item for item in data if is_number(item)],
        "panels": panels.render("figure", request, found),
        "honest": honest(found),
        "snippets": snippets(found, standing(found, [item.verdict for item in products])),
    }
    return render(
        request, "gallery/figure.html", context | _history(found) | _to_share(found, shown)
    )


def _products(check: Check | None) -> list[Any]:
    if check is None:
        return []
    return list(check.products.select_related("published", "found", "residual"))


def _history(figure: Figure) -> dict[str, Any]:
    """The newest checks, the oldest of them first, and how many there are in all."""
    known = figure.checks.select_related("run")
    newest = list(known[:CHECKS_SHOWN])
    return {"checks": newest[::-1], "check_count": known.count()}


def _to_share(figure: Figure, shown: Card) -> dict[str, Any]:
    """The request as code, the citation, and a sentence to send to somebody."""
    address = f"{settings.PUBLIC_URL}{figure.get_absolute_url()}"
    return {
        "request_json": request_json(figure),
        "request_python": repr(request_of(figure)),
        "citation": _cited(figure),
        "address": address,
        "share_text": f"{figure.title} ({figure.paper.short}), run again: {shown.chip}. {address}",
    }


def request_of(figure: Figure) -> dict[str, Any]:
    """What the API is asked for a figure's run."""
    version = figure.version
    wanted = {"workflow": version.workflow.slug, "version": version.number}
    seed = {"seed": figure.seed} if figure.seed else {}
    return wanted | {"parameters": figure.parameters_json} | seed


def request_json(figure: Figure) -> str:
    """The request of a figure as one line without apostrophes."""
    return json.dumps(request_of(figure)).replace("'", "\\u0027")


def _cited(figure: Figure) -> Cited | None:
    run, check = figure.run, figure.last_check
    if run is None:
        return None
    when = run.ended_at or run.requested_at
    judged = check.verdict if check and check.run_id == run.pk else ""
    return Cited(
        figure.title, figure.paper.short, figure.paper.doi,
        f"{settings.PUBLIC_URL}{run.get_absolute_url()}", run.address,
        when.year, when.month, when.day, judged,
    )  # fmt: skip


@require_POST
def check(_request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the figure's run and have it judged."""
    found = figure_named(slug)
    check_figure(found)
    return redirect(found)
