"""The checklist of a release: what it must, should and may have before it is frozen.

Every finding says in words for the one who can mend it what is wrong and what to do, and leads
to the field or the run that it is about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ontology.domain.findings import Finding, Severity, Where
from publishing.domain.faults import faults_of
from publishing.domain.licences import licence_spelled, suits_code, suits_data
from publishing.domain.orcid import orcid_spelled
from publishing.domain.record import Record

SHORT = 12  # letters of an address that are shown
NAMED_AT_MOST = 5
ENDS = {"failed": "failed", "cancelled": "was cancelled"}
Item = TypeVar("Item")


class Mender(StrEnum):
    """Whose move it is."""

    AUTHOR = "author"
    OPERATOR = "operator"
    RERUNNER = "whoever runs it again"


@dataclass(frozen=True, slots=True)
class Told(Finding):
    """A finding of a release.

    Attributes:
        field: path in the form and the API, such as ``people.0.orcid``; empty for none.
        mender: whose move it is.
        link: page where it is mended, when that is not the draft's own; empty otherwise.
    """

    field: str = ""
    mender: Mender = Mender.AUTHOR
    link: str = ""


@dataclass(frozen=True, slots=True)
class ChosenRun:
    """A run of a release, as far as the checklist looks at it.

    Attributes:
        address: of the run.
        state: one of ``executor.domain.states``.
        version: digest of its version.
        is_trial: whether a diagnosis made the version to find out what matters.
        is_unfit: whether the version is a draft of its author's, with findings to mend first.
        is_fed_on: whether it feeds another run of the release, and so is packed with that one.
        evicted: names of outputs whose bytes are not kept any more.
        short: names of outputs of which the store has no bytes, or not as many as there were.
    """

    address: str
    state: str = "finished"
    version: str = ""
    is_trial: bool = False
    is_unfit: bool = False
    is_fed_on: bool = False
    evicted: tuple[str, ...] = ()
    short: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """Its page."""
        return f"/runs/{self.address}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a repository takes in one record; ``None`` where it says nothing."""

    repository: str
    files: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A release as the checklist sees it.

    Attributes:
        record: what it says of itself.
        runs: what it is made of.
        today: the day on which it is looked at.
        files: how many files go to a repository.
        size: bytes of all products together.
        limits: of the repositories that say so.
        elsewhere: how many of its runs stand in somebody else's open draft.
        same_as: number of the version before when that holds the very same; 0 otherwise.
    """

    record: Record
    runs: tuple[ChosenRun, ...] = ()
    today: date = date.min
    files: int = 0
    size: int = 0
    limits: tuple[Limits, ...] = field(default=())
    elsewhere: int = 0
    same_as: int = 0


def check(draft: Draft) -> tuple[Told, ...]:
    """The findings of a draft, the gravest first."""
    order = list(Severity)
    found = (*_words(draft.record), *_faults(draft), *_runs(draft), *_whole(draft),
             *_wishes(draft.record))  # fmt: skip
    return tuple(sorted(found, key=lambda item: order.index(item.severity)))


def _must(name: str, path: str, what: str, mend: str) -> Told:
    return Told(Severity.MUST, f"publishing/{name}", Where(), what, mend, field=path)


def _words(record: Record) -> Iterator[Told]:
    if not record.title.strip():
        yield _must("title", "title", "It has no title.", "Give it one line that says what it "
                    "shows.")  # fmt: skip
    if not any(item.name for item in record.creators):
        yield _must("people", "people", "It names no author.", "Add whoever made it, with the "
                    "role author; in an entry CITATION.cff lists them.")  # fmt: skip
    if not record.licence.strip():
        yield _must("licence", "licence", "It has no licence.", "Choose one for the whole, such "
                    "as CC-BY-4.0, or BSD-3-Clause when it is mostly code.")  # fmt: skip


def _faults(draft: Draft) -> Iterator[Told]:
    for fault in faults_of(draft.record, draft.today):
        yield _must(fault.rule, fault.field, fault.what, fault.mend)


def _runs(draft: Draft) -> Iterator[Told]:
    if not draft.runs:
        yield _must("runs", "runs", "It has no run.", "Choose at least one.")
    open_runs = [run for run in draft.runs if run.state != "finished"]
    if open_runs:
        named = ", ".join(
            f"{run.address[:SHORT]} {ENDS.get(run.state, f'is {run.state}')}"
            for run in _few(open_runs)
        )
        yield Told(
            Severity.MUST, "publishing/finished", Where(),
            f"{len(open_runs)} of its runs have not finished: {named}.",
            "Try again what failed, wait for the others, or leave them out.",
            field="runs", mender=Mender.RERUNNER, link=open_runs[0].link,
        )  # fmt: skip
    if len({run.version for run in draft.runs if not run.is_fed_on}) > 1:
        yield _must("one-workflow", "runs", "Its runs are of several versions.", "A crate has one "
                    "main workflow: release the runs of each version by themselves.")  # fmt: skip
    yield from _versions(draft.runs)
    for run in draft.runs:
        yield from _bytes(run)


def _versions(runs: tuple[ChosenRun, ...]) -> Iterator[Told]:
    trials = [run for run in runs if run.is_trial]
    if trials:
        yield _must("trial", "runs",
                    f"{len(trials)} of its runs are trials that a diagnosis made.",
                    "No author stated such a version: release the one diagnosed.")  # fmt: skip
    unfit = [run for run in runs if run.is_unfit and not run.is_trial]
    if unfit:
        yield _must("draft-version", "runs",
                    f"{len(unfit)} of its runs are of versions that are drafts still.",
                    "Mend the findings of the version, register it, and run it again.")  # fmt: skip


def _bytes(run: ChosenRun) -> Iterator[Told]:
    lost = (
        ("evicted", run.evicted, "cleared away to make room"),
        ("lost-bytes", run.short, "lost, or cut short, in the store"),
    )
    for name, outputs, how in lost:
        if outputs:
            yield Told(
                Severity.MUST, f"publishing/{name}", Where(),
                f"The run {run.address[:SHORT]} does not have all its products: "
                f"{', '.join(_few(outputs))} was {how}.",
                "Have it made again: then its bytes are here, and the same by digest.",
                field="runs", mender=Mender.RERUNNER, link=run.link,
            )  # fmt: skip


def _whole(draft: Draft) -> Iterator[Told]:
    for limit in draft.limits:
        if limit.files is not None and draft.files > limit.files:
            yield _limited(
                limit, "files", f"takes {limit.files} files, and these are {draft.files}"
            )
        if limit.size is not None and draft.size > limit.size:
            yield _limited(limit, "size", f"takes {_gigabytes(limit.size)}, and the products alone "
                           f"have {_gigabytes(draft.size)}")  # fmt: skip
    if draft.same_as:
        yield _must("unchanged", "runs", f"Nothing changed since version {draft.same_as}.",
                    "Change it, or cite that version: the same gets no new DOI.")  # fmt: skip
    if draft.elsewhere:
        yield Told(
            Severity.SHOULD, "publishing/elsewhere", Where(),
            f"{draft.elsewhere} of its runs stand in a draft that somebody else has open.",
            "Agree who releases them, or one result gets two DOIs.", field="runs",
        )  # fmt: skip


def _limited(limit: Limits, name: str, words: str) -> Told:
    return Told(
        Severity.SHOULD, f"publishing/too-much-{name}", Where(), f"{limit.repository} {words}.",
        "Release fewer runs, or publish it where more is taken; the operator can ask "
        f"{limit.repository} for more.",
        field="runs", mender=Mender.OPERATOR,
    )  # fmt: skip


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _wishes(record: Record) -> Iterator[Told]:
    if not record.description.strip():
        yield _wish("description", "description", "It has no description.",
                    "Say in some sentences what it shows and how it was made.")  # fmt: skip
    code, data = record.licences.code or record.licence, record.licences.data or record.licence
    path = "licences.code" if record.licences.code else "licence"
    if licence_spelled(code) and not suits_code(code):
        yield _wish("code-licence", path, f"Its code is under {code}, which is not made for code.",
                    "Give the code a licence of its own, such as BSD-3-Clause.")  # fmt: skip
    if licence_spelled(data) and record.licences.code and not suits_data(data):
        yield Told(Severity.MAY, "publishing/data-licence", Where(),
                   f"Its data are under {data}, which speaks of software alone.",
                   "CC-BY-4.0 or CC0-1.0 say what may be done with data.",
                   field="licences.data")  # fmt: skip
    if record.embargo and not record.embargo_reason.strip():
        yield _wish("embargo-reason", "embargo_reason", "It does not say why its files are closed.",
                    "Say it in a sentence: readers will ask.")  # fmt: skip
    if not all(orcid_spelled(item.orcid) for item in record.creators):
        yield Told(Severity.MAY, "publishing/orcid", Where(), "Not every author has an ORCID.",
                   "Add those you know: it is how people are told apart.",
                   field="people")  # fmt: skip


def _wish(name: str, path: str, what: str, mend: str) -> Told:
    return Told(Severity.SHOULD, f"publishing/{name}", Where(), what, mend, field=path)


def _few(items: Sequence[Item]) -> list[Item]:
    return list(items[:NAMED_AT_MOST])
