"""The first page, the list of error ids, and the root of the API."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalogue import errors as catalogue_errors
from catalogue.queries import newest_versions
from executor import errors as executor_errors
from executor.queries import isolation_line
from gallery import errors as gallery_errors
from gallery.models import Figure
from gallery.pages.cards import cards, progress
from gallery.queries import first_figures, tally
from lib.problem import ProblemError
from publishing import errors as publishing_errors

NOUNS = ("figures", "papers", "funnel", "workflows", "runs", "releases", "terms", "schema")
SHOWN = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, how the figures stand, and the first few of them."""
    found = Figure.objects.all()
    counts = tally(found)
    context = {
        "cards": cards(first_figures(SHOWN)),
        "progress": progress(found),
        "tally": counts,
        "total": sum(counts.values()),
        "workflows": newest_versions().count(),
        "isolation": isolation_line(),
    }
    return render(request, "home.html", context)


@require_safe
def errors_page(request: HttpRequest) -> HttpResponse:
    """Every error id that the API may answer with."""
    return render(request, "errors.html", {"errors": known_errors()})


def known_errors() -> list[type[ProblemError]]:
    """The errors of all apps, by id."""
    modules = (catalogue_errors, executor_errors, gallery_errors, publishing_errors)
    found = {
        item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, ProblemError) and item is not ProblemError
    }
    return sorted(found, key=lambda item: item.id)


class Root(APIView):
    """The nouns of the API."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """List them with their addresses."""
        return Response({noun: request.build_absolute_uri(f"/api/{noun}/") for noun in NOUNS})
