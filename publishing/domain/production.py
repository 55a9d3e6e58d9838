"""Many runs of one version: one action for all, one of them told in full, and a table of each."""

import csv
import io
import json

from publishing.domain.action import COMPLETED, action_id
from publishing.domain.credits import Entity, ref
from publishing.domain.facts import CrateFacts, ProductFacts, RunFacts
from publishing.domain.layout import LOCK, Member, identifier, product_path, workflow_path, written
from publishing.domain.workflow import data_id

RUNS_AT_MOST = 100
"""With more runs than this, a table tells of them instead of some entities each."""
TABLE = "runs.csv"
PRODUCTION = "#production"


def told_in_full(facts: CrateFacts) -> tuple[RunFacts, ...]:
    """The runs that have an action of their own."""
    return facts.runs[:1] if is_production(facts) else facts.runs


def is_production(facts: CrateFacts) -> bool:
    """Whether there are too many runs to tell of each."""
    return len(facts.runs) > RUNS_AT_MOST


def table(facts: CrateFacts) -> Member:
    """The file ``runs.csv``: a row for each run, every value spelled as JSON.

    As JSON a stranger's text stands in quotes, so that no spreadsheet takes it for a formula.
    """
    names = [item.name for item in facts.version.interface.parameters]
    outputs = list(dict.fromkeys(item.name for run in facts.runs for item in _made(run)))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    marks = [f"{name}:{what}" for name in outputs for what in ("path", "sha256")]
    head = ["address", "seed", "started", "ended", *names, *marks]
    rows.writerow(_safe(item) for item in head)
    for run in facts.runs:
        times = [run.started.isoformat(), run.ended.isoformat()]
        values = [json.dumps(run.values.get(name), ensure_ascii=False) for name in names]
        rows.writerow([run.address, run.seed, *times, *values, *_places(facts, run, outputs)])
    return written(TABLE, text.getvalue().encode())


def _safe(name: str) -> str:
    return name if name[:1].isalnum() or name[:1] == "_" else json.dumps(name, ensure_ascii=False)


def _made(run: RunFacts) -> list[ProductFacts]:
    return [item for item in run.products if item.role == "output"]


def _places(facts: CrateFacts, run: RunFacts, outputs: list[str]) -> list[str]:
    known = {item.name: item for item in _made(run)}
    found = []
    for name in outputs:
        item = known.get(name)
        found += [product_path(facts, run, item), item.digest] if item else ["", ""]
    return found


def production_action(facts: CrateFacts) -> Entity:
    """The action of all runs together."""
    version = facts.version
    data = [ref(data_id(item)) for item in version.data if data_id(item)]
    made = [identifier(product_path(facts, run, item)) for run in facts.runs
            for item in run.products]  # fmt: skip
    return {
        "@id": PRODUCTION,
        "@type": "CreateAction",
        "name": f"{len(facts.runs)} runs of {version.slug} version {version.number}",
        "description": f"Every run has a row in {TABLE}: its parameters, its times, what it made.",
        "instrument": ref(identifier(workflow_path(version.main))),
        "object": [ref(TABLE), *data],
        "result": [ref(name) for name in dict.fromkeys(made)],
        "startTime": min(run.started for run in facts.runs).isoformat(timespec="milliseconds"),
        "endTime": max(run.ended for run in facts.runs).isoformat(timespec="milliseconds"),
        "actionStatus": COMPLETED,
        "agent": ref(facts.service),
        "softwareRequirements": ref(LOCK),
    }


def action_ids(facts: CrateFacts) -> list[str]:
    """The ``@id`` of every action of the crate."""
    full = [action_id(run) for run in told_in_full(facts)]
    return [PRODUCTION, *full] if is_production(facts) else full


def judged_ids(facts: CrateFacts) -> dict[str, str]:
    """Address of a run → ``@id`` of the action that tells of it."""
    full = {run.address for run in told_in_full(facts)}
    return {
        run.address: action_id(run) if run.address in full else PRODUCTION for run in facts.runs
    }
