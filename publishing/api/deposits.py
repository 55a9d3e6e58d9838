"""``/api/deposits/`` and ``/api/releases/<id>/deposits/``: how deposits stand, and new ones."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publishing.actions import begin_deposit, check_may_deposit
from publishing.actions.owning import may_change
from publishing.api.drafts import asker, check_length
from publishing.errors import BadReleaseRequestError
from publishing.models import Deposit
from publishing.queries.drafts import draft_of
from publishing.queries.health import (
    Stand,
    deposit_numbered,
    deposits,
    public_stands,
    stands,
)


class DepositStandSerializer(serializers.Serializer[Any]):
    """How a deposit stands."""

    id = serializers.IntegerField(source="deposit.pk")
    release = serializers.CharField(source="deposit.release_id")
    repository = serializers.CharField(source="deposit.repository")
    state = serializers.CharField(source="deposit.state")
    word = serializers.CharField(source="health.word", help_text="the state as people say it")
    since = serializers.DateTimeField(help_text="when the last step was done")
    waits_for = serializers.CharField(source="health.waits_for", allow_blank=True)
    to_do = serializers.CharField(source="health.to_do", help_text="the one thing to do")
    doi = serializers.CharField(source="deposit.doi", allow_null=True)
    concept_doi = serializers.CharField(source="deposit.concept_doi", allow_blank=True)
    remote_url = serializers.CharField(source="deposit.remote_url", allow_blank=True)
    is_production = serializers.BooleanField(source="deposit.is_production")
    error_id = serializers.CharField(source="deposit.error_id", allow_blank=True)
    error = serializers.CharField(source="deposit.error", allow_blank=True)
    faults = serializers.JSONField(
        source="deposit.errors_json", help_text="field of the release → what is wrong with it"
    )
    tries = serializers.IntegerField(source="deposit.tries", help_text="in vain since then")
    next_try_at = serializers.DateTimeField(source="deposit.next_try_at", allow_null=True)
    url = serializers.SerializerMethodField()

    def get_url(self, stand: Stand) -> str:
        """Where the deposit is asked for again."""
        return f"/api/deposits/{stand.deposit.pk}/"


class DepositRequestSerializer(serializers.Serializer[Any]):
    """What a request for a deposit takes."""

    repository = serializers.CharField(max_length=40, help_text="name of a repository, or shelf")


class DepositList(GenericAPIView[Any]):
    """All deposits."""

    serializer_class = DepositStandSerializer

    @extend_schema(responses=DepositStandSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the deposits: those that failed first, then those on their way."""
        page = self.paginate_queryset(deposits())
        shown = DepositStandSerializer(public_stands(page or ()), many=True)
        return self.get_paginated_response(shown.data)


class DepositDetail(APIView):
    """One deposit."""

    @extend_schema(responses=DepositStandSerializer)
    def get(self, _request: Request, number: int) -> Response:
        """Show how a deposit stands."""
        (found,) = public_stands([deposit_numbered(number)])
        return Response(DepositStandSerializer(found).data)


class ReleaseDeposits(APIView):
    """The deposits of one release."""

    @extend_schema(responses=DepositStandSerializer(many=True))
    def get(self, request: Request, name: str) -> Response:
        """List where a release is, or is to be; to its owner with all that went wrong."""
        release = draft_of(name)
        rows = release.deposits.select_related("release").order_by("pk")
        found = stands(rows) if may_change(release, asker(request)) else public_stands(rows)
        return Response(DepositStandSerializer(found, many=True).data)

    @extend_schema(request=DepositRequestSerializer, responses={202: DepositStandSerializer})
    def post(self, request: Request, name: str) -> Response:
        """Ask for a deposit (202); a worker brings it there, and Location tells how it stands."""
        check_length(request)
        form = DepositRequestSerializer(data=request.data)
        if not form.is_valid():
            raise BadReleaseRequestError(
                "Send the name of a repository as `repository`.", errors={"repository": "missing"}
            )
        release, repository = draft_of(name), form.validated_data["repository"]
        check_may_deposit(asker(request), release, repository)
        deposit = begin_deposit(release, repository)
        headers = {"Location": f"/api/deposits/{deposit.pk}/"}
        return Response(_shown(deposit), status=202, headers=headers)


def _shown(deposit: Deposit) -> dict[str, Any]:
    return dict(DepositStandSerializer(stands([deposit])[0]).data)
