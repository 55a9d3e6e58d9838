"""How runs and products look in JSON."""

from typing import Any

from rest_framework import serializers

from catalogue.domain.interface import Value
from executor.models import Output, Run
from executor.queries import scalar
from ontology.domain.kinds import ProductKind

SCALARS = frozenset({ProductKind.NUMBER, ProductKind.BOOLEAN})


class OutputSerializer(serializers.Serializer[Output]):
    """An output: its product's digest and address, and its value when it is a number."""

    name = serializers.CharField()
    role = serializers.CharField()
    file = serializers.CharField()
    digest = serializers.CharField(source="product_id")
    media_type = serializers.CharField(source="product.media_type")
    size = serializers.IntegerField(source="product.size")
    url = serializers.CharField(source="product.get_absolute_url")


class RunSerializer(serializers.Serializer[Run]):
    """A run in a list."""

    address = serializers.CharField()
    workflow = serializers.CharField(source="version.workflow.slug")
    version = serializers.IntegerField(source="version.number")
    state = serializers.CharField()
    stage = serializers.CharField()
    done = serializers.IntegerField(help_text="cells that have ended")
    total = serializers.IntegerField(help_text="cells in all; 0 while unknown")
    url = serializers.CharField(source="get_absolute_url")
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class RunDetailSerializer(RunSerializer):
    """A run with its parameters, outputs, log and error."""

    environment = serializers.CharField()
    seed = serializers.IntegerField()
    parameters = serializers.JSONField(source="typed")
    changed = serializers.JSONField(source="changed_json")
    outputs = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    log = serializers.SerializerMethodField()
    crate = serializers.SerializerMethodField()

    def get_outputs(self, run: Run) -> list[dict[str, Any]]:
        """Every output; numbers with value and unit."""
        return [dict(OutputSerializer(item).data) | _value(run, item) for item in run.outputs.all()]

    def get_error(self, run: Run) -> dict[str, str] | None:
        """Why it failed or waits, and whose move it is."""
        return {"id": run.error_id, "detail": run.error} if run.error_id else None

    def get_log(self, run: Run) -> str:
        """What its newest attempt printed."""
        attempts = list(run.attempts.all())
        return attempts[-1].log if attempts else ""

    def get_crate(self, run: Run) -> str | None:
        """Where its crate is, once it has finished."""
        return f"/api/runs/{run.address}/crate/" if run.state == Run.States.FINISHED else None


def _value(run: Run, output: Output) -> dict[str, Value]:
    declared = run.interface.output(output.name)
    if output.role != "output" or declared is None or declared.kind not in SCALARS:
        return {}
    try:
        value = scalar(output)
    except (ValueError, OSError):
        return {"value": None, "unit": declared.unit}
    # JSON has no NaN; the text says what was found.
    shown = str(value) if isinstance(value, float) and value - value != 0 else value
    return {"value": shown, "unit": declared.unit}


class RequestSerializer(serializers.Serializer[Any]):
    """What a request for a run takes."""

    workflow = serializers.SlugField(max_length=60)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1, default=None)
    parameters = serializers.DictField(required=False, default=dict)
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
