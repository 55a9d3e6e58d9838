"""Badges of figures, papers and workflows, and what authors paste to show them."""

import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from catalogue.queries import version_of
from gallery.domain.badge import Badge, margin_svg, shields, svg
from gallery.domain.badge_words import Standing, of_figure, of_figures
from gallery.domain.snippet import Marked, html, latex, markdown, rst
from gallery.models import Figure
from gallery.queries import figure_named, paper_named
from gallery.queries.badges import standing, standings_of_paper, standings_of_workflow

# Pages that show many badges ask again after ten minutes, and may show the old one meanwhile.
FOR_A_WHILE = "public, max-age=600, stale-while-revalidate=86400"
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
MARGIN = "margin"


@require_safe
def figure_badge(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The badge of a figure."""
    return _answer(request, of_figure(standing(figure_named(slug))), form)


@require_safe
def paper_badge(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The badge of a paper: how many of its figures are reproduced."""
    paper = paper_named(slug)
    return _answer(request, of_figures(paper.title, standings_of_paper(paper)), form)


@require_safe
def workflow_badge(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The badge of a workflow: how many of the figures that it gives again are reproduced."""
    version = version_of(slug)
    shown = of_figures(version.title, standings_of_workflow(version.workflow))
    return _answer(request, shown, form)


@require_safe
def figure_latex(_request: HttpRequest, slug: str) -> HttpResponse:
    """The commands that put link and mark of a figure into a paper."""
    found = figure_named(slug)
    content = latex(marked(found, standing(found)))
    response = HttpResponse(content, content_type="application/x-tex; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="reprise-{slug}.tex"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def marked(figure: Figure, stands: Standing) -> Marked:
    """A figure as snippets name it."""
    page = f"{settings.PUBLIC_URL}{figure.get_absolute_url()}"
    return Marked(page, f"{page}/badge.svg", of_figure(stands).message, figure.title)


def snippets(figure: Figure, stands: Standing) -> dict[str, str]:
    """Format → what to paste."""
    made = marked(figure, stands)
    return {
        "Markdown": markdown(made), "HTML": html(made), "reStructuredText": rst(made),
        "LaTeX": latex(made),
    }  # fmt: skip


def _answer(request: HttpRequest, badge: Badge, form: str) -> HttpResponse:
    body, media_type = _drawn(request, badge, form)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    asked = {part.strip().removeprefix("W/") for part in _if_none_match(request)}
    response: HttpResponse = (
        HttpResponseNotModified()
        if asked & {tag, "*"}
        else HttpResponse(body, content_type=media_type)
    )
    response["ETag"] = tag
    response["Cache-Control"] = FOR_A_WHILE
    response["Content-Security-Policy"] = HARMLESS
    response["Access-Control-Allow-Origin"] = "*"  # it says nothing that is not public
    return response


def _if_none_match(request: HttpRequest) -> list[str]:
    return request.headers.get("If-None-Match", "").split(",")


def _drawn(request: HttpRequest, badge: Badge, form: str) -> tuple[bytes, str]:
    if form == "json":
        return json.dumps(shields(badge)).encode(), "application/json"
    draw = margin_svg if request.GET.get("style") == MARGIN else svg
    return draw(badge).encode(), "image/svg+xml"
