"""``…/provenance/``: what runs and products came from, and what came from them, as PROV."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from executor.domain.provenance import Direction
from executor.domain.provenance_formats import to_jsonld, to_prov_json, to_turtle
from executor.domain.provenance_records import Records
from executor.errors import BadRequestError
from executor.queries import product_of, provenance_of_product, provenance_of_run, run_at

DEPTH_AT_MOST = 100_000


class ProvRenderer(BaseRenderer):
    """Records of PROV as text; a problem stays JSON."""

    charset = None
    write: ClassVar[Callable[[Records], str]]

    def render(
        self, data: object, _media: str | None = None, _context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The bytes of an answer."""
        text = type(self).write(data) if isinstance(data, Records) else json.dumps(data)
        return text.encode()


class JsonLdRenderer(ProvRenderer):
    """PROV-O in JSON-LD."""

    media_type, format, write = "application/ld+json", "jsonld", to_jsonld


class TurtleRenderer(ProvRenderer):
    """PROV-O in Turtle."""

    media_type, format, write = "text/turtle", "turtle", to_turtle


class ProvJsonRenderer(ProvRenderer):
    """PROV-JSON."""

    media_type, format, write = "application/json", "prov-json", to_prov_json


class ByName(DefaultContentNegotiation):
    """By ``?format=`` when it is given, else by the header Accept."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer that a request wants; of a name that is none, the view complains."""
        known = {item.format: item for item in renderers}
        if named := request.query_params.get("format", ""):
            found = known.get(named) or next(iter(known.values()))
            return found, found.media_type
        chosen: tuple[BaseRenderer, str] = super().select_renderer(
            request, list(known.values()), format_suffix
        )
        return chosen


class Provenance(APIView):
    """What provenance of a run and of a product have in common."""

    renderer_classes = (JsonLdRenderer, TurtleRenderer, ProvJsonRenderer)
    content_negotiation_class = ByName


OPTIONS = [
    OpenApiParameter("direction", enum=[item.value for item in Direction]),
    OpenApiParameter("depth", int, description="steps to walk; all when left out"),
    OpenApiParameter("format", enum=[item.format for item in Provenance.renderer_classes]),
]


class RunProvenance(Provenance):
    """The provenance of a run."""

    @extend_schema(parameters=OPTIONS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, address: str) -> Response:
        """Show what a run came from, back to every input; forward when that is asked."""
        run = run_at(address)
        return Response(provenance_of_run(run, *_wanted(request, Direction.BACK)))


class ProductProvenance(Provenance):
    """The provenance of a product."""

    @extend_schema(parameters=OPTIONS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, digest: str) -> Response:
        """Show what a product came from and what came from it."""
        product = product_of(digest)
        return Response(provenance_of_product(product, *_wanted(request, Direction.BOTH)))


def _wanted(request: Request, usual: Direction) -> tuple[Direction, int | None]:
    """Direction and depth.

    Raises:
        BadRequestError: one of them, or the format, is none.
    """
    asked = request.query_params
    formats = [item.format for item in Provenance.renderer_classes]
    if asked.get("format", formats[0]) not in formats:
        raise _refusal("format", f"The format is one of: {', '.join(formats)}.")
    if asked.get("direction", usual) not in list(Direction):
        raise _refusal("direction", f"The direction is one of: {', '.join(Direction)}.")
    depth = asked.get("depth", "")
    if depth and not (depth.isascii() and depth.isdigit() and int(depth[:7]) <= DEPTH_AT_MOST):
        raise _refusal("depth", f"The depth is a whole number from 0 to {DEPTH_AT_MOST}.")
    return Direction(asked.get("direction", usual)), int(depth[:7]) if depth else None


def _refusal(name: str, sentence: str) -> BadRequestError:
    return BadRequestError(f"{name}: {sentence}", errors={name: sentence})
