"""Asking again: a run that there is, and all that feeds it, written as one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.domain.interface import Value


@dataclass(frozen=True, slots=True)
class Answered:
    """A run that there is.

    Attributes:
        workflow: slug of its workflow.
        version: number of the version.
        typed: the typed form of its parameters, which its address is made of.
        values: the plain values of its parameters; those that are products may be missing.
        seed: seed of its random numbers.
    """

    workflow: str
    version: int
    typed: Mapping[str, Mapping[str, Any]]
    values: Mapping[str, Value]
    seed: int


def request_again(want: str, runs: Mapping[str, Answered]) -> dict[str, Any]:
    """The request (``executor.domain.request``) for the run at an address, written flat.

    Args:
        want: its address.
        runs: address → that run and all that feed it, near or far; each is a node of the request,
            so whatever of them was cleared away is asked for too.
    """
    return {"nodes": {name: _node(run, runs) for name, run in runs.items()}, "want": want}


def _node(run: Answered, runs: Mapping[str, Answered]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for name, form in run.typed.items():
        bound = _bound(form["value"], runs)
        if bound is not None:
            parameters[name] = bound
        elif form["type"] != "product":
            parameters[name] = run.values.get(name, form["value"])
    return {
        "workflow": run.workflow, "version": run.version, "parameters": parameters,
        "seed": run.seed,
    }  # fmt: skip


def _bound(value: Any, runs: Mapping[str, Answered]) -> Any:  # noqa: ANN401 -- any JSON value
    """A product as a request names it; None for a plain value and for the author's own file."""
    if isinstance(value, list):
        found = [_bound(item, runs) for item in value]
        return found if found and None not in found else None
    if isinstance(value, dict) and "digest" in value:
        return {"product": value["digest"]}
    if isinstance(value, dict) and "run" in value:
        place = "node" if value["run"] in runs else "run"
        return {place: value["run"], "output": value["output"]}
    return None
