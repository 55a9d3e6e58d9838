"""``/api/figures/``: what was published, and the verdicts on its re-runs."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery.actions import check_figure
from gallery.domain.facets import FACETS, SORTS, choice_of
from gallery.models import Figure
from gallery.queries import figure_named, figures_at, in_order

CHOICE = [
    OpenApiParameter("q", str, description="Words that all stand in what is known of the figure."),
    OpenApiParameter("term", str, description="A term; narrower terms are wanted too."),
    OpenApiParameter("sort", str, enum=list(SORTS), description="The order of the list."),
    *(
        OpenApiParameter(name, str, many=True, description=f"{title}: one of these values.")
        for name, title in FACETS.items()
    ),
]


class FigureSerializer(serializers.Serializer[Figure]):
    """A figure with the verdict of its newest check and the numbers compared."""

    slug = serializers.CharField()
    paper = serializers.CharField(source="paper.slug")
    title = serializers.CharField()
    kind = serializers.CharField()
    place = serializers.CharField()
    workflow = serializers.CharField(source="version.workflow.slug")
    version = serializers.IntegerField(source="version.number")
    parameters = serializers.JSONField(source="parameters_json")
    verdict = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField()
    checked_at = serializers.SerializerMethodField()
    compared = serializers.SerializerMethodField()
    run = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url")

    def get_verdict(self, figure: Figure) -> str | None:
        """Verdict of the newest check; null before the first."""
        return figure.last_check.verdict if figure.last_check else None

    def get_sentence(self, figure: Figure) -> str:
        """The verdict in words and numbers; before the first check, how its run stands."""
        if figure.last_check:
            return figure.last_check.sentence
        return figure.run.error or f"Its run is {figure.run.state}." if figure.run else ""

    def get_checked_at(self, figure: Figure) -> str | None:
        """When the newest check was made."""
        return figure.last_check.checked_at.isoformat() if figure.last_check else None

    def get_compared(self, figure: Figure) -> list[dict[str, Any]]:
        """Every published value beside the re-run's."""
        return figure.last_check.comparisons if figure.last_check else []

    def get_run(self, figure: Figure) -> dict[str, str] | None:
        """Address and state of its run."""
        return {"address": figure.run.address, "state": figure.run.state} if figure.run else None


class FigureList(GenericAPIView[Figure]):
    """The figures that somebody chose; all without a choice."""

    serializer_class = FigureSerializer

    @extend_schema(responses=FigureSerializer(many=True), parameters=CHOICE)
    def get(self, request: Request) -> Response:
        """List the figures with their verdicts, chosen as on the page of the gallery."""
        lights = in_order(choice_of(dict(request.query_params.lists())))
        page = self.paginate_queryset(cast("Any", lights))  # a list is paged as a query is
        shown = figures_at(light.pk for light in page or ())
        return self.get_paginated_response(self.get_serializer(shown, many=True).data)


class FigureDetail(APIView):
    """One figure."""

    @extend_schema(responses=FigureSerializer)
    def get(self, _request: Request, slug: str) -> Response:
        """Show a figure."""
        return Response(FigureSerializer(figure_named(slug)).data)


class FigureCheck(APIView):
    """Checking a figure."""

    @extend_schema(request=None, responses={202: FigureSerializer})
    def post(self, _request: Request, slug: str) -> Response:
        """Ask for the figure's run and have it judged."""
        check_figure(figure_named(slug))
        return Response(FigureSerializer(figure_named(slug)).data, status=202)
