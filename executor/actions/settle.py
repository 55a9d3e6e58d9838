"""Settling runs that wait for inputs: queued, answered, or failed once their sources have ended."""

import logging
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from executor.actions.feeding import feeds
from executor.domain.address import address
from executor.domain.failure import named_failure
from executor.domain.plan import resolved_form
from executor.domain.states import OVER, State
from executor.errors import InputFailedError
from executor.models import Output, Run, RunInput
from executor.signals import run_ended
from lib.queue import enqueue

log = logging.getLogger(__name__)
WORK = "executor.work"
NUDGES_AT_MOST = 8


def settle(run_ids: Iterable[int]) -> int:
    """Look at runs that wait for inputs, and at what they feed in turn; how many were queued.

    A run whose sources have all finished is queued, or is finished at once when another run has
    answered the same question with the same inputs (early cut-off). A run with a source that
    failed fails, naming the path to it, and so does what depends on it; nothing else does.
    """
    waiting, queued = deque(run_ids), 0
    while waiting:
        pk = waiting.popleft()
        state = _settled(pk)
        queued += state is State.QUEUED
        if state in (State.FINISHED, State.FAILED):
            waiting.extend(fed_by(pk))
    wake_workers(queued)
    return queued


def wake_workers(runs: int) -> None:
    """Say that so many runs can be worked on: a few messages are enough to wake every worker."""
    for _nudge in range(min(runs, NUDGES_AT_MOST)):
        enqueue(WORK)


def tell_after_commit(pk: int) -> None:
    """Once the end of a run is committed, tell who listens, and settle what it feeds.

    After the commit: of two sources that end at the same moment the later one sees both.
    """
    _tell(pk)
    transaction.on_commit(partial(_settle_what_it_feeds, pk), robust=True)


def _settle_what_it_feeds(pk: int) -> None:
    settle(fed_by(pk))


def fed_by(pk: int) -> list[int]:
    """Runs that wait for a run."""
    blocked = Run.objects.filter(state=State.BLOCKED, inputs__source=pk)
    return list(blocked.order_by().distinct().values_list("pk", flat=True))


def _settled(pk: int) -> State | None:
    try:
        return _settle(pk)
    except Exception:
        # One run that cannot be settled holds up no other; the next sweep looks at it again.
        log.exception("run %s could not be settled", pk)
        return None


def _settle(pk: int) -> State | None:
    run = Run.objects.select_related("version__workflow").filter(pk=pk, state=State.BLOCKED).first()
    if run is None:
        return None
    failed = _failed_input(run)
    if failed is not None:
        return _fail(run, _sentence(failed))
    if run.inputs.exclude(source=None).exclude(source__state=State.FINISHED).exists():
        return None
    return _resolve(run)


def _failed_input(run: Run) -> RunInput | None:
    over = run.inputs.filter(source__state__in=OVER)
    return over.select_related("source__version__workflow").first()


def _sentence(failed: RunInput) -> str:
    source = failed.source
    if source is None:  # it was chosen by its source's state
        raise ValueError(failed)
    place = failed.name if not failed.position else f"{failed.name}[{failed.position}]"
    reason = source.error or f"it was {source.state}"
    return named_failure(place, source.version.workflow.slug, source.address, reason)


def _resolve(run: Run) -> State | None:
    try:
        # Always anew: a source that was made again may have given something else.
        resolved = _resolved(run)
    except ValueError as error:
        return _fail(run, f"An input cannot be used: {error}")
    twin = None if run.is_remade else _twin(run, resolved)
    if twin is not None:
        return _answer(run, twin, resolved)
    mine = Run.objects.filter(pk=run.pk, state=State.BLOCKED)
    return State.QUEUED if mine.update(state=State.QUEUED, resolved=resolved) else None


def _resolved(run: Run) -> str:
    """The address over what the inputs hold, now that it is known."""
    products: dict[str, tuple[str, ...]] = {}
    scalars: dict[str, dict[str, Any]] = {}
    for feed in feeds(run):
        name = feed.edge.name
        if feed.is_product:
            products[name] = (*products.get(name, ()), feed.product.digest)
        else:
            scalars[name] = feed.typed()
    return address(
        version=run.version.digest, environment=run.environment,
        inputs=resolved_form(run.typed, products, scalars), seed=run.seed,
    )  # fmt: skip


def _twin(run: Run, resolved: str) -> Run | None:
    """A run that has answered the same question about the same bytes, and is still kept."""
    known = Run.objects.filter(resolved=resolved, state=State.FINISHED).exclude(pk=run.pk)
    return known.exclude(outputs__product__evicted_at__isnull=False).order_by("pk").first()


def _answer(run: Run, twin: Run, resolved: str) -> State | None:
    """Early cut-off: the same question about the same bytes has been answered already."""
    now = timezone.now()
    with transaction.atomic():
        mine = Run.objects.filter(pk=run.pk, state=State.BLOCKED)
        if not mine.update(
            state=State.FINISHED, resolved=resolved, reused=twin, started_at=now, ended_at=now
        ):
            return None
        run.outputs.all().delete()
        Output.objects.bulk_create(
            Output(run=run, name=item.name, role=item.role, file=item.file, product=item.product)
            for item in twin.outputs.all()
        )
        _tell(run.pk)
    return State.FINISHED


def _fail(run: Run, sentence: str) -> State | None:
    error = InputFailedError(sentence)
    with transaction.atomic():
        mine = Run.objects.filter(pk=run.pk, state=State.BLOCKED)
        changed = mine.update(
            state=State.FAILED, error_id=error.id, error=error.detail, ended_at=timezone.now()
        )
        if changed:
            _tell(run.pk)
    return State.FAILED if changed else None


def _tell(pk: int) -> None:
    transaction.on_commit(partial(run_ended.send, Run, run_id=pk), robust=True)
