"""The README of a crate: what it is, and the one command that runs it again."""

import re

from publishing.domain.facts import CrateFacts
from publishing.domain.layout import README, Member, is_cwl, runner_of, workflow_path, written
from publishing.domain.shown import ShownFigure
from publishing.domain.wheels import what_is_needed

RUNS_SHOWN = 60
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~])")


def plain(text: str) -> str:
    """A stranger's text as one line that Markdown shows as it is."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def readme(facts: CrateFacts) -> Member:
    """The file ``README.md``."""
    figures = facts.stated.figures if facts.stated else ()
    verdicts = [verdicts_in_words(figures)] if figures else []
    parts = [_what(facts), *verdicts, _run_again(facts), _inside(facts), _where_from(facts)]
    return written(README, ("\n".join(parts)).encode())


def _what(facts: CrateFacts) -> str:
    people = ", ".join(plain(person.name) for person in facts.people) or "unknown"
    description = f"{plain(facts.description)}\n\n" if facts.description else ""
    doi = f"- DOI: {facts.doi}\n" if facts.doi else ""
    return (
        f"# {plain(facts.title)}\n\n{description}"
        f"- Authors: {people}\n- Licence: {plain(facts.licence) or 'not given'}\n{doi}"
    )


def verdicts_in_words(figures: tuple[ShownFigure, ...]) -> str:
    """What was judged: a line for each figure."""
    lines = [
        f"- {plain(item.title or item.place)}: **{plain(item.verdict) or 'not judged yet'}**"
        f"{'. ' if item.words else ''}{plain(item.words)}"
        for item in figures
    ]
    return "## What was judged\n\n" + "\n".join(lines) + "\n"


def _run_again(facts: CrateFacts) -> str:
    values = facts.runs[0].values
    example = next(iter(values), "name")
    python = ".".join(facts.runs[0].python.split(".")[:2]) or "3.11"
    return (
        "## Run it again\n\n"
        "    python3 rerun.py\n\n"
        f"{what_is_needed(facts.wheels, python)} It makes an environment in `.venv-rerun/`, runs "
        "the notebook with the recorded parameters, and compares every product with the recorded "
        "one.\n"
        "The exit status is 0 when all are identical or their numbers agree within 1e-9, 1 when "
        "one differs, and 3 when something cannot be run; the last line then says why.\n\n"
        "Change a parameter:\n\n"
        f"    python3 rerun.py --set {example}=VALUE\n"
    )


def _inside(facts: CrateFacts) -> str:
    paths, main = {item.path for item in facts.version.files}, facts.version.main
    thing = "CWL document" if is_cwl(main) else "notebook"
    lines = [
        f"- `{workflow_path(main)}`: the {thing}, beside the author's files",
        "- `outputs/`: the products, the executed notebook and the plotted numbers",
        "- `requirements.lock`: every package with its version and hashes",
        f"- `rerun.py`, `rerun.json`, `{runner_of(main)}`: what runs it again, without any service",
        "- `ro-crate-metadata.json`: all of this for machines; `ro-crate-preview.html`: for people",
    ]
    if facts.version.data:
        lines.insert(
            2, "- `data/`: the data files; those not here are fetched and checked by sha256"
        )
    if "paper.toml" in paths:
        lines.insert(
            1, "- `workflow/paper.toml`: the published values, and how closely a re-run must agree"
        )
    return "## What is inside\n\n" + "\n".join(lines) + "\n"


def _where_from(facts: CrateFacts) -> str:
    version, runs = facts.version, "\n".join(_addresses(facts))
    commit = f", commit `{plain(version.commit)}`" if version.commit else ""
    return (
        "## Where it is from\n\n"
        f"- Workflow: {plain(version.slug)}, version {version.number}, digest `{version.digest}`\n"
        f"- Source: {plain(version.source)}{commit}\n"
        f"{runs}\n- Page: <{facts.landing}>\n"
    )


def _addresses(facts: CrateFacts) -> list[str]:
    found = [f"- Run: `{run.address}`" for run in facts.runs[:RUNS_SHOWN]]
    left = len(facts.runs) - len(found)
    return found + (
        [f"- And {left} more runs: `runs.csv` or `rerun.json` names all"] if left else []
    )
