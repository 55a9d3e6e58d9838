"""The README of the crate of a composed run."""

from publishing.domain.chain_facts import ChainFacts, StepFacts
from publishing.domain.layout import README, Member, written
from publishing.domain.readme import plain, verdicts_in_words
from publishing.domain.wheels import what_is_needed

STEPS_SHOWN = 60


def chain_readme(facts: ChainFacts) -> Member:
    """The file ``README.md``."""
    stated = facts.stated
    authors = stated.record.creators if stated else facts.last.people
    people = ", ".join(plain(person.name) for person in authors) or "unknown"
    description = f"{plain(facts.description)}\n\n" if facts.description else ""
    doi = f"- DOI: {facts.doi}\n" if facts.doi else ""
    judged = f"{verdicts_in_words(stated.figures)}\n" if stated and stated.figures else ""
    shown = "\n".join(_step(step) for step in facts.steps[-STEPS_SHOWN:])
    pythons = {".".join(step.run.python.split(".")[:2]) for step in facts.steps if step.run.python}
    python = " and ".join(sorted(pythons)) or "3.11"
    text = (
        f"# {plain(facts.title)}\n\n{description}"
        f"- Authors: {people}\n- Licence: {plain(facts.licence) or 'not given'}\n{doi}"
        f"- A composed request of {len(facts.steps)} runs\n- Page: <{facts.landing}>\n\n"
        f"{judged}## Run it again\n\n    python3 rerun.py\n\n"
        f"{what_is_needed(facts.wheels, python)} It runs every step in order, each fed with what "
        "the steps before it have just made, and compares every product with the recorded one.\n"
        "The exit status is 0 when all are identical or their numbers agree within 1e-9, 1 when "
        "one differs, and 3 when something cannot be run; the last line then says why.\n\n"
        "## The steps\n\n"
        f"{shown}\n\n"
        "## What is inside\n\n"
        "- `request.json`: the whole request, as `POST /api/runs/` of a Reprise takes it\n"
        "- `workflows/`: the author's files of every version, and its lock beside them\n"
        "- `outputs/`: what each run made; `inputs/`: products that were given\n"
        "- `data/`: the data files; those not here are fetched and checked by sha256\n"
        "- `rerun.py`, `rerun.json` and the runners: what runs it again, without any service\n"
        "- `ro-crate-metadata.json`: all of this for machines; `ro-crate-preview.html`: for "
        "people\n\n"
        "A product that is not here, because it is large or was cleared away, is named by its "
        "sha256; rerun.py makes it again and compares that.\n"
    )
    return written(README, text.encode())


def _step(step: StepFacts) -> str:
    version = step.version
    return f"- `{step.run.address[:12]}` {plain(version.slug)}, version {version.number}"
