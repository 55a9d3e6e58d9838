"""Small notebooks, run as the sandbox runs them: in a process of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from executor.runtime import RUNNER

Cell = dict[str, Any]


def code(source: str, *tags: str) -> Cell:
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def notebook(*cells: str | Cell, **changes: object) -> dict[str, Any]:
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made, **changes}


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str
    events: list[dict[str, Any]]
    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text())
        return found

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.manifest["error"]
        return found

    @property
    def executed(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "executed.ipynb").read_text())
        return found

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.executed["cells"][cell - 1]["outputs"]
        return found

    def saved(self) -> dict[str, bytes]:
        return {
            row["name"]: (self.folder / row["file"]).read_bytes()
            for row in self.manifest["outputs"]
        }


class Runner:
    """Writes a notebook and its job into a folder and runs them there."""

    def __init__(self, work: Path) -> None:
        self.work = work

    def __call__(
        self,
        *cells: str | Cell,
        outputs: Mapping[str, str] = MappingProxyType({}),
        **job: Any,  # the rest of job.json as it is
    ) -> Ran:
        return self.run(json.dumps(notebook(*cells)), outputs=outputs, **job)

    def run(
        self,
        text: str,
        *,
        options: tuple[str, ...] = ("-s", "-B"),
        outputs: Mapping[str, str] = MappingProxyType({}),
        **job: Any,  # the rest of job.json as it is
    ) -> Ran:
        (self.work / "x.ipynb").write_text(text)
        reading, writing = os.pipe()
        whole = {"format": "reprise.job/1", "notebook": "x.ipynb", "events_fd": writing, **job}
        whole["outputs"] = [{"name": name, "kind": kind} for name, kind in outputs.items()]
        (self.work / "job.json").write_text(json.dumps(whole))
        ended = subprocess.run(
            [sys.executable, *options, RUNNER, "job.json"],
            cwd=self.work,
            capture_output=True,
            check=False,
            pass_fds=[writing],
            encoding="utf-8",
            timeout=60,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0", "HOME": str(self.work)},
        )
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as lines:
            events = [json.loads(line) for line in lines]
        return Ran(ended.returncode, ended.stdout, ended.stderr, events, self.work / "outputs")
