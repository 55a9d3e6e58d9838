"""``/api/releases/``: releases and their crates; ``/api/runs/<address>/crate/``."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lib.listing import listed
from publishing.actions import release_run
from publishing.actions.owning import check_may_release
from publishing.api.drafts import asker, check_length, draft_answer, is_draft
from publishing.api.shapes import (
    DraftRequestSerializer,
    ReleaseDetailSerializer,
    ReleaseRequestSerializer,
    ReleaseSerializer,
)
from publishing.domain.landing import content_links
from publishing.domain.signposting import header
from publishing.errors import BadReleaseRequestError, ClosedFilesError, CrateWithdrawnError
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
        """List the releases that were not withdrawn."""
        return listed(self, releases().filter(withdrawn_at=None))

    @extend_schema(
        request=PolymorphicProxySerializer(
            "ReleaseWanted", [ReleaseRequestSerializer, DraftRequestSerializer], None
        ),
        responses={200: ReleaseDetailSerializer, 201: ReleaseDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Release a finished run under a DOI, or draft a release (201).

        200 when the run was released already.
        """
        check_length(request)
        if is_draft(request.data):
            return draft_answer(request)
        wanted = _wanted(request.data)
        check_may_release(asker(request))
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
        release = release_of(name)
        if release.withdrawn_at is not None:
            raise CrateWithdrawnError(f"The release {release.pk} was withdrawn: its page says why.")
        if release.closed_until is not None:
            raise ClosedFilesError(
                f"The files of the release {release.pk} are closed until {release.closed_until}."
            )
        deposit = deposit_of(release)
        response = FileResponse(
            deposited_crate(deposit), content_type=ZIP,
            as_attachment=True, filename=deposit.file_name,
        )  # fmt: skip
        response["ETag"] = f'"{deposit.crate}"'
        page = f"{settings.PUBLIC_URL}{release.get_absolute_url()}"
        response["Link"] = header(content_links(page))
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
            "Name what to draft a release of: figure, runs, version or production; or a finished "
            "run, which is released at once.",
            errors=errors,
        )
    return dict(form.validated_data)
