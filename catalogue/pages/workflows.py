"""Pages of workflows: the list, one version with its form, and registration."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.actions import register_request
from catalogue.domain.interface import Parameter
from catalogue.domain.normalise import normalise
from catalogue.domain.query import spelled
from catalogue.models import Version
from catalogue.queries import search, version_of
from lib import panels
from lib.problem import ProblemError

PAGE = 50


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: its parameter, what stands in it, and what is wrong with that."""

    parameter: Parameter
    shown: Any
    changed: bool
    fault: str

    @property
    def text(self) -> str:
        """What stands in the field."""
        if self.shown is None:
            return ""
        return spelled(self.shown)

    @property
    def default(self) -> str:
        """The author's value, as it would stand in the field."""
        return spelled(self.parameter.default)

    @property
    def limits(self) -> str:
        """The limits in words; empty when there are none."""
        low, high = self.parameter.minimum, self.parameter.maximum
        if low is not None and high is not None:
            return f"from {low:g} to {high:g}"
        if low is not None:
            return f"at least {low:g}"
        return f"at most {high:g}" if high is not None else ""

    @property
    def step(self) -> str:
        """The step of a number field."""
        return "1" if self.parameter.kind.value == "integer" else "any"


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
    """
    version = version_of(slug, number)
    context = {
        "version": version,
        "about": version.about,
        "interface": version.interface,
        "fields": _fields(version, request.GET.dict()),
        "seed": request.GET.get("reprise-seed", "0")[:20],
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


def _fields(version: Version, query: dict[str, str]) -> list[Field]:
    interface = version.interface
    given = {name: text for name, text in query.items() if interface.parameter(name)}
    inputs, faults = normalise(interface, given)
    return [
        Field(
            item,
            given.get(item.name, item.default) if item.name in faults else inputs.values[item.name],
            item.name in inputs.changed,
            faults.get(item.name, "") if item.name in given else "",
        )
        for item in interface.parameters
    ]
