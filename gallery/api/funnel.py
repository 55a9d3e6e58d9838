"""``/api/funnel/``: the funnel in numbers."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery.domain.funnel import (
    MEANINGS,
    STAGES,
    STUDY,
    STUDY_DOI,
    STUDY_YEAR,
    Counted,
    counted,
    over_time,
)
from gallery.queries import tracks


class CountedSerializer(serializers.Serializer[Any]):
    """How many of a population came how far."""

    total = serializers.IntegerField()
    declared = serializers.IntegerField()
    installed = serializers.IntegerField()
    ran = serializers.IntegerField()
    compared = serializers.IntegerField()
    reproduced = serializers.IntegerField()


class FunnelSerializer(serializers.Serializer[Any]):
    """The funnel now and over time, beside that of the study whose stages it has."""

    meanings = serializers.DictField(child=serializers.CharField())
    entries = CountedSerializer()
    figures = CountedSerializer()
    study = serializers.DictField()
    over_time = serializers.DictField()


class FunnelDetail(APIView):
    """The funnel."""

    @extend_schema(responses=FunnelSerializer)
    def get(self, _request: Request) -> Response:
        """Count how many entries and figures came how far."""
        entries, figures = tracks()
        now = timezone.now()
        known = {"entries": entries, "figures": figures}
        return Response(
            {
                "meanings": {stage.word: MEANINGS[stage] for stage in STAGES},
                **{name: _numbers(counted(name, found)) for name, found in known.items()},
                "study": {
                    "what": STUDY.name, "doi": STUDY_DOI, "year": STUDY_YEAR, **_numbers(STUDY),
                },
                "over_time": {
                    name: [
                        {"before": date, **_numbers(item)}
                        for date, item in over_time(name, found, now)
                    ]
                    for name, found in known.items()
                },
            }
        )  # fmt: skip


def _numbers(found: Counted) -> dict[str, int]:
    return {"total": found.total, **{stage.word: found.stages[stage] for stage in STAGES}}
