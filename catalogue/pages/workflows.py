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
from catalogue.domain.query import is_reference, spelled
from catalogue.models import Version
from catalogue.queries import search, version_of
from lib import panels
from lib.problem import ProblemError
from ontology.domain.kinds import ParameterKind

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
        """The author's value, as it would stand in the field; of a product, the files of it."""
        if self.is_product:
            files = self.parameter.default or []
            return ", ".join(map(str, files)) if isinstance(files, list) else str(files)
        return spelled(self.parameter.default)

    @property
    def is_product(self) -> bool:
        """Whether it takes a product instead of a value."""
        return self.parameter.kind is ParameterKind.PRODUCT

    @property
    def is_reference(self) -> bool:
        """Whether it is a plain value that another run shall give."""
        return isinstance(self.shown, str) and is_reference(self.parameter, self.shown)

    @property
    def wanted(self) -> str:
        """What sort of product it takes, as people say it."""
        kind = self.parameter.product
        return self.parameter.term or (kind.value if kind else "product")

    @property
    def lines(self) -> int:
        """The height of a field for several products."""
        return min(8, max(3, self.text.count("\n") + 1))

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
    fields = _fields(version, request.GET.dict())
    context = {
        "version": version,
        "about": version.about,
        "interface": version.interface,
        "fields": fields,
        "takes_products": any(field.is_product for field in fields),
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
    bound = {
        item.name
        for item in interface.parameters
        if item.kind is ParameterKind.PRODUCT or is_reference(item, given.get(item.name, ""))
    }
    plain = {name: text for name, text in given.items() if name not in bound}
    inputs, faults = normalise(interface, plain, bound=bound)
    return [
        _bound_field(item, given.get(item.name, ""))
        if item.name in bound
        else Field(
            item,
            given.get(item.name, item.default) if item.name in faults else inputs.values[item.name],
            item.name in inputs.changed,
            faults.get(item.name, "") if item.name in given else "",
        )
        for item in interface.parameters
    ]


def _bound_field(item: Parameter, text: str) -> Field:
    """A field that names products; whether there are such is said when a run is asked for."""
    return Field(item, text.strip(), bool(text.strip()), "")
