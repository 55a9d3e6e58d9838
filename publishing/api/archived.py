"""``/api/workflows/<slug>/<version>/archived/``: where the source of a version is archived."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalogue.queries import version_of
from executor.queries import asker_of
from lib.remote import host_of
from publishing.actions.archived import record_archived_source
from publishing.api.drafts import check_length
from publishing.errors import BadArchivedSourceError
from publishing.models import ArchivedSource


class ArchivedSourceSerializer(serializers.Serializer[ArchivedSource]):
    """A place where the source is archived."""

    identifier = serializers.CharField(max_length=300, help_text="a SWHID, or an https address")
    scheme = serializers.CharField(read_only=True, help_text="swhid or url")
    created_at = serializers.DateTimeField(read_only=True)


class ArchivedSources(APIView):
    """Where the source of a version is archived."""

    @extend_schema(responses=ArchivedSourceSerializer(many=True))
    def get(self, _request: Request, slug: str, number: int) -> Response:
        """List the places, in the order in which they were told."""
        rows = version_of(slug, number).archived_sources.all()
        return Response([ArchivedSourceSerializer(row).data for row in rows])

    @extend_schema(request=ArchivedSourceSerializer, responses={201: ArchivedSourceSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Tell of a place; nothing is sent there. Told again, the same is answered."""
        check_length(request)
        version = version_of(slug, number)
        host = host_of(request._request)  # noqa: SLF001 -- DRF hides Django's
        by = asker_of(host, request.headers.get("Authorization", ""))
        row = record_archived_source(version, _identifier(request.data), by=by)
        return Response(ArchivedSourceSerializer(row).data, status=201)


def _identifier(data: Any) -> str:  # noqa: ANN401 -- parsed request data
    form = ArchivedSourceSerializer(data=data)
    if not form.is_valid():
        errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}
        raise BadArchivedSourceError("Send a SWHID or an address as `identifier`.", errors=errors)
    return str(form.validated_data["identifier"])
