"""Asking for a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.models import Version
from executor.actions.needed import is_kept
from executor.actions.plan import Plan, Versions, plan_request
from executor.actions.remember import name_of, recall, remember
from executor.actions.writing import write_plan
from executor.domain.asker import SERVICE, Asker
from executor.domain.priority import Priority
from executor.domain.states import State
from executor.models import Run


@dataclass(frozen=True, slots=True)
class Requested:
    """The run of a request, whether its answer was known already, and the output asked for."""

    run: Run
    known: bool
    output: str = ""


def request_run(
    version: Version,
    given: Mapping[str, Any],
    *,
    seed: int = 0,
    asker: Asker = SERVICE,
    priority: Priority = Priority.INTERACTIVE,
) -> Requested:
    """Ask for a run of a version, as ``ask``.

    Raises:
        BadInputsError: some parameters are wrong.
        QueueFullError, QuotaError, ProductEvictedError: as ``ask``.
    """
    content = {
        "workflow": version.workflow.slug, "version": version.number,
        "parameters": dict(given), "seed": seed,
    }  # fmt: skip
    plan = plan_request(content, asker=asker, versions=Versions(version))
    return _carry_out(plan, asker, priority)


def ask(
    content: Any,  # noqa: ANN401 -- any JSON value
    *,
    asker: Asker = SERVICE,
    priority: Priority = Priority.INTERACTIVE,
) -> Requested:
    """Answer a request at once when its run is known, else queue what is missing of it.

    The same question is queued once, whoever asks; nodes that are known are not run again. A run
    that failed or was cancelled is queued again: failures are shown, never answers.

    Raises:
        BadRequestError, BadInputsError: it is wrong; nothing was written.
        QueueFullError, QuotaError: it would be too much; nothing was written.
        ProductEvictedError: it is given a product whose bytes are not kept; nothing was written.
    """
    name = name_of(content)
    known = recall(name)
    if known and _is_answer(known.run):
        return Requested(known.run, known=True, output=known.output)
    plan = plan_request(content, asker=asker)
    done = _carry_out(plan, asker, priority)
    remember(name, done.run, plan.output)
    return done


def _carry_out(plan: Plan, asker: Asker, priority: Priority) -> Requested:
    known = _known(plan)
    if known and _is_answer(known):
        return Requested(known, known=True, output=plan.output)
    write_plan(plan, asker, priority)
    run = Run.objects.select_related("version__workflow").get(address=plan.want)
    return Requested(run, known=run.state == State.FINISHED, output=plan.output)


def _known(plan: Plan) -> Run | None:
    """The run that a plan asks for, with the version that the plan has at hand."""
    known = Run.objects.order_by().filter(address=plan.want).first()
    if known and known.version_id == plan.root.version.pk:
        known.version = plan.root.version
    return known


def _is_answer(run: Run) -> bool:
    """Whether a run has finished and all that it gave is still kept."""
    return run.state == State.FINISHED and is_kept(run)
