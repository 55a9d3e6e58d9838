"""``/api/runs/``: asking for runs, watching them, cancelling them."""

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from executor.actions import ask, cancel_run, explain_run, plan_request, why_unknown
from executor.actions.drawing import drawn_plan
from executor.api.shapes import (
    PlanPreviewSerializer,
    PlanSerializer,
    RequestSerializer,
    RunDetailSerializer,
    RunSerializer,
    shown_run,
)
from executor.domain.asker import Asker
from executor.domain.drawing import Drawn
from executor.domain.estimate import estimated, in_words, missing
from executor.domain.priority import Priority
from executor.errors import BadRequestError
from executor.models import Run
from executor.queries import answers, asker_of, estimates, listed_runs, plan_of, run_at
from lib.listing import listed
from lib.remote import host_of

PRIORITIES = {item.name.lower(): item for item in Priority if item is not Priority.BOT}


class RunList(GenericAPIView[Run]):
    """All runs but the trials of diagnoses, newest first; new requests."""

    serializer_class = RunSerializer
    parser_classes = (JSONParser,)

    @extend_schema(responses=RunSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the runs."""
        return listed(self, listed_runs())

    @extend_schema(
        request=RequestSerializer, responses={200: RunDetailSerializer, 202: RunDetailSerializer}
    )
    def post(self, request: Request) -> Response:
        """Answer at once when the run is known (200), else queue it (202)."""
        content, priority = wanted(request.data)
        done = ask(content, asker=asker(request), priority=priority)
        run = done.run if done.known else run_at(done.run.address, answers())
        body = shown_run(run) | {"known": done.known, "output": done.output}
        headers = {"Location": f"/api/runs/{run.address}/"}
        return Response(body, status=200 if done.known else 202, headers=headers)


class PlanPreview(APIView):
    """What a request would come to, before it is made."""

    parser_classes = (JSONParser,)

    @extend_schema(request=RequestSerializer, responses=PlanPreviewSerializer)
    def post(self, request: Request) -> Response:
        """Plan a request: its nodes, which of them are known, and why it is not. Writes nothing."""
        content, _priority = wanted(request.data)
        plan = plan_request(content, asker=asker(request))
        drawn = drawn_plan(plan)
        return Response(PlanSerializer(drawn).data | _cost(drawn) | {"why": why_unknown(plan)})


def _cost(drawn: Drawn) -> dict[str, Any]:
    """How much of a plan is to be run, and how long that takes."""
    needed = missing(drawn)
    left = estimated(drawn, estimates(drawn), settings.WORKERS) if needed else None
    return {
        "missing": len(needed),
        "seconds": left.seconds if left else None,
        "in_words": in_words(left.seconds) if left else "",
        "is_least": left.is_least if left else False,
    }


class RunPlan(APIView):
    """The plan of a run: all runs that feed it."""

    @extend_schema(responses=PlanSerializer)
    def get(self, _request: Request, address: str) -> Response:
        """Show the runs that a run is made of, and how they stand."""
        return Response(PlanSerializer(plan_of(run_at(address))).data)


class RunExplain(APIView):
    """Why a run was not known when it was asked for."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request, address: str) -> Response:
        """Show the nearest run that was known, and the difference."""
        return Response(explain_run(run_at(address)))


class RunDetail(APIView):
    """One run."""

    @extend_schema(responses=RunDetailSerializer)
    def get(self, _request: Request, address: str) -> Response:
        """Show a run."""
        return Response(shown_run(run_at(address, answers())))


class RunCancel(APIView):
    """Cancelling a run."""

    @extend_schema(request=None, responses={202: RunDetailSerializer})
    def post(self, _request: Request, address: str) -> Response:
        """Ask a run to stop."""
        cancel_run(run_at(address))
        return Response(shown_run(run_at(address, answers())), status=202)


def wanted(data: Any) -> tuple[dict[str, Any], Priority]:  # noqa: ANN401 -- parsed request data
    """The request in some data, and how urgent it is.

    Raises:
        BadRequestError: it is no object, or the priority is none.
    """
    if not isinstance(data, dict):
        raise BadRequestError("Send an object with at least the name of a workflow.")
    content = dict(data)
    named = content.pop("priority", "interactive")
    if not isinstance(named, str) or named not in PRIORITIES:
        sentence = f"The priority is one of: {', '.join(PRIORITIES)}."
        raise BadRequestError(f"priority: {sentence}", errors={"priority": sentence})
    return content, PRIORITIES[named]


def asker(request: Request) -> Asker:
    """Who sends a request."""
    return asker_of(host_of(request._request), request.headers.get("Authorization", ""))  # noqa: SLF001 -- DRF hides Django's
