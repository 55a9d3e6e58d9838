"""How releases look in JSON."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from executor.models import Run
from publishing.models import Deposit, Release
from publishing.queries import deposit_of
from publishing.queries.landing import versions_of


class DepositSerializer(serializers.Serializer[Deposit]):
    """A deposit: its DOI and its crate."""

    repository = serializers.CharField()
    state = serializers.CharField()
    doi = serializers.CharField()
    doi_url = serializers.CharField()
    is_test = serializers.BooleanField(
        help_text="the DOI has the test prefix: no resolver knows it"
    )
    sha256 = serializers.CharField(source="crate")
    size = serializers.IntegerField(source="crate_size", help_text="bytes of the crate")
    published_at = serializers.DateTimeField()


class ReleasedRunSerializer(serializers.Serializer[Run]):
    """A run of a release."""

    address = serializers.CharField()
    workflow = serializers.CharField(source="version.workflow.slug")
    version = serializers.IntegerField(source="version.number")
    url = serializers.CharField(source="get_absolute_url")


class ReleaseSerializer(serializers.Serializer[Release]):
    """A release in a list."""

    id = serializers.CharField()
    title = serializers.CharField()
    licence = serializers.CharField()
    number = serializers.IntegerField(help_text="of the version, from 1")
    concept = serializers.CharField(source="concept_id", help_text="the same for all versions")
    frozen_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(source="get_absolute_url")
    crate = serializers.SerializerMethodField()
    deposit = serializers.SerializerMethodField()

    def get_crate(self, release: Release) -> str:
        """Where the deposited crate is."""
        return f"{settings.PUBLIC_URL}/api/releases/{release.pk}/crate/"

    @extend_schema_field(DepositSerializer)
    def get_deposit(self, release: Release) -> dict[str, Any]:
        """The deposit that the DOI leads to."""
        return dict(DepositSerializer(deposit_of(release)).data)


class ReleaseDetailSerializer(ReleaseSerializer):
    """A release with its words, people and runs."""

    description = serializers.CharField()
    people = serializers.JSONField(source="people_json")
    withdrawn_reason = serializers.CharField()
    superseded_by = serializers.SerializerMethodField()
    runs = serializers.SerializerMethodField()

    def get_superseded_by(self, release: Release) -> str | None:
        """The page of the newest version when this is an older one; null otherwise."""
        known = [item for item in versions_of(release) if item.withdrawn_at is None]
        later = [item for item in known if item.number > release.number]
        return later[0].get_absolute_url() if later else None

    @extend_schema_field(ReleasedRunSerializer(many=True))
    def get_runs(self, release: Release) -> list[dict[str, Any]]:
        """Address, workflow and version of every run."""
        return [dict(ReleasedRunSerializer(run).data) for run in release.runs.all()]


class ReleaseRequestSerializer(serializers.Serializer[Any]):
    """What a request for a release takes."""

    run = serializers.RegexField(r"^[0-9a-fA-F]{64}$", help_text="address of a finished run")
    title = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=300,
        help_text="one line; the title of the workflow when left out",
    )  # fmt: skip


class DraftRequestSerializer(serializers.Serializer[Any]):
    """What a draft is made from, exactly one of these; every field of a draft may stand beside."""

    figure = serializers.CharField(required=False, help_text="slug of a figure")
    runs = serializers.ListField(child=serializers.CharField(), required=False)
    version = serializers.CharField(required=False, help_text="workflow/number")
    production = serializers.DictField(
        required=False, help_text="`runs` of one version, with `workflow` and `version`"
    )
    run = serializers.CharField(required=False, help_text="with `draft`: a draft of this run")
    draft = serializers.BooleanField(required=False)


class WithdrawalSerializer(serializers.Serializer[Any]):
    """Why a release is withdrawn."""

    reason = serializers.CharField(max_length=1000)
