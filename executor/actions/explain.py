"""Why a request was not known: the nearest run that was, and the difference."""

from typing import Any

from django.db.models import QuerySet

from executor.actions.plan import Plan, Planned
from executor.domain.explain import Question, differences
from executor.domain.states import State
from executor.models import Run

LOOKED_AT = 200  # of the newest finished runs of a workflow
Answered = tuple[str, Question]
"""Address of a run that has finished, and what it was asked."""

NAMED_AT_MOST = 20  # unknown nodes explained of one plan


def explain_run(run: Run) -> dict[str, Any]:
    """The nearest run that had finished when this one was asked for, and what differs."""
    before = Run.objects.filter(ended_at__lte=run.requested_at).exclude(pk=run.pk)
    found = _nearest(_answered(before, run.version.workflow_id), _question(run))
    return {"address": run.address, "workflow": run.version.workflow.slug} | found


def why_unknown(plan: Plan) -> list[dict[str, Any]]:
    """For every node of a plan without an answer, the nearest known run and the difference."""
    known = set(
        Run.objects.filter(address__in=list(plan.nodes), state=State.FINISHED).values_list(
            "address", flat=True
        )
    )
    unknown = [node for address, node in plan.nodes.items() if address not in known]
    candidates: dict[int, list[Answered]] = {}
    return [_why(node, candidates) for node in unknown[-NAMED_AT_MOST:]]


def _why(node: Planned, candidates: dict[int, list[Answered]]) -> dict[str, Any]:
    workflow = node.version.workflow_id
    if workflow not in candidates:
        candidates[workflow] = _answered(Run.objects.all(), workflow)
    asked = Question(
        node.version.number, node.version.digest, node.environment, node.seed, node.typed
    )
    found = _nearest(candidates[workflow], asked)
    return {"address": node.address, "workflow": node.version.workflow.slug} | found


def _answered(runs: QuerySet[Run], workflow: int) -> list[Answered]:
    """The newest runs of a workflow that have finished."""
    chosen = runs.filter(version__workflow=workflow, state=State.FINISHED).order_by("-pk")
    return [(run.address, _question(run)) for run in chosen.select_related("version")[:LOOKED_AT]]


def _question(run: Run) -> Question:
    return Question(
        run.version.number, run.version.digest, run.environment, run.seed, run.typed_json
    )


def _nearest(answered: list[Answered], asked: Question) -> dict[str, Any]:
    found = [(address, differences(known, asked)) for address, known in answered]
    if not found:
        return {"nearest": None, "differences": ["no run of this workflow has finished before"]}
    address, differing = min(found, key=lambda item: len(item[1]))
    return {"nearest": address, "differences": differing}
