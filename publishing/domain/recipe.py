"""The recipe of a crate, ``rerun.json``: all that its ``rerun.py`` needs to know."""

import json
from typing import Any

from ontology.domain.kinds import ParameterKind
from publishing.domain.facts import CrateFacts, RunFacts, VersionFacts
from publishing.domain.layout import RECIPE, Member, product_path, runner_of, written
from publishing.domain.published import published_values
from publishing.domain.wheels import wheels_recipe

FORMAT = "reprise.rerun/1"
HOME = ".home"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ENVIRON = {
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "SOURCE_DATE_EPOCH": "1577836800",
    "TZ": "UTC",
} | dict.fromkeys(THREADS, "1")
"""What makes runs repeatable; the same as a run of the service has."""


def recipe(facts: CrateFacts) -> Member:
    """The file ``rerun.json``."""
    version = facts.version
    content = {
        "format": FORMAT,
        "title": facts.title,
        "python": _python(facts),
        "notebook": version.main,
        "runner": runner_of(version.main),
        "products": [
            item.name for item in version.interface.parameters if item.kind is ParameterKind.PRODUCT
        ],
        "outputs": [
            {"name": item.name, "kind": item.kind.value} for item in version.interface.outputs
        ],
        "environment": ENVIRON,
        "data": [
            {"name": item.file.name, "sha256": item.file.sha256, "url": item.file.url}
            for item in version.data
        ],
        "runs": [_run(facts, run) for run in facts.runs],
        "version": version_recipe(version),
        **wheels_recipe(facts.wheels),
    }
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    return written(RECIPE, f"{text}\n".encode())


def version_recipe(version: VersionFacts) -> dict[str, Any]:
    """What names a version, so that it can be registered elsewhere as the same."""
    return {"slug": version.slug, "number": version.number, "digest": version.digest}


def times(run: RunFacts) -> dict[str, str]:
    """When a run began and ended."""
    return {"started": run.started.isoformat(), "ended": run.ended.isoformat()}


def _run(facts: CrateFacts, run: RunFacts) -> dict[str, Any]:
    return {
        "address": run.address,
        "environment": run.environment,
        "published": published_values(facts.version.paper, facts.version.interface, run.values),
        "parameters": dict(run.values),
        "seed": run.seed,
        "products": [
            {
                "name": item.name,
                "role": item.role,
                "path": product_path(facts, run, item),
                "sha256": item.digest,
                "size": item.size,
            }
            for item in run.products
            if item.role != "notebook"
        ],
        **times(run),
        "executed": [
            {"path": product_path(facts, run, item), "sha256": item.digest, "size": item.size}
            for item in run.products
            if item.role == "notebook"
        ],
    }


def _python(facts: CrateFacts) -> str:
    """The Python of the runs as ``3.11``; empty when it is not known."""
    known = [run.python for run in facts.runs if run.python]
    return ".".join(known[0].split(".")[:2]) if known else ""
