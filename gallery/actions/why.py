"""What is known of why a figure is different, as pages and the API show it; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from executor.models import Run
from executor.queries import run_at
from gallery.actions.questions import question_of
from gallery.actions.trials import baseline_of
from gallery.domain.diagnosis import Change, changes, words
from gallery.domain.diagnosis.change import change_from_json
from gallery.domain.verdict import Verdict
from gallery.models import Check, Diagnosis, Figure

LOOKED_AT = 50  # diagnoses of a workflow's figures
BAD = (Verdict.DIFFERENT, Verdict.FAILED)


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial as a reader sees it.

    Attributes:
        what: what was put back, in words.
        address: of its run; empty when it could not be asked for.
        verdict: what it came to; empty while it is under way.
        sentence: the same in words and numbers.
        state: of its run, while it is under way.
    """

    what: str
    address: str
    verdict: str
    sentence: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of why the newest check of a figure is different.

    Attributes:
        check: the newest check.
        baseline: the earlier check that it is compared with; None when there is none.
        diagnosis: what was asked for; None before.
        changes: what differs between the two.
        cause: the changes that explain it; empty until they are found.
        trials: what was tried, in order.
    """

    check: Check
    baseline: Check | None
    diagnosis: Diagnosis | None
    changes: tuple[Change, ...]
    cause: tuple[Change, ...]
    trials: tuple[Tried, ...]

    @property
    def rest(self) -> tuple[Change, ...]:
        """The changes that do not explain it."""
        named = {item.key for item in self.cause}
        return tuple(item for item in self.changes if item.key not in named)

    @property
    def is_running(self) -> bool:
        """Whether trials are under way."""
        return self.diagnosis is not None and self.diagnosis.state == Diagnosis.States.RUNNING

    @property
    def state(self) -> str:
        """How far it has come, in a few words."""
        return self.diagnosis.state if self.diagnosis else "not asked for"


def why_different(figure: Figure) -> Why | None:
    """What is known of the newest check of a figure; None when it is not different."""
    checks = figure.checks.select_related("figure", "run").order_by("-checked_at", "-pk")
    check = checks.first()
    if check is None or check.verdict not in BAD:
        return None
    diagnosis = _diagnosis(check)
    baseline = diagnosis.baseline if diagnosis else baseline_of(check)
    found = changes(_question(baseline.run), _question(check.run)) if baseline else ()
    cause = tuple(change_from_json(item) for item in diagnosis.cause_json) if diagnosis else ()
    return Why(check, baseline, diagnosis, found, cause, _trials(diagnosis, found))


@dataclass(frozen=True, slots=True)
class Part:
    """The part that a trial plays: for which figure, the how-manieth, and what it put back."""

    figure: Figure
    number: int
    names: tuple[str, ...]


def parts_of(run: Run, slug: str) -> list[Part]:
    """The parts that the run of a trial version plays in diagnoses of a workflow's figures."""
    asked = Diagnosis.objects.filter(judged__figure__version__workflow__slug=slug)
    found = asked.select_related("judged__figure").order_by("-asked_at")[:LOOKED_AT]
    return [
        Part(item.judged.figure, number, tuple(key.partition(":")[2] for key in trial["put_back"]))
        for item in found
        for number, trial in enumerate(item.trials_json, start=1)
        if trial["run"] == run.address
    ]


def _diagnosis(check: Check) -> Diagnosis | None:
    """The diagnosis of a check as it stands now."""
    found = Diagnosis.objects.filter(judged=check, asked_at__gte=check.checked_at)
    return found.select_related("baseline__run__version", "waits_for").first()


def _question(run: Run) -> Any:  # noqa: ANN401 -- a Question, by a name of its own
    return question_of(run_at(run.address))


def _trials(diagnosis: Diagnosis | None, found: tuple[Change, ...]) -> tuple[Tried, ...]:
    if diagnosis is None:
        return ()
    known = {item.key: item for item in found}
    every = frozenset(item.key for item in found if item.can_be_put_back)
    state = diagnosis.waits_for.state if diagnosis.waits_for else ""
    return tuple(_tried(item, known, every, state) for item in diagnosis.trials_json)


def _tried(
    item: Mapping[str, Any], known: Mapping[str, Change], every: frozenset[str], state: str
) -> Tried:
    put_back = [change for key, change in known.items() if key in item["put_back"]]
    new = [change for key, change in known.items() if key in every - set(item["put_back"])]
    what = "The same again, in full" if item["again"] else words.tried(put_back, new)
    verdict = str(item["verdict"] or item["result"])
    return Tried(what, item["run"], verdict, item["sentence"], "" if verdict else state)
