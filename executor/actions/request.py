"""Asking for a run, and asking it to stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalogue.domain.normalise import Inputs, normalise
from catalogue.models import Version
from executor.adapters import environments
from executor.domain.address import address
from executor.domain.states import State
from executor.errors import BadInputsError, QueueFullError, RunEndedError
from executor.models import Run
from executor.signals import run_ended
from lib.queue import enqueue

START = "executor.start_run"
SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Plan:
    """A request after normalisation: its address, before anything is asked of a worker."""

    version: Version
    inputs: Inputs
    environment: str
    seed: int
    address: str


@dataclass(frozen=True, slots=True)
class Requested:
    """The run of a request, and whether its answer was known already."""

    run: Run
    known: bool


def plan_run(version: Version, given: Mapping[str, Any], *, seed: int = 0) -> Plan:
    """Normalise a request and find its address; nothing is written.

    Raises:
        BadInputsError: some parameters are unknown, missing, or not what they should be.
    """
    inputs, faults = normalise(version.interface, given)
    if not 0 <= seed < SEEDS:
        faults["seed"] = "The seed is a whole number from 0 to 2147483647."
    if faults:
        raise BadInputsError(_sentence(faults), errors=faults)
    environment = environments.digest_of(version.lock)
    named = address(version=version.digest, environment=environment, inputs=inputs.typed, seed=seed)
    return Plan(version, inputs, environment, seed, named)


def request_run(version: Version, given: Mapping[str, Any], *, seed: int = 0) -> Requested:
    """Answer at once when the run is known, else queue it; the same question is queued once.

    A run that failed or was cancelled is queued again: failures are shown, never answers.

    Raises:
        BadInputsError: some parameters are wrong.
        QueueFullError: too many runs wait already.
    """
    plan = plan_run(version, given, seed=seed)
    known = Run.objects.select_related("version__workflow").filter(address=plan.address).first()
    if known and known.state == State.FINISHED:
        return Requested(known, known=True)
    with transaction.atomic():
        run = known or _create(plan)
        _queue_again(run)
    run.refresh_from_db()
    return Requested(run, known=False)


def cancel_run(run: Run) -> Run:
    """Ask a run to stop: one that waits is cancelled at once, one that runs within a second.

    Raises:
        RunEndedError: it has ended already.
    """
    waiting = (State.QUEUED, State.WAITING)
    stopped = Run.objects.filter(pk=run.pk, state__in=waiting).update(
        state=State.CANCELLED, stage="", ended_at=timezone.now()
    )
    if stopped:
        transaction.on_commit(partial(run_ended.send, Run, run_id=run.pk), robust=True)
    elif not Run.objects.filter(pk=run.pk, state=State.RUNNING).update(cancel_asked=True):
        run.refresh_from_db()
        raise RunEndedError(f"The run is {run.state} already, so there is nothing to cancel.")
    run.refresh_from_db()
    return run


def _sentence(faults: Mapping[str, str]) -> str:
    return " ".join(f"{name[:80]}: {fault}" for name, fault in faults.items())


def _check_queue() -> None:
    if Run.objects.filter(state=State.QUEUED).count() >= settings.QUEUE_AT_MOST:
        raise QueueFullError(f"{settings.QUEUE_AT_MOST} runs wait already: ask again later.")


def _create(plan: Plan) -> Run:
    _check_queue()
    run, created = Run.objects.get_or_create(
        address=plan.address,
        defaults={
            "version": plan.version,
            "environment": plan.environment,
            "typed_json": plan.inputs.typed,
            "values_json": plan.inputs.values,
            "changed_json": list(plan.inputs.changed),
            "seed": plan.seed,
        },
    )
    if created:
        enqueue(START, run.pk)
    return run


def _queue_again(run: Run) -> None:
    ended = (State.FAILED, State.CANCELLED)
    if run.state not in ended:
        # Who asks now wants an answer, whatever somebody else thought of a moment ago.
        Run.objects.filter(pk=run.pk, cancel_asked=True).update(cancel_asked=False)
        return
    _check_queue()
    now = timezone.now()
    if Run.objects.filter(pk=run.pk, state__in=ended).update(
        state=State.QUEUED, stage="", error="", error_id="", cancel_asked=False, done=0,
        requested_at=now, nudged_at=now, ended_at=None, lease_until=None,
    ):  # fmt: skip
        enqueue(START, run.pk)
