"""``/api/figures/`` and ``/api/papers/``: what was published, and the verdicts on its re-runs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery.actions import check_figure
from gallery.models import Figure, Paper
from gallery.queries import figure_named, figures, paper_named, papers
from lib.listing import listed


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


class PaperSerializer(serializers.Serializer[Paper]):
    """A paper."""

    slug = serializers.CharField()
    title = serializers.CharField()
    doi = serializers.CharField()
    bibcode = serializers.CharField()
    arxiv = serializers.CharField()
    authors = serializers.JSONField(source="authors_json")
    journal = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    url = serializers.CharField(source="get_absolute_url")


class FigureList(GenericAPIView[Figure]):
    """All figures."""

    serializer_class = FigureSerializer

    @extend_schema(responses=FigureSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the figures with their verdicts."""
        return listed(self, figures())


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


class PaperList(GenericAPIView[Paper]):
    """All papers."""

    serializer_class = PaperSerializer

    @extend_schema(responses=PaperSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the papers."""
        return listed(self, papers())


class PaperDetail(APIView):
    """One paper."""

    @extend_schema(responses=PaperSerializer)
    def get(self, _request: Request, slug: str) -> Response:
        """Show a paper."""
        return Response(PaperSerializer(paper_named(slug)).data)
