"""``/api/runs/``: asking for runs, watching them, cancelling them."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalogue.queries import runnable_version
from executor.actions import cancel_run, request_run
from executor.api.shapes import RequestSerializer, RunDetailSerializer, RunSerializer
from executor.domain.provenance import to_jsonld
from executor.errors import BadRequestError
from executor.models import Run
from executor.queries import provenance, run_at, runs
from lib.listing import listed

KNOWN = frozenset({"workflow", "version", "parameters", "seed"})


class RunList(GenericAPIView[Run]):
    """All runs, newest first; new requests."""

    serializer_class = RunSerializer

    @extend_schema(responses=RunSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the runs."""
        return listed(self, runs())

    @extend_schema(
        request=RequestSerializer, responses={200: RunDetailSerializer, 202: RunDetailSerializer}
    )
    def post(self, request: Request) -> Response:
        """Answer at once when the run is known (200), else queue it (202)."""
        wanted = _wanted(request.data)
        version = runnable_version(wanted["workflow"], wanted["version"])
        done = request_run(version, wanted["parameters"], seed=wanted["seed"])
        run = run_at(done.run.address)
        body = RunDetailSerializer(run).data | {"known": done.known}
        headers = {"Location": f"/api/runs/{run.address}/"}
        return Response(body, status=200 if done.known else 202, headers=headers)


class RunDetail(APIView):
    """One run."""

    @extend_schema(responses=RunDetailSerializer)
    def get(self, _request: Request, address: str) -> Response:
        """Show a run."""
        return Response(RunDetailSerializer(run_at(address)).data)


class RunCancel(APIView):
    """Cancelling a run."""

    @extend_schema(request=None, responses={202: RunDetailSerializer})
    def post(self, _request: Request, address: str) -> Response:
        """Ask a run to stop."""
        cancel_run(run_at(address))
        return Response(RunDetailSerializer(run_at(address)).data, status=202)


class RunProvenance(APIView):
    """What a run used and made, as PROV-O in JSON-LD."""

    @extend_schema(responses={(200, "application/ld+json"): OpenApiTypes.OBJECT})
    def get(self, _request: Request, address: str) -> HttpResponse:
        """Show the provenance of a run."""
        text = to_jsonld(provenance(run_at(address)))
        return HttpResponse(text, content_type="application/ld+json")


def _wanted(data: Any) -> dict[str, Any]:  # noqa: ANN401 -- parsed request data
    if not isinstance(data, dict):
        raise BadRequestError("Send an object with at least the name of a workflow.")
    unknown = sorted(set(data) - KNOWN)
    if unknown:
        raise BadRequestError(
            f"There is no field {str(unknown[0])[:80]!r}: use {', '.join(sorted(KNOWN))}."
        )
    form = RequestSerializer(data=data)
    if not form.is_valid():
        errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}
        raise BadRequestError("Some fields of the request are wrong.", errors=errors)
    return dict(form.validated_data)
