"""``/api/runs/<address>/compare/<other>/``: two runs side by side."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from executor.queries import run_at
from gallery.actions.comparing import side_by_side
from gallery.actions.sides import Compared, Pair, SideBySide


class RunCompare(APIView):
    """A run compared with another."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request, address: str, other: str) -> Response:
        """Say what was asked otherwise and what came out otherwise; ``other`` is the reference."""
        mine, published = run_at(address), run_at(other)
        known = side_by_side(mine, published, ("the other run", "this run"))
        return Response({"run": mine.address, "other": published.address} | _report(known))


def _report(known: SideBySide) -> dict[str, Any]:
    return {
        "changes": [item.to_json() | {"text": item.text} for item in known.changes],
        "numbers": [row.to_json() for row in known.numbers],
        "pictures": [_pair(item) for item in known.pictures],
        "products": [_compared(item) for item in known.products],
        "notes": list(known.notes),
    }


def _pair(pair: Pair) -> dict[str, Any]:
    overlay = pair.overlay
    return {
        "name": pair.name, "other": pair.published.product_id, "run": pair.mine.product_id,
        "same": pair.is_same, "series": overlay.pairs if overlay else 0,
        "furthest_sigmas": overlay.furthest if overlay else None, "notes": list(pair.notes),
    }  # fmt: skip


def _compared(item: Compared) -> dict[str, Any]:
    outcome = item.outcome
    return {
        "name": item.name, "other": item.published.product_id, "run": item.mine.product_id,
        "verdict": outcome.verdict.value, "sentence": outcome.sentence, "values": outcome.values,
        "off": outcome.off, "worst": asdict(outcome.worst) if outcome.worst else None,
        "notes": list(outcome.notes),
    }  # fmt: skip
