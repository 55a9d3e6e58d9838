"""The same notebook by our own runner and by the exact one, in one environment."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from executor.runtime import EXACT_RUNNER, RUNNER
from tests.executor.runtime.notebooks import Ran, notebook


class Both:
    """Runs the same notebook by either runner, each in a folder of its own."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.python, self.folder = python, folder

    def __call__(self, *cells, outputs=(), **job) -> tuple[Ran, Ran]:
        return self.fast(*cells, outputs=outputs, **job), self.exact(*cells, outputs=outputs, **job)

    def fast(self, *cells, **job) -> Ran:
        return self.run(RUNNER, {"x.ipynb": json.dumps(notebook(*cells)).encode()}, **job)

    def exact(self, *cells, **job) -> Ran:
        return self.run(EXACT_RUNNER, {"x.ipynb": json.dumps(notebook(*cells)).encode()}, **job)

    def run(self, program: Path, files, *, outputs=(), **job) -> Ran:
        """Run the notebook of some files (path → bytes) by one of the runners."""
        work = self.folder / program.stem
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        for file in (RUNNER, EXACT_RUNNER):
            shutil.copy(file, work / f".{file.name}")
        for path, data in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(data)
        reading, writing = os.pipe()
        whole = {"format": "reprise.job/1", "notebook": "x.ipynb", "events_fd": writing, **job}
        whole["outputs"] = [{"name": name, "kind": kind} for name, kind in outputs]
        (work / "job.json").write_text(json.dumps(whole))
        ended = subprocess.run(
            [self.python, "-s", "-B", f".{program.name}", "job.json"],
            cwd=work, capture_output=True, check=False, pass_fds=[writing], encoding="utf-8",
            timeout=300,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0", "HOME": str(work),
                 "MPLBACKEND": "Agg", "SOURCE_DATE_EPOCH": "1577836800", "TMPDIR": str(work)},
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as lines:
            events = [json.loads(line) for line in lines]
        return Ran(ended.returncode, ended.stdout, ended.stderr, events, work / "outputs")
