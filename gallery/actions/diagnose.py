"""Diagnosing a check that is different: one thing after another is put back and run again.

Nothing but the row is remembered: ``trials_json`` has what was tried and what came of it, and the
next trial follows from that. Whoever is killed at any point is followed by a chore that goes on.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from executor.domain.states import ENDED, State
from executor.models import Run
from gallery.actions.concluding import Ending, conclude, next_step
from gallery.actions.trials import GOOD, Case, ask_trial, baseline_of, case_of, result_of
from gallery.domain.diagnosis import Result, Trial
from gallery.domain.verdict import Verdict
from gallery.errors import NothingToDiagnoseError, TooManyDiagnosesError
from gallery.models import Check, Diagnosis, Figure
from lib.problem import ProblemError
from lib.queue import enqueue

GO_ON = "gallery.go_on_with_diagnosis"
BY_ITSELF_A_DAY = 3  # diagnoses of one figure that nobody asked for
BY_ITSELF_IN_ALL = 200  # of all figures in a day
UNDER_WAY_AT_MOST = 50
AT_ONCE = 20  # diagnoses that one chore takes up
STEPS = 100
TOLD = 1000  # characters that are kept of what a trial gave
PATIENCE = timedelta(hours=6)  # with a trial whose data are out of reach
LATER = 500  # the status of a refusal that is not for good
ASKED_AGAIN = 429


def diagnose(figure: Figure) -> Diagnosis:
    """Ask why the newest check of a figure is different; what was asked already is returned.

    Raises:
        NothingToDiagnoseError: the figure has no check, or one that is neither different nor
            failed.
        TooManyDiagnosesError: too many are under way.
    """
    check = _newest(figure)
    if check is None or check.verdict not in (Verdict.DIFFERENT, Verdict.FAILED):
        what = f"is {check.verdict}" if check else "was not judged yet"
        raise NothingToDiagnoseError(
            f"The figure {figure.slug} {what}: only a different or failed one is diagnosed."
        )
    known = Diagnosis.objects.filter(judged=check, asked_at__gte=check.checked_at).first()
    if known is None and _is_busy():
        raise TooManyDiagnosesError("Many diagnoses are under way: ask again in an hour.")
    return known or _begin(check, baseline_of(check))


def diagnose_by_itself(check: Check) -> Diagnosis | None:
    """Diagnose a check that is different, when an earlier one was good and it was not too often."""
    if check.verdict != Verdict.DIFFERENT:
        return None
    baseline = baseline_of(check)
    if baseline is None or baseline.verdict not in GOOD:
        return None
    day = timezone.now() - timedelta(days=1)
    recent = Diagnosis.objects.filter(asked_at__gte=day).exclude(judged=check)
    if recent.filter(judged__figure=check.figure).count() >= BY_ITSELF_A_DAY:
        return None
    if recent.count() >= BY_ITSELF_IN_ALL or _is_busy():
        return None
    return _begin(check, baseline)


def diagnose_newest(figure: Figure) -> Diagnosis | None:
    """The same for the newest check of a figure, unless it was diagnosed already."""
    check = _newest(figure)
    if check is None or Diagnosis.objects.filter(judged=check).exists():
        return None
    return diagnose_by_itself(check)


def go_on(diagnosis_id: int) -> None:
    """Take a diagnosis as far as it gets without waiting."""
    diagnosis = _running().filter(pk=diagnosis_id).first()
    if diagnosis is None:
        return
    case = case_of(diagnosis)
    for _step in range(STEPS):
        if not _resolve(case):
            return
        step = next_step(case)
        if isinstance(step, Ending):
            conclude(case, step)
            return
        if not _try(case, step):
            return


def wake_diagnoses(run_id: int) -> None:
    """Go on with the diagnoses that wait for a run, now that it has ended."""
    for pk in Diagnosis.objects.filter(waits_for=run_id).values_list("pk", flat=True):
        enqueue(GO_ON, pk)


def keep_diagnosing() -> None:
    """Begin and go on with what a lost signal or a killed process left."""
    for check in _undiagnosed():
        diagnose_by_itself(check)
    idle = Q(waits_for=None) | Q(waits_for__state__in=[*ENDED, State.WAITING])
    for pk in _running().filter(idle).order_by("asked_at").values_list("pk", flat=True)[:AT_ONCE]:
        enqueue(GO_ON, pk)


def _undiagnosed() -> list[Check]:
    """The newest checks that are different and were not diagnosed."""
    found = Check.objects.filter(
        figure__verdict=Verdict.DIFFERENT, verdict=Verdict.DIFFERENT, diagnosis=None
    ).select_related("figure", "run")
    good = Check.objects.filter(figure=OuterRef("figure"), verdict__in=GOOD)
    some = found.filter(Exists(good)).order_by("-checked_at", "-pk")[:AT_ONCE]
    return [check for check in some if check == _newest(check.figure)]


def _is_busy() -> bool:
    running = Diagnosis.objects.filter(state=Diagnosis.States.RUNNING)
    return running.count() >= UNDER_WAY_AT_MOST


def _newest(figure: Figure) -> Check | None:
    checks = figure.checks.select_related("figure", "run")
    return checks.order_by("-checked_at", "-pk").first()


def _running() -> Any:  # noqa: ANN401 -- a query set of rows with their relations
    related = Diagnosis.objects.select_related(
        "judged__figure", "judged__run", "baseline__run__version__workflow", "waits_for"
    )
    return related.filter(state=Diagnosis.States.RUNNING)


def _begin(check: Check, baseline: Check | None) -> Diagnosis:
    """The diagnosis of a check as it stands; one of an earlier judgement begins anew."""
    fresh: dict[str, Any] = {
        "baseline": baseline, "state": Diagnosis.States.RUNNING, "sentence": "", "cause_json": [],
        "trials_json": [], "waits_for": None, "asked_at": timezone.now(), "ended_at": None,
    }  # fmt: skip
    with transaction.atomic():
        diagnosis, created = Diagnosis.objects.get_or_create(judged=check, defaults=fresh)
        if not created and diagnosis.asked_at < check.checked_at:
            Diagnosis.objects.filter(pk=diagnosis.pk).update(**fresh)
            created = True
    if created:
        enqueue(GO_ON, diagnosis.pk)
        diagnosis.refresh_from_db()
    return diagnosis


def _resolve(case: Case) -> bool:
    """Write down what came of the trial that is under way; whether none is any more."""
    trials = case.diagnosis.trials_json
    if not trials or trials[-1]["result"]:
        return True
    run = Run.objects.filter(address=trials[-1]["run"]).first()
    if run is not None and not run.has_ended and not _is_given_up(run):
        return False
    result, verdict, sentence = _outcome(case, run)
    trials[-1] |= {"result": result.value, "verdict": verdict, "sentence": sentence[:TOLD]}
    return _write(case.diagnosis, None)


def _outcome(case: Case, run: Run | None) -> tuple[Result, str, str]:
    if run is None:
        return Result.NONE, "", "Its run is gone."
    if not run.has_ended:
        return Result.NONE, run.state, run.error or "The data it needs cannot be reached."
    return result_of(case, run)


def _is_given_up(run: Run) -> bool:
    return run.state == State.WAITING and run.requested_at < timezone.now() - PATIENCE


def _try(case: Case, trial: Trial) -> bool:
    """Make a trial; False when it cannot be asked for now."""
    record: dict[str, Any] = {
        "put_back": sorted(trial.put_back), "again": trial.again, "run": "", "result": "",
        "verdict": "", "sentence": "",
    }  # fmt: skip
    run = None
    try:
        run = ask_trial(case, trial)
    except ProblemError as error:
        if error.status >= LATER or error.status == ASKED_AGAIN:
            return False  # the queue is full, or the store is away: the chore asks again
        record |= {"result": Result.NONE.value, "sentence": error.detail[:TOLD]}
    else:
        record["run"] = run.address
    case.diagnosis.trials_json.append(record)
    return _write(case.diagnosis, run)


def _write(diagnosis: Diagnosis, waits_for: Run | None) -> bool:
    """Write the trials down, unless the diagnosis was begun anew or ended meanwhile."""
    diagnosis.waits_for = waits_for
    mine = Diagnosis.objects.filter(
        pk=diagnosis.pk, state=Diagnosis.States.RUNNING, asked_at=diagnosis.asked_at
    )
    return bool(mine.update(trials_json=diagnosis.trials_json, waits_for=waits_for))
