"""``/api/releases/``: releases and their crates; ``/api/runs/<address>/crate/``."""

from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lib.listing import listed
from publishing.actions import release_run
from publishing.api.shapes import (
    ReleaseDetailSerializer,
    ReleaseRequestSerializer,
    ReleaseSerializer,
)
from publishing.errors import BadReleaseRequestError
from publishing.models import Release
from publishing.queries import (
    deposit_of,
    deposited_crate,
    finished_run,
    release_of,
    release_of_run,
    releases,
    run_crate,
)

ZIP = "application/zip"
BINARY = {(200, ZIP): OpenApiTypes.BINARY}


class ReleaseList(GenericAPIView[Release]):
    """All releases, newest first; new ones."""

    serializer_class = ReleaseSerializer

    @extend_schema(responses=ReleaseSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the releases."""
        return listed(self, releases())

    @extend_schema(
        request=ReleaseRequestSerializer,
        responses={200: ReleaseDetailSerializer, 201: ReleaseDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Release a finished run under a DOI (201); 200 when it was released already."""
        wanted = _wanted(request.data)
        run = finished_run(wanted["run"])
        known = release_of_run(run) is not None
        deposit = release_run(run, title=wanted["title"])
        body = ReleaseDetailSerializer(release_of(deposit.release_id)).data
        headers = {"Location": f"/api/releases/{deposit.release_id}/"}
        return Response(body, status=200 if known else 201, headers=headers)


class ReleaseDetail(APIView):
    """One release."""

    @extend_schema(responses=ReleaseDetailSerializer)
    def get(self, _request: Request, name: str) -> Response:
        """Show a release."""
        return Response(ReleaseDetailSerializer(release_of(name)).data)


class ReleaseCrate(APIView):
    """The deposited crate of a release."""

    @extend_schema(responses=BINARY)
    def get(self, _request: Request, name: str) -> HttpResponseBase:
        """Give the crate as it was deposited, byte by byte."""
        deposit = deposit_of(release_of(name))
        response = FileResponse(
            deposited_crate(deposit), content_type=ZIP,
            as_attachment=True, filename=deposit.file_name,
        )  # fmt: skip
        response["ETag"] = f'"{deposit.crate}"'
        return response


class RunCrate(APIView):
    """The crate of a run."""

    @extend_schema(responses=BINARY)
    def get(self, _request: Request, address: str) -> HttpResponseBase:
        """Pack a finished run as a Workflow Run Crate."""
        run = finished_run(address)
        response = StreamingHttpResponse(run_crate(run), content_type=ZIP)
        name = f"reprise-{run.version.workflow.slug}-{run.address[:12]}.crate.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _wanted(data: Any) -> dict[str, Any]:  # noqa: ANN401 -- parsed request data
    form = ReleaseRequestSerializer(data=data)
    if not form.is_valid():
        errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}
        raise BadReleaseRequestError(
            "Send the address of a finished run as `run`, and a `title` if you like.", errors=errors
        )
    return dict(form.validated_data)
