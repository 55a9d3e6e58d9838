"""Trials of a diagnosis: asked for as any run is, judged as a check is, recorded as neither."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.actions import make_trial
from catalogue.actions.trial import Ingredients
from catalogue.domain.interface import Interface, Value
from catalogue.models import Version
from executor.actions import ask
from executor.domain.again import Answered, request_again
from executor.domain.priority import Priority
from executor.domain.states import State
from executor.models import Run
from executor.queries import run_at, upstream
from gallery.actions.judging import judged
from gallery.actions.questions import question_of
from gallery.domain.diagnosis import Change, Question, Result, Trial, changes
from gallery.domain.diagnosis.question import blend
from gallery.domain.verdict import Verdict
from gallery.models import Check, Diagnosis, Figure

GOOD = frozenset({Verdict.IDENTICAL, Verdict.WITHIN_TOLERANCE, Verdict.DRAWN_DIFFERENTLY})
TRIAL = "trial"
NEAR = 1 + 1e-9  # a deviation that is the same but for its last digits


@dataclass(frozen=True, slots=True)
class Case:
    """What is being diagnosed.

    Attributes:
        diagnosis: its row.
        figure: the figure that was judged.
        first: the run that differs.
        baseline: the earlier check; None when there is none.
        before: what the baseline was asked.
        after: what the run that differs was asked.
        changes: what differs between the two.
    """

    diagnosis: Diagnosis
    figure: Figure
    first: Run
    baseline: Check | None
    before: Question | None
    after: Question
    changes: tuple[Change, ...]


def case_of(diagnosis: Diagnosis) -> Case:
    """The case of a diagnosis, with its baseline as it was chosen."""
    check, baseline = diagnosis.judged, diagnosis.baseline
    first = run_at(check.run.address)
    after = question_of(first)
    before = question_of(run_at(baseline.run.address)) if baseline else None
    found = changes(before, after) if before else ()
    return Case(diagnosis, check.figure, first, baseline, before, after, found)


def baseline_of(check: Check) -> Check | None:
    """The newest earlier check that was good, or else the one that came nearest.

    None when no earlier check came nearer than this one.
    """
    earlier = check.figure.checks.filter(checked_at__lt=check.checked_at).exclude(run=check.run)
    earlier = earlier.select_related("run__version__workflow").order_by("-checked_at", "-pk")
    good = earlier.filter(verdict__in=GOOD).first()
    if good is not None:
        return good
    near = [item for item in earlier[:50] if item.comparisons_json]
    best = min(near, key=lambda item: distance(item.comparisons_json), default=None)
    if best is None or distance(best.comparisons_json) >= distance(check.comparisons_json):
        return None
    return best


def distance(comparisons: Sequence[Mapping[str, Any]]) -> tuple[int, float]:
    """How far a check is from the paper: values that are off, and the worst relative deviation."""
    off = [item for item in comparisons if Verdict(str(item["verdict"])) not in GOOD]
    return len(off), max((abs(item["relative"] or 0.0) for item in off), default=0.0)


def ask_trial(case: Case, trial: Trial) -> Run:
    """Ask for the run of a trial; what is known of it is not run again.

    Raises:
        NotAnEntryError: with this put back it is no entry that can be run.
        BadInputsError: its parameters do not fit what is put back.
        QueueFullError, QuotaError: it would be too much now.
    """
    question, version = _question(case, trial)
    request = _request(case, version, question)
    return ask(request, priority=Priority.BULK).run


def result_of(case: Case, run: Run) -> tuple[Result, str, str]:
    """What came of a trial that has ended: result, verdict and sentence."""
    if run.state != State.FINISHED:
        return _of_failure(case, run)
    judgement = judged(case.figure, run_at(run.address))
    found = [item.to_json() for item in judgement.comparisons]
    restored = judgement.verdict in GOOD or _is_as_near(case.baseline, found)
    if case.diagnosis.judged.verdict == Verdict.FAILED and not restored:
        return Result.NONE, judgement.verdict.value, judgement.sentence
    result = Result.RESTORED if restored else Result.DIFFERENT
    if judgement.verdict is Verdict.NOT_COMPARABLE:
        result = Result.NONE
    return result, judgement.verdict.value, judgement.sentence


def _of_failure(case: Case, run: Run) -> tuple[Result, str, str]:
    """A trial that gave nothing says nothing, unless to fail is what is being diagnosed."""
    raised = run.state == State.FAILED and run.error_id == "executor:user:raised"
    same = raised and case.diagnosis.judged.verdict == Verdict.FAILED
    return Result.DIFFERENT if same else Result.NONE, run.state, run.error


def _is_as_near(baseline: Check | None, found: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a trial came as near as a baseline that was not good itself."""
    if baseline is None or Verdict(baseline.verdict) in GOOD:
        return False
    (count, worst), (off, far) = distance(baseline.comparisons_json), distance(found)
    return (off, far) <= (count, worst * NEAR)


def _question(case: Case, trial: Trial) -> tuple[Question, Version]:
    present = case.first.version
    if trial.again or case.before is None or case.baseline is None:
        diagnosis, trials = case.diagnosis, case.diagnosis.trials_json
        repeat = sum(item["again"] for item in trials)
        nonce = f"{diagnosis.pk} {diagnosis.asked_at.isoformat()} {repeat}"
        return case.after, make_trial(present, _ingredients(case.after, nonce))
    every = trial.put_back == {item.key for item in case.changes if item.can_be_put_back}
    question = blend(case.before, case.after, trial.put_back, every=every)
    if every:
        return question, case.baseline.run.version
    return question, make_trial(present, _ingredients(question))


def _ingredients(question: Question, nonce: str = "") -> Ingredients:
    return Ingredients(
        question.files, question.main, question.lock, tuple(question.data.values()), nonce
    )


def _request(case: Case, version: Version, question: Question) -> dict[str, Any]:
    """The request for a trial: its own node, and all that feeds it as it was asked before."""
    tops = [case.first, *([case.baseline.run] if case.baseline else [])]
    keys = upstream(run.pk for run in tops) - {run.pk for run in tops}
    feeding = Run.objects.filter(pk__in=keys).select_related("version__workflow")
    known = {
        run.address: Answered(
            run.version.workflow.slug, run.version.number, run.typed, run.values_json, run.seed
        )
        for run in feeding
    }
    interface = version.interface
    typed = {name: form for name, form in question.parameters.items() if interface.parameter(name)}
    values = {name: _with_unit(name, form, interface) for name, form in typed.items()}
    slug = version.workflow.slug
    known[TRIAL] = Answered(slug, version.number, typed, values, question.seed)
    return request_again(TRIAL, known)


def _with_unit(name: str, form: Mapping[str, Any], interface: Interface) -> Value:
    """A plain value; with its unit where the version that is tried has another."""
    declared = interface.parameter(name)
    value: Value = form["value"]
    if declared is None or form.get("unit") in (None, declared.unit) or value is None:
        return value
    return {"value": value, "unit": str(form["unit"])}
