"""``/api/doi/``: what a DOI leads to."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery.domain.again import form_address
from gallery.domain.doi import resolver
from gallery.models import Figure
from gallery.queries.dois import Known, known_by_doi


class DoiFigureSerializer(serializers.Serializer[Figure]):
    """A figure that a DOI leads to, and how to run it again."""

    slug = serializers.CharField()
    title = serializers.CharField()
    verdict = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url")
    again = serializers.SerializerMethodField(
        help_text="the form with the published values filled in; opening it starts nothing"
    )
    request = serializers.SerializerMethodField(help_text="what to post to /api/runs/")

    def get_again(self, figure: Figure) -> str:
        """Where it is changed and run again."""
        workflow = figure.version.get_absolute_url()
        return form_address(workflow, figure.parameters_json, figure.slug)

    def get_request(self, figure: Figure) -> dict[str, Any]:
        """The request that gives it again."""
        version = figure.version
        seed = {"seed": figure.seed} if figure.seed else {}
        wanted = {"workflow": version.workflow.slug, "version": version.number}
        return wanted | {"parameters": figure.parameters_json} | seed


class NamedSerializer(serializers.Serializer[Any]):
    """What the statement of a paper says of a DOI."""

    what = serializers.CharField()
    here = serializers.CharField(help_text="what can be run again here")
    needs = serializers.ListField(child=serializers.CharField(), help_text="what the rest needs")
    query = serializers.CharField(help_text="what was asked when it was made; empty: unknown")
    note = serializers.CharField()


class DoiSerializer(serializers.Serializer[Known]):
    """A DOI and what it leads to."""

    doi = serializers.CharField()
    resolver = serializers.SerializerMethodField()
    kind = serializers.SerializerMethodField(help_text="release, paper, figure or named")
    url = serializers.SerializerMethodField(help_text="of the page here")
    paper = serializers.SerializerMethodField()
    figures = DoiFigureSerializer(many=True)
    others = DoiFigureSerializer(many=True)
    named = NamedSerializer(allow_null=True)

    def get_resolver(self, known: Known) -> str:
        """Where doi.org has it."""
        return resolver(known.doi)

    def get_kind(self, known: Known) -> str:
        """What it stands for."""
        if known.release:
            return "release"
        if known.figures:
            return "figure"
        return "named" if known.named else "paper"

    def get_url(self, known: Known) -> str:
        """The page that it leads to."""
        return f"{settings.PUBLIC_URL}/doi/{known.doi}"

    def get_paper(self, known: Known) -> str | None:
        """Slug of the paper; null without one."""
        return known.paper.slug if known.paper else None


class DoiDetail(APIView):
    """One DOI."""

    @extend_schema(responses=DoiSerializer)
    def get(self, _request: Request, doi: str) -> Response:
        """Show what a DOI leads to; nothing is started."""
        return Response(DoiSerializer(known_by_doi(doi)).data)
