"""What the preview of a crate says, from the facts of its runs or of its composed run."""

from datetime import datetime

from catalogue.domain.query import spelled
from publishing.domain.chain_facts import ChainFacts, StepFacts
from publishing.domain.chain_layout import output_path, product_id
from publishing.domain.credits import Somebody
from publishing.domain.facts import CrateFacts, RunFacts, Stated, VersionFacts
from publishing.domain.layout import Member, identifier, product_path
from publishing.domain.preview import RUNS_SHOWN, Page, ToldRun
from publishing.domain.record import Funding, Related
from publishing.domain.shown import ShownFigure
from publishing.domain.wheels import Wheels, what_is_needed

COMMAND = "python3 rerun.py"


def page_of_runs(facts: CrateFacts, files: tuple[Member, ...]) -> Page:
    """The preview of runs of one version."""
    pictures = {
        (run.address, item.name): identifier(product_path(facts, run, item))
        for run in facts.runs
        for item in run.products
        if item.role == "output"
    }
    told = tuple(_told(facts.version, run) for run in facts.runs[:RUNS_SHOWN])
    return Page(
        title=facts.title, description=facts.description,
        people=_people(facts.stated, facts.people), doi=facts.doi,
        concept=facts.stated.concept if facts.stated else "", published=_day(facts.published),
        version=_version(facts.stated), landing=facts.landing,
        licences=_licences(facts.stated, facts.licence), figures=_figures(facts.stated),
        pictures=pictures, runs=told, more_runs=len(facts.runs) - len(told), command=COMMAND,
        needs=_needs(facts.wheels, {_python(facts.runs[0])}),
        related=_related(facts.stated, facts.references), funding=_funding(facts.stated),
        closed=_closed(facts.stated), files=files,
    )  # fmt: skip


def page_of_chain(facts: ChainFacts, files: tuple[Member, ...]) -> Page:
    """The preview of a composed run; what was asked for comes first."""
    steps = facts.steps[::-1]
    pictures = {
        (step.run.address, item.name): product_id(
            facts, item, output_path(step, item), kept=item.digest in step.kept
        )
        for step in steps
        for item in step.run.products
        if item.role == "output" and item.digest in step.kept
    }
    pythons = {_python(step.run) for step in steps}
    return Page(
        title=facts.title, description=facts.description,
        people=_people(facts.stated, _everybody(facts)), doi=facts.doi,
        concept=facts.stated.concept if facts.stated else "", published=_day(facts.published),
        version=_version(facts.stated), landing=facts.landing,
        licences=_licences(facts.stated, facts.licence), figures=_figures(facts.stated),
        pictures=pictures,
        runs=tuple(_told(step.version, step.run) for step in steps[:RUNS_SHOWN]),
        more_runs=max(0, len(steps) - RUNS_SHOWN), command=COMMAND,
        needs=_needs(facts.wheels, pythons),
        related=_related(facts.stated, facts.references), funding=_funding(facts.stated),
        closed=_closed(facts.stated), files=files,
    )  # fmt: skip


def _everybody(facts: ChainFacts) -> tuple[Somebody, ...]:
    steps: tuple[StepFacts, ...] = (facts.last, *facts.versions)
    return tuple(dict.fromkeys(person for step in steps for person in step.people))


def _told(version: VersionFacts, run: RunFacts) -> ToldRun:
    units = {item.name: item.unit or "" for item in version.interface.parameters}
    values = tuple(
        (name, spelled(value), units.get(name, "")) for name, value in run.values.items()
    )
    what = f"{version.slug}, version {version.number}"
    return ToldRun(run.address, what, values, _day(run.ended))


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _version(stated: Stated | None) -> str:
    return f"version {stated.number}" if stated else ""


def _python(run: RunFacts) -> str:
    return ".".join(run.python.split(".")[:2]) or "3.11"


def _needs(wheels: Wheels, pythons: set[str]) -> str:
    return (
        f"{what_is_needed(wheels, ' and '.join(sorted(pythons)))} It compares what it makes with "
        "what is recorded here."
    )


def _people(stated: Stated | None, people: tuple[Somebody, ...]) -> tuple[Somebody, ...]:
    if stated is None or not stated.record.contributors:
        return people
    record = stated.record
    others = [item for item in record.contributors if item not in record.creators]
    return (*record.creators, *others)


def _licences(stated: Stated | None, licence: str) -> tuple[tuple[str, str], ...]:
    parts = stated.record.licences if stated else None
    named = (("Code", parts.code), ("Data", parts.data), ("Text", parts.text)) if parts else ()
    return (("Licence", licence), *((what, known) for what, known in named if known))


def _figures(stated: Stated | None) -> tuple[ShownFigure, ...]:
    return stated.figures if stated else ()


def _funding(stated: Stated | None) -> tuple[Funding, ...]:
    return stated.record.funding if stated else ()


def _related(stated: Stated | None, references: tuple[str, ...]) -> tuple[Related, ...]:
    told = stated.record.related if stated else ()
    return told or tuple(Related(item, "url", "References") for item in dict.fromkeys(references))


def _closed(stated: Stated | None) -> str:
    embargo = stated.record.embargo if stated else None
    reason = stated.record.embargo_reason if stated else ""
    return f"The files are closed until {embargo.isoformat()}. {reason}" if embargo else ""
