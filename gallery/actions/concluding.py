"""What a diagnosis does next, and how it ends."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from catalogue.actions import add_finding, mark_not_deterministic
from executor.models import Run
from executor.queries import run_at
from gallery.actions.judging import differs_from_itself, judged, moves_the_verdict
from gallery.actions.trials import GOOD, Case
from gallery.domain.diagnosis import Change, Conclusion, Kind, Result, Trial, next_trial, words
from gallery.domain.verdict import Verdict
from gallery.models import Diagnosis
from ontology.domain.findings import Finding, Severity, Where

NOT_DETERMINISTIC = "gallery/not-deterministic"
CHANGES_AT_MOST = 1000
States = Diagnosis.States


@dataclass(frozen=True, slots=True)
class Ending:
    """How a diagnosis ends."""

    state: States
    sentence: str
    cause: tuple[Change, ...] = ()


def next_step(case: Case) -> Trial | Ending:
    """The next trial of a case, or its end."""
    trials = case.diagnosis.trials_json
    repeats = sum(item["again"] for item in trials)
    if repeats and (by_chance := _by_chance(case)):
        return by_chance
    if repeats and case.baseline is None:
        clear = bool(_repeated(case)) and not _differing(case)
        sentence = words.nothing_to_put_back(gave_the_same=clear)
        return Ending(States.NOTHING_TO_PUT_BACK, sentence)
    if repeats and not trials[1:] and _is_restated(case):
        change = Change(Kind.STATEMENT, "published values", "as stated then", "as stated now")
        return Ending(States.FOUND, words.restated(), (change,))
    if repeats and len(case.changes) > CHANGES_AT_MOST:
        return Ending(States.NOT_FOUND, words.too_many(len(case.changes)))
    step = next_trial(case.changes, results(case), repeats=repeats)
    return _ending(case, step) if isinstance(step, Conclusion) else step


def results(case: Case) -> dict[frozenset[str], Result]:
    """What came of each set of changes that was put back."""
    return {
        frozenset(item["put_back"]): Result(item["result"])
        for item in case.diagnosis.trials_json
        if item["result"] and not item["again"]
    }


def conclude(case: Case, ending: Ending) -> None:
    """Write the end of a diagnosis, once, and mark a version that is not deterministic."""
    outputs = _differing(case)
    sentence = ending.sentence
    if outputs and not any(item.kind is Kind.CHANCE for item in ending.cause):
        sentence = f"{sentence} {words.by_chance(outputs)}"
    mine = Diagnosis.objects.filter(
        pk=case.diagnosis.pk, state=States.RUNNING, asked_at=case.diagnosis.asked_at
    )
    with transaction.atomic():
        if outputs:
            _mark(case, outputs)
        mine.update(
            state=ending.state, sentence=sentence, ended_at=timezone.now(), waits_for=None,
            cause_json=[item.to_json() for item in ending.cause],
        )  # fmt: skip


def _ending(case: Case, found: Conclusion) -> Ending:
    if not found.put_back:
        every = frozenset(item.key for item in case.changes if item.can_be_put_back)
        is_clear = results(case).get(every) is not Result.NONE
        sentence = words.unexplained(case.changes, is_complete=found.is_smallest, is_clear=is_clear)
        return Ending(States.NOT_FOUND, sentence)
    keys = sorted(item.key for item in found.put_back)
    trial = next(item for item in case.diagnosis.trials_json if item["put_back"] == keys)
    return Ending(States.FOUND, words.explained(found, trial["verdict"]), found.cause)


def _by_chance(case: Case) -> Ending | None:
    """The end of a case whose run is as far from itself as it is from the paper."""
    trials = case.diagnosis.trials_json
    restored = any(item["again"] and item["result"] == Result.RESTORED for item in trials)
    outputs = _differing(case)
    moves = (moves_the_verdict(case.figure, case.first, run) for run in _repeated(case))
    if not outputs or not (restored or any(moves)):
        return None
    cause = tuple(Change(Kind.CHANCE, name, "", "") for name in outputs)
    return Ending(States.FOUND, words.by_chance(outputs), cause)


def _differing(case: Case) -> list[str]:
    """Names of the outputs that came out otherwise when the same was run again."""
    found = [name for run in _repeated(case) for name in differs_from_itself(case.first, run)]
    return list(dict.fromkeys(found))


def _repeated(case: Case) -> list[Run]:
    """The same run once more, as often as it came to an end that says something."""
    return [
        run_at(item["run"])
        for item in case.diagnosis.trials_json
        if item["again"] and item["run"] and item["result"] not in ("", Result.NONE)
    ]


def _is_restated(case: Case) -> bool:
    """Whether the earlier run, good as it was, is different by what is stated now."""
    if case.baseline is None or Verdict(case.baseline.verdict) not in GOOD:
        return False
    before = run_at(case.baseline.run.address)
    return judged(case.figure, before).verdict is Verdict.DIFFERENT


def _mark(case: Case, outputs: list[str]) -> None:
    version = case.first.version
    mark_not_deterministic(version)
    what = f"Asked again in full, {', '.join(outputs)[:200]} came out otherwise."
    mend = "Give random numbers a fixed seed, and use no clock, or state deterministic = false."
    add_finding(
        version, Finding(Severity.SHOULD, NOT_DETERMINISTIC, Where(version.main), what, mend)
    )
