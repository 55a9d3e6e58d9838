"""``/api/names/`` and ``/api/times/``: where a source is, and one moment in all its spellings."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery.actions import resolve_name
from gallery.domain.names.found import Found, UnreadableNameError
from gallery.domain.names.times import FORMATS, Moment, read_time
from gallery.errors import BadNameError


class FoundSerializer(serializers.Serializer[Found]):
    """Where a source is, and who says so."""

    name = serializers.CharField()
    ra = serializers.FloatField(allow_null=True, help_text="ICRS right ascension, degrees")
    dec = serializers.FloatField(allow_null=True, help_text="ICRS declination, degrees")
    by = serializers.CharField(help_text="who resolved it")
    kind = serializers.CharField()
    uncertainty = serializers.FloatField(allow_null=True, help_text="arcsec")
    time = serializers.CharField(help_text="of an event, UTC")
    note = serializers.CharField()


class MomentSerializer(serializers.Serializer[Moment]):
    """A moment; ``ijd`` is in TT, all others in UTC."""

    isot = serializers.CharField()
    mjd = serializers.FloatField()
    jd = serializers.FloatField()
    ijd = serializers.FloatField()
    read_as = serializers.ChoiceField(FORMATS)


class NameLookup(APIView):
    """Looking a name up."""

    @extend_schema(
        parameters=[OpenApiParameter("name", str, required=True)], responses=FoundSerializer
    )
    def get(self, request: Request) -> Response:
        """Say where a source is."""
        return Response(FoundSerializer(resolve_name(_text(request, "name"))).data)


class TimeLookup(APIView):
    """Converting a time."""

    @extend_schema(
        parameters=[
            OpenApiParameter("time", str, required=True),
            OpenApiParameter("format", str, enum=list(FORMATS)),
        ],
        responses=MomentSerializer,
    )
    def get(self, request: Request) -> Response:
        """Say one moment as ISO 8601, MJD, JD and IJD."""
        try:
            found = read_time(_text(request, "time"), _text(request, "format"))
        except UnreadableNameError as error:
            raise BadNameError(str(error)) from None
        return Response(MomentSerializer(found).data)


def _text(request: Request, name: str) -> str:
    value: Any = request.query_params.get(name, "")
    return str(value)[:500]
