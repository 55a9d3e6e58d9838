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
        return [_OUTPUT.to_representation(item) | _value(run, item) for item in run.outputs.all()]

    def get_error(self, run: Run) -> dict[str, str] | None:
        """Why it failed or waits, and whose move it is."""
        return {"id": run.error_id, "detail": run.error} if run.error_id else None

    def get_log(self, run: Run) -> str:
        """What its newest attempt printed."""
        logs = run.attempts.order_by("-number").values_list("log", flat=True)
        return next(iter(logs[:1]), "")

    def get_crate(self, run: Run) -> str | None:
        """Where its crate is, once it has finished."""
        return f"/api/runs/{run.address}/crate/" if run.state == Run.States.FINISHED else None


_OUTPUT, _DETAIL = OutputSerializer(), RunDetailSerializer()  # made once: that is half their cost


def shown_run(run: Run) -> dict[str, Any]:
    """A run with its parameters, outputs, log and error, as JSON values."""
    return dict(_DETAIL.to_representation(run))


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
    """What a request takes; only described here, ``executor.domain.request`` reads it."""

    workflow = serializers.SlugField(max_length=60, required=False)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1, default=None)
    parameters = serializers.DictField(
        required=False,
        help_text=(
            "name → value; a product is a digest, {run, output}, {node, output}, another request "
            "with the output to take, or a list of those"
        ),
    )
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    output = serializers.CharField(required=False, help_text="the output that is asked for")
    nodes = serializers.DictField(required=False, help_text="name → request, written flat")
    want = serializers.CharField(required=False, help_text="the node that is asked for")
    priority = serializers.ChoiceField(choices=["interactive", "landing", "bulk"], required=False)


class PlanNodeSerializer(serializers.Serializer[Any]):
    """A run of a plan."""

    address = serializers.CharField()
    workflow = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.CharField(help_text="of the run; `new` when there is none yet")
    known = serializers.BooleanField()
    changed = serializers.ListField(child=serializers.CharField())
    depth = serializers.IntegerField(help_text="steps from what feeds nothing above it")


class PlanEdgeSerializer(serializers.Serializer[Any]):
    """An output of one run that another takes."""

    source = serializers.CharField()  # type: ignore[assignment]
    output = serializers.CharField()
    target = serializers.CharField()
    parameter = serializers.CharField()
    position = serializers.IntegerField()


class PlanSerializer(serializers.Serializer[Any]):
    """A plan: runs, each after those that feed it, and what feeds what."""

    want = serializers.CharField()
    known = serializers.IntegerField(help_text="runs that need not be run again")
    total = serializers.IntegerField()
    nodes = PlanNodeSerializer(many=True)
    edges = PlanEdgeSerializer(many=True)


class PlanPreviewSerializer(PlanSerializer):
    """A plan of what is not asked for yet: what is to be run, how long it takes, and why."""

    missing = serializers.IntegerField(help_text="runs that the answer still needs")
    seconds = serializers.FloatField(
        allow_null=True, help_text="until the answer; null when nothing is missing or nobody knows"
    )
    in_words = serializers.CharField(help_text="the same as people say it")
    is_least = serializers.BooleanField(help_text="whether some of it never ran before")
    why = serializers.ListField(child=serializers.DictField(), help_text="of each unknown run")
