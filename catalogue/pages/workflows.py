"""Pages of workflows: the list, one version with its form, and registration."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.actions import register_request
from catalogue.domain.form import Field, address_of, fields_of
from catalogue.domain.query import FIGURE, SEED
from catalogue.models import Version
from catalogue.queries import search, version_of
from lib import baselines, panels
from lib.baselines import Baseline
from lib.problem import ProblemError

__all__ = ["Field", "register", "workflow", "workflow_list"]

PAGE = 50
WORKFLOW = "reprise-workflow"  # a hidden field of the form
PLACES = frozenset({"RightAscension", "Declination", "SourceName"})
"""Terms of parameters that a source's name can fill."""


@require_safe
def workflow_list(request: HttpRequest) -> HttpResponse:
    """All workflows, searched by words and by term."""
    text, term = request.GET.get("q", "")[:200], request.GET.get("term", "")[:120]
    page = Paginator(search(text, term), PAGE).get_page(request.GET.get("page"))
    context = {"versions": page, "page": page, "text": text, "term": term}
    return render(request, "catalogue/workflows.html", context)


@require_safe
def workflow(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """One version: what it does, its findings and files, and the form that runs it.

    The query string fills the form, so a changed request is an address that can be shared.
    ``reprise-figure`` names the figure whose published parameters the form is held against. A form
    that was sent here to be kept as a link is led to the shortest address that has it all.
    """
    version = version_of(slug, number)
    baseline = _baseline(request, version)
    stated = baseline.values if baseline else None
    fields = fields_of(version.interface, request.GET.dict(), stated)
    seed = request.GET.get(SEED, str(baseline.seed if baseline else 0))[:20]
    if WORKFLOW in request.GET:
        return redirect(f"{version.get_absolute_url()}?{_address(fields, seed, baseline)}#run")
    context = {
        "version": version,
        "about": version.about,
        "interface": version.interface,
        "fields": fields,
        "baseline": baseline,
        "changed": sum(field.changed for field in fields),
        "takes_products": any(field.is_product for field in fields),
        "takes_source": any(field.parameter.term in PLACES for field in fields),
        "source": request.GET.get("reprise-source", "")[:100],
        "resolver": request.GET.get("reprise-by", "")[:100],
        "seed": seed,
        "versions": version.workflow.versions.all(),
        "files": version.files.all(),
        "panels": panels.render("workflow", request, version),
    }
    return render(request, "catalogue/workflow.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A form that registers a git repository, a notebook or a zip."""
    problem: dict[str, Any] | None = None
    if request.method == "POST":
        try:
            done = register_request(request.POST, request.FILES.get("file"))
            return redirect(done.version)
        except ProblemError as error:
            problem = error.to_dict()
    context = {"problem": problem, "source": request.POST.get("source", "")}
    return render(
        request, "catalogue/register.html", context, status=problem["status"] if problem else 200
    )


def _baseline(request: HttpRequest, version: Version) -> Baseline | None:
    """The published parameters that the address names; ``figure`` where no parameter is called so.

    Without any the author's own values are what was published.
    """
    name = request.GET.get(FIGURE, "")
    if not name and version.interface.parameter("figure") is None:
        name = request.GET.get("figure", "")
    return baselines.named(name[:200], version)


def _address(fields: list[Field], seed: str, baseline: Baseline | None) -> str:
    more = {SEED: seed} if seed != str(baseline.seed if baseline else 0) else {}
    more |= {FIGURE: baseline.name} if baseline else {}
    return "&".join(filter(None, [address_of(fields), urlencode(more)]))
