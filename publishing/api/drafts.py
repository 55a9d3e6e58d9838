"""``/api/releases/<id>/draft/`` and its siblings: drafting, checklist, freezing, versions."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from executor.domain.asker import Asker
from executor.queries import asker_of
from lib.remote import host_of
from publishing.actions import (
    change_draft,
    check_owner,
    checklist,
    delete_draft,
    draft_from,
    freeze_draft,
    new_version,
    withdraw_release,
)
from publishing.api.shapes import WithdrawalSerializer
from publishing.domain.drafting import OPTIONS
from publishing.domain.record import details_to_json
from publishing.errors import BadReleaseRequestError
from publishing.models import Release
from publishing.queries.choosing import SOURCES, chosen_by
from publishing.queries.drafts import draft_of

BYTES_AT_MOST = 1024 * 1024


class ReleaseDraft(APIView):
    """What a release says, as its owner drafts it."""

    parser_classes = (JSONParser,)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, name: str) -> Response:
        """Show a draft with its checklist."""
        return Response(shown_draft(owned(request, name)))

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, name: str) -> Response:
        """Change fields of a draft: all that was sent, or nothing."""
        check_length(request)
        release = owned(request, name)
        return Response(shown_draft(change_draft(release, request.data, asker=asker(request))))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, name: str) -> Response:
        """Delete a draft for good."""
        delete_draft(owned(request, name), asker=asker(request))
        return Response(status=204)


class ReleaseChecklist(APIView):
    """What a release still misses."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, name: str) -> Response:
        """List the findings, the gravest first, each with its field and whose move it is."""
        release = owned(request, name)
        return Response({"findings": [item.to_dict() for item in checklist(release)]})


class ReleaseFreeze(APIView):
    """Freezing a draft."""

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, name: str) -> Response:
        """Freeze a draft: from then on it stays as it is."""
        release = owned(request, name)
        return Response(shown_draft(freeze_draft(release, asker=asker(request))))


class ReleaseVersions(APIView):
    """The versions of a release."""

    @extend_schema(request=None, responses={200: OpenApiTypes.OBJECT, 201: OpenApiTypes.OBJECT})
    def post(self, request: Request, name: str) -> Response:
        """Draft the next version (201); 200 with the draft that is open already."""
        release = owned(request, name)
        known = Release.objects.filter(concept=release.concept_id, frozen_at=None).exists()
        return made(new_version(release, asker=asker(request)), status=200 if known else 201)


class ReleaseWithdrawal(APIView):
    """Withdrawing a release."""

    parser_classes = (JSONParser,)

    @extend_schema(request=WithdrawalSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, name: str) -> Response:
        """Withdraw a release: its page and its DOI stay, its crate is offered no more."""
        check_length(request)
        content = request.data if isinstance(request.data, Mapping) else {}
        release = owned(request, name)
        done = withdraw_release(release, content.get("reason"), asker=asker(request))
        return Response(shown_draft(done))


def is_draft(content: Any) -> bool:  # noqa: ANN401 -- parsed request data
    """Whether a request wants a draft, rather than one run released at once."""
    if not isinstance(content, dict):
        return False
    return any(name in content for name in SOURCES if name != "run") or "draft" in content


def draft_answer(request: Request) -> Response:
    """Draft a release of what a request names, with the fields that stand beside it."""
    content = dict(request.data)
    if content.pop("draft", True) is not True:
        raise BadReleaseRequestError("draft: This is true or left out.", errors={"draft": "true"})
    chosen = chosen_by(content)
    changes = {name: value for name, value in content.items() if name not in SOURCES}
    who = asker(request)
    return made(draft_from(chosen.runs, made_from=chosen.made_from, asker=who, changes=changes))


def made(release: Release, *, status: int = 201) -> Response:
    """A draft that there is now, and where."""
    headers = {"Location": f"/api/releases/{release.pk}/draft/"}
    return Response(shown_draft(release), status=status, headers=headers)


def owned(request: Request, name: str) -> Release:
    """The release of this id, when it is the asker's own."""
    release = draft_of(name)
    check_owner(release, asker(request))
    return release


def asker(request: Request) -> Asker:
    """Who sends a request."""
    return asker_of(host_of(request._request), request.headers.get("Authorization", ""))  # noqa: SLF001 -- DRF hides Django's


def check_length(request: Request) -> None:
    """Refuse by the length that the request gives, before anything of it is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isascii() and length.isdigit() and int(length[:18]) > BYTES_AT_MOST:
        raise BadReleaseRequestError("The request is larger than 1 MB.")


def shown_draft(release: Release) -> dict[str, Any]:
    """A draft as JSON, with its checklist."""
    moments = {name: getattr(release, name) for name in ("frozen_at", "withdrawn_at")}
    return {
        "id": release.pk,
        "number": release.number,
        "concept": release.concept_id,
        "made_from": release.made_from,
        "title": release.title,
        "description": release.description,
        "people": release.people_json,
        "licence": release.licence,
        **details_to_json(release.record),
        "options": {**OPTIONS, **release.options_json},
        "runs": list(release.runs.order_by("pk").values_list("address", flat=True)),
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "withdrawn_reason": release.withdrawn_reason,
        "checklist": [item.to_dict() for item in checklist(release)],
        "url": release.get_absolute_url(),
        "edit": f"{release.get_absolute_url()}/edit",
    }
