"""The end of an attempt: products and state in one transaction, then whoever waits for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.actions import mark_not_deterministic
from executor.actions.settle import tell_after_commit
from executor.domain.manifest import media_type
from executor.domain.states import ENDED, State
from executor.models import Attempt, Output, Product, Run
from lib.problem import ProblemError

DATA_PAUSE = timedelta(minutes=10)
FAULT_PAUSE = timedelta(seconds=5)
GROWTH = 4  # of the pause from fault to fault: 5 s, 20 s, 80 s

Found = tuple[str, str, str, str, int]
"""Name, role, file name, digest and size of something that is in the store."""


def end_attempt(
    attempt: Attempt, state: State, error: ProblemError | None = None, found: Sequence[Found] = ()
) -> bool:
    """Write the end of an attempt and what it made; who lost the lease meanwhile writes nothing."""
    now = timezone.now()
    fault = {"error_id": error.id if error else "", "error": error.detail if error else ""}
    with transaction.atomic():
        mine = Run.objects.filter(pk=attempt.run_id, token=attempt.run.token, state=State.RUNNING)
        changed = mine.update(
            state=state, stage="", lease_until=None, nudged_at=now,
            try_after=_try_after(attempt, state, now),
            ended_at=now if state in ENDED else None, **fault, **_all_done(state),
        )  # fmt: skip
        outcome = state.value if changed else State.CANCELLED.value
        if changed and found:
            _write(attempt, found, state)
        Attempt.objects.filter(pk=attempt.pk, ended_at=None).update(
            ended_at=now, outcome=outcome, facts_json=attempt.facts_json,
            cpu_seconds=attempt.cpu_seconds, **fault,
        )  # fmt: skip
        if changed and state in ENDED:
            tell_after_commit(attempt.run_id)
    return bool(changed)


def _try_after(attempt: Attempt, state: State, now: datetime) -> datetime | None:
    if state in ENDED:
        return None
    return now + (DATA_PAUSE if state is State.WAITING else fault_pause(attempt.run.tries()))


def _all_done(state: State) -> Mapping[str, F]:
    """The last cell is told when it begins; that it ended shows in the end of the run."""
    return {"done": F("total")} if state is State.FINISHED else {}


def fault_pause(tries: int) -> timedelta:
    """How long to wait after so many tries: a disk or a database needs a while to come back."""
    return FAULT_PAUSE * int(GROWTH ** min(max(tries - 1, 0), 2))


def _write(attempt: Attempt, found: Sequence[Found], state: State) -> None:
    run, now = attempt.run, timezone.now()
    cost = (now - attempt.started_at).total_seconds()
    digests = {digest for _name, _role, _file, digest, _size in found}
    Product.objects.bulk_create(
        (
            Product(digest=digest, size=size, media_type=media_type(file), cost_seconds=cost)
            for _name, _role, file, digest, size in found
        ),
        ignore_conflicts=True,
    )
    back = Product.objects.filter(pk__in=digests, evicted_at__isnull=False)
    back.update(evicted_at=None, verified_at=None, used_at=now)
    if state is State.FINISHED:
        _compare_with_before(attempt, found)
        run.outputs.all().delete()
    else:  # what a run gave before still says how to make it again
        run.outputs.filter(role="notebook").delete()
    Output.objects.bulk_create(
        Output(run=run, name=name, role=role, file=file, product_id=digest)
        for name, role, file, digest, _size in found
    )


def _compare_with_before(attempt: Attempt, found: Sequence[Found]) -> None:
    """A run made again for evicted products must give the same bytes, or the page says so."""
    if not attempt.run.is_remade:
        return
    Run.objects.filter(pk=attempt.run_id).update(is_remade=False)
    before = {item.name: item.product_id for item in attempt.run.outputs.filter(role="output")}
    now = {name: digest for name, role, _file, digest, _size in found if role == "output"}
    differs = sorted(name for name, digest in before.items() if now.get(name) != digest)
    attempt.facts_json |= {"remade": True, "differs": differs}
    if differs:
        mark_not_deterministic(attempt.run.version)
