"""The paths by which code of others is run: each probe is tried on every one."""

import json
import shutil
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from executor.adapters.sandbox import Isolation, isolation, run
from executor.domain.job import Ending, Job, Limits
from executor.runtime import RUNNER
from tests.executor.sandbox.probes.kinds import Probe
from tests.executor.sandbox.trials import ENVIRON, INTERPRETER, SMALL

Trial = Callable[[Probe, Path, list[bytes]], Ending]


def trial(name: str, store: Path) -> Trial:
    """How a path runs a probe that is given the file ``given`` of a store.

    Skips the test where the machine, or the project, lacks the path.
    """
    if name == "warm":
        return warm(store)
    found = isolated(name)

    def cold(probe: Probe, folder: Path, events: list[bytes]) -> Ending:
        argv = (sys.executable, "-I", "-S", "-c", probe.program)
        made = job(argv, probe, folder, store)
        return run(made, isolation=found, on_log=print, on_event=events.append, should_stop=bool)

    return cold


def warm(store: Path) -> Trial:
    """A process forked from a warm interpreter."""
    if find_spec("executor.adapters.warm") is None:
        pytest.skip("executor.adapters.warm is not there yet")
    found = isolated("direct")
    module = import_module("executor.adapters.warm")

    def forked(probe: Probe, folder: Path, events: list[bytes]) -> Ending:
        made = job(as_notebook(probe.program, folder), probe, folder, store)
        return module.run(
            made, environment=Path(sys.prefix), preload=(), shadows=(), isolation=found,
            roots=(store,), on_log=print, on_event=events.append, should_stop=bool,
        )  # fmt: skip

    return forked


def close_all() -> None:
    """End all warm interpreters of this process."""
    if find_spec("executor.adapters.warm") is not None:
        import_module("executor.adapters.warm").close_all()


def isolated(name: str) -> Isolation:
    """An isolation, where this machine has it."""
    found = isolation(name)
    if found.name != name:
        pytest.skip(found.reason)
    return found


def job(argv: tuple[str, ...], probe: Probe, folder: Path, store: Path) -> Job:
    """The job of a probe."""
    own = {key: text.replace("HERE", str(folder)) for key, text in probe.environ.items()}
    limits = Limits(**{**SMALL, **probe.limits})
    return Job(argv, folder, (*INTERPRETER, store / "given"), {**ENVIRON, **own}, limits)


def as_notebook(program: str, folder: Path) -> tuple[str, ...]:
    """Lay a program out as the one cell of a notebook."""
    cell = {
        "cell_type": "code", "id": "c0", "execution_count": None, "outputs": [],
        "source": program, "metadata": {},
    }  # fmt: skip
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    told = {
        "format": "reprise.job/1", "notebook": "n.ipynb", "parameters": {}, "outputs": [],
        "folder": "outputs", "seed": 0, "events_fd": 3,
    }  # fmt: skip
    (folder / "n.ipynb").write_text(json.dumps(notebook))
    (folder / ".job.json").write_text(json.dumps(told))
    shutil.copyfile(RUNNER, folder / f".{RUNNER.name}")
    return (sys.executable, "-s", "-B", f".{RUNNER.name}", ".job.json")
