"""The README of the crate of a composed run."""

from publishing.domain.chain_facts import ChainFacts, StepFacts
from publishing.domain.layout import README, Member, written
from publishing.domain.readme import plain

STEPS_SHOWN = 60


def chain_readme(facts: ChainFacts) -> Member:
    """The file ``README.md``."""
    last = facts.last
    people = ", ".join(plain(person.name) for person in last.people) or "unknown"
    description = f"{plain(last.description)}\n\n" if last.description else ""
    shown = "\n".join(_step(step) for step in facts.steps[-STEPS_SHOWN:])
    pythons = {".".join(step.run.python.split(".")[:2]) for step in facts.steps if step.run.python}
    python = " and ".join(sorted(pythons)) or "3.11"
    text = (
        f"# {plain(last.title)}\n\n{description}"
        f"- Authors: {people}\n- Licence: {plain(last.licence) or 'not given'}\n"
        f"- A composed request of {len(facts.steps)} runs\n- Page: <{facts.landing}>\n\n"
        "## Run it again\n\n    python3 rerun.py\n\n"
        f"This needs Python {python} (or uv, which fetches it) and, the first time, the network "
        "for the packages. It runs every step in order, each fed with what the steps before it "
        "have just made, and compares every product with the recorded one.\n"
        "The exit status is 0 when all are identical or their numbers agree within 1e-9.\n\n"
        "## The steps\n\n"
        f"{shown}\n\n"
        "## What is inside\n\n"
        "- `request.json`: the whole request, as `POST /api/runs/` of a Reprise takes it\n"
        "- `workflows/`: the author's files of every version, and its lock beside them\n"
        "- `outputs/`: what each run made; `inputs/`: products that were given\n"
        "- `data/`: the data files; those not here are fetched and checked by sha256\n"
        "- `rerun.py`, `rerun.json` and the runners: what runs it again, without any service\n"
        "- `ro-crate-metadata.json`: all of this for machines (Provenance Run Crate 0.5)\n\n"
        "A product that is not here, because it is large or was cleared away, is named by its "
        "sha256; rerun.py makes it again and compares that.\n"
    )
    return written(README, text.encode())


def _step(step: StepFacts) -> str:
    version = step.version
    return f"- `{step.run.address[:12]}` {plain(version.slug)}, version {version.number}"
