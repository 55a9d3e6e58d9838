"""The checklist of a release: what it must and should have before it is frozen."""

from dataclasses import dataclass

from catalogue.domain.entry import Person
from ontology.domain.findings import Finding, Severity, Where
from publishing.domain.credits import licence_address, orcid_of


@dataclass(frozen=True, slots=True)
class Draft:
    """What a release says of itself.

    Attributes:
        title: one line.
        description: some sentences.
        licence: SPDX identifier.
        people: the authors.
        states: state of every run.
        versions: digest of the version of every run.
        trials: how many of the runs a diagnosis made to find out what matters.
    """

    title: str
    description: str
    licence: str
    people: tuple[Person, ...]
    states: tuple[str, ...]
    versions: tuple[str, ...]
    trials: int = 0


def check(draft: Draft) -> tuple[Finding, ...]:
    """The findings of a draft, the gravest first."""
    return tuple(item for item in (*_musts(draft), *_wishes(draft)) if item)


def _musts(draft: Draft) -> list[Finding | None]:
    must = Severity.MUST
    unfinished = [state for state in draft.states if state != "finished"]
    return [
        _unless(draft.title.strip(), must, "title", "It has no title.",
                "Give it one line that says what it shows."),
        _unless(any(item.name for item in draft.people), must, "people", "It names no author.",
                "List the authors in CITATION.cff."),
        _unless(draft.licence.strip(), must, "licence", "It has no licence.",
                "Write an SPDX identifier such as CC-BY-4.0 or BSD-3-Clause in CITATION.cff."),
        _unless(draft.states, must, "runs", "It has no run.", "Choose at least one."),
        _unless(not unfinished, must, "finished",
                f"{len(unfinished)} of its runs have not finished.",
                "Wait for them, or leave them out."),
        _unless(len(set(draft.versions)) <= 1, must, "one-workflow",
                "Its runs are of several versions.",
                "A crate has one main workflow: release the runs of each version by themselves."),
        _unless(not draft.trials, must, "trial",
                f"{draft.trials} of its runs are trials that a diagnosis made.",
                "No author stated such a version: release the run that was diagnosed."),
    ]  # fmt: skip


def _wishes(draft: Draft) -> list[Finding | None]:
    known = not draft.licence or licence_address(draft.licence)
    return [
        _unless(draft.description.strip(), Severity.SHOULD, "description", "It has no description.",
                "Add an abstract to CITATION.cff."),
        _unless(known, Severity.SHOULD, "spdx", "Its licence is no SPDX identifier.",
                "spdx.org/licenses lists them."),
        _unless(all(orcid_of(item) for item in draft.people), Severity.MAY, "orcid",
                "Not every author has an ORCID.", "Add the orcid of each author to CITATION.cff."),
    ]  # fmt: skip


def _unless(good: object, severity: Severity, name: str, what: str, mend: str) -> Finding | None:
    return None if good else Finding(severity, f"publishing/{name}", Where(), what, mend)
