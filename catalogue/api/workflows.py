"""``/api/workflows/``: workflows, their versions, and registration."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalogue.actions import register_request, registration_report
from catalogue.domain.form import Field, fields_of
from catalogue.domain.query import FIGURE
from catalogue.models import Version
from catalogue.queries import search, version_of
from lib import baselines
from lib.listing import listed


class VersionSerializer(serializers.Serializer[Version]):
    """A version in a list."""

    workflow = serializers.SlugField(source="workflow.slug")
    version = serializers.IntegerField(source="number")
    digest = serializers.CharField()
    title = serializers.CharField()
    draft = serializers.BooleanField(source="is_draft")
    url = serializers.CharField(source="get_absolute_url")
    created_at = serializers.DateTimeField()


class VersionDetailSerializer(VersionSerializer):
    """A version with all that is known of it."""

    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the attribute
    commit = serializers.CharField()
    main = serializers.CharField(help_text="the notebook or CWL file that is run")
    runtime = serializers.CharField()
    about = serializers.JSONField(source="about_json")
    interface = serializers.JSONField(source="interface_json")
    statements = serializers.JSONField(source="statements_json")
    data = serializers.JSONField(source="data_json")  # type: ignore[assignment]  # a field
    findings = serializers.JSONField(source="findings_json")
    files = serializers.SerializerMethodField()

    def get_files(self, version: Version) -> list[dict[str, Any]]:
        """Path, digest and size of every file."""
        return [dict(item) for item in version.files.values("path", "digest", "size")]


class RegisterSerializer(serializers.Serializer[Any]):
    """What registration takes: a git address, or an uploaded notebook, zip or crate."""

    source = serializers.CharField(  # type: ignore[assignment]  # a field, not the attribute
        required=False, max_length=500, help_text="https git address, with @REV if you like"
    )
    file = serializers.FileField(
        required=False, help_text="a notebook, a zip of an entry's folder, or a crate"
    )
    slug = serializers.CharField(required=False, max_length=60, default="", allow_blank=True)


class WorkflowList(GenericAPIView[Version]):
    """All workflows by their newest version; registration of new ones."""

    serializer_class = VersionSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="words of the title or abstract"),
            OpenApiParameter("term", str, description="a term; narrower ones are found too"),
        ],
        responses=VersionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the workflows."""
        query = request.query_params
        found = search(query.get("q", "")[:200], query.get("term", "")[:120])
        return listed(self, found)

    @extend_schema(request=RegisterSerializer, responses={201: VersionDetailSerializer})
    def post(self, request: Request) -> Response:
        """Register an entry; 201 for a new version, 200 when it was registered already."""
        fields = request.data if isinstance(request.data, dict) else {}
        done = register_request(fields, request.FILES.get("file"))
        return Response(registration_report(done), status=201 if done.created else 200)


class WorkflowDetail(APIView):
    """One version of a workflow; the newest when none is named."""

    @extend_schema(responses=VersionDetailSerializer)
    def get(self, _request: Request, slug: str, number: int | None = None) -> Response:
        """Show a version."""
        return Response(VersionDetailSerializer(version_of(slug, number)).data)


class FieldSerializer(serializers.Serializer[Field]):
    """A field of the form."""

    name = serializers.CharField(source="parameter.name")
    text = serializers.CharField(help_text="the value in the unit of the parameter")
    published = serializers.CharField(help_text="the same when nothing is changed")
    changed = serializers.BooleanField(help_text="whether it is another value than the published")
    fault = serializers.CharField(help_text="what is wrong with it; empty when nothing is")


class WorkflowForm(APIView):
    """The form of a version, filled in."""

    @extend_schema(
        parameters=[
            OpenApiParameter(FIGURE, str, description="the figure whose values are published")
        ],
        responses=FieldSerializer(many=True),
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Say of every parameter's text whether it can be read and what it changes."""
        version = version_of(slug, number)
        query = request.query_params.dict()
        baseline = baselines.named(str(query.get(FIGURE, ""))[:200], version)
        texts = {str(name): str(text) for name, text in query.items()}
        fields = fields_of(version.interface, texts, baseline.values if baseline else None)
        return Response([FieldSerializer(field).data for field in fields])
