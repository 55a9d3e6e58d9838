"""``/api/figures/<slug>/why/``: why a figure is different."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery.actions.diagnose import diagnose
from gallery.actions.why import Why, why_different
from gallery.domain.diagnosis import Change
from gallery.models import Figure
from gallery.queries import figure_named


class FigureWhy(APIView):
    """Why a figure is different."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request, slug: str) -> Response:
        """Say what is known of why a figure is different."""
        return Response(_report(figure_named(slug)))

    @extend_schema(request=None, responses={200: OpenApiTypes.OBJECT, 202: OpenApiTypes.OBJECT})
    def post(self, _request: Request, slug: str) -> Response:
        """Ask why a figure is different: 200 when it is known, 202 while trials are under way."""
        figure = figure_named(slug)
        diagnose(figure)
        report = _report(figure)
        return Response(report, status=202 if report["state"] == "running" else 200)


def _report(figure: Figure) -> dict[str, Any]:
    why = why_different(figure)
    if why is None:
        return {"figure": figure.slug, "state": "not different"}
    return {
        "figure": figure.slug, "state": why.state, "check": _check(why.check),
        "baseline": _check(why.baseline), "changes": [_change(item) for item in why.changes],
        **_diagnosis(why),
    }  # fmt: skip


def _diagnosis(why: Why) -> dict[str, Any]:
    diagnosis = why.diagnosis
    ended = diagnosis.ended_at if diagnosis else None
    return {
        "sentence": diagnosis.sentence if diagnosis else "",
        "cause": [_change(item) for item in why.cause],
        "trials": [
            {"what": item.what, "run": item.address, "verdict": item.verdict,
             "sentence": item.sentence}
            for item in why.trials
        ],
        "asked_at": diagnosis.asked_at.isoformat() if diagnosis else None,
        "ended_at": ended.isoformat() if ended else None,
    }  # fmt: skip


def _check(check: Any) -> dict[str, str] | None:  # noqa: ANN401 -- a Check or None
    if check is None:
        return None
    return {
        "run": check.run.address, "verdict": check.verdict, "sentence": check.sentence,
        "checked_at": check.checked_at.isoformat(),
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    return change.to_json() | {"text": change.text}
