"""A small notebook, cold: our runner in the sandbox against nbclient with a real kernel.

nbclient and ipykernel are installed into an environment of their own, in a scratch folder.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMES = 7
CELLS: tuple[tuple[str, list[str]], ...] = (
    ("x = 3  # oda:Integer", ["parameters"]),
    ("y = sum(range(x))", []),
    ("total = y", ["outputs"]),
)


def notebook() -> dict[str, object]:
    """A notebook of three small cells."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code", "id": f"c{number}", "execution_count": None, "outputs": [],
            "source": source, "metadata": {"tags": tags},
        }
        for number, (source, tags) in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


def median(run: Callable[[], object]) -> float:
    """Median seconds of a call, after one that does not count."""
    run()
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def ours(folder: Path) -> Callable[[], object]:
    """The notebook by our runner, in the sandbox that this machine gives."""
    sys.path.insert(0, str(ROOT))
    from executor.adapters import sandbox  # noqa: PLC0415 -- the path comes first
    from executor.domain.job import Job  # noqa: PLC0415 -- the path comes first
    from executor.runtime import RUNNER  # noqa: PLC0415 -- the path comes first

    job = {
        "format": "reprise.job/1", "notebook": "n.ipynb", "parameters": {"x": 5}, "seed": 0,
        "outputs": [{"name": "total", "kind": "number"}], "folder": "outputs", "events_fd": 3,
    }  # fmt: skip
    (folder / "job.json").write_text(json.dumps(job))
    (folder / "runner.py").write_bytes(RUNNER.read_bytes())
    isolation = sandbox.isolation()
    python = str(Path(sys.executable))
    wanted = Job(
        argv=(python, "-s", "-B", "runner.py", "job.json"),
        folder=folder,
        readable=(Path(sys.prefix), Path(sys.base_prefix)),
        environ={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )

    def run() -> None:
        ending = sandbox.run(
            wanted, isolation=isolation, on_log=lambda _: None, on_event=lambda _: None,
            should_stop=lambda: False,
        )  # fmt: skip
        if ending.code != 0:
            raise SystemExit(f"our runner ended with {ending}")

    return run


def theirs(folder: Path) -> Callable[[], object]:
    """The notebook by nbclient, in an environment made for it."""
    uv, venv = str(Path(sys.executable).with_name("uv")), folder / "venv"
    subprocess.run([uv, "venv", "-q", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    subprocess.run([uv, "pip", "install", "-q", "-p", python, "nbclient", "ipykernel"], check=True)
    script = "import nbformat, nbclient; nb = nbformat.read('n.ipynb', 4); nbclient.NotebookClient(nb).execute()"  # noqa: E501 -- one line for -c
    environ = os.environ | {"PATH": f"{venv / 'bin'}:{os.environ['PATH']}"}
    return lambda: subprocess.run([python, "-c", script], cwd=folder, env=environ, check=True)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        taken = {}
        for name, make in {"our runner, sandboxed": ours, "nbclient, real kernel": theirs}.items():
            folder = Path(scratch) / make.__name__
            folder.mkdir()
            (folder / "n.ipynb").write_text(json.dumps(notebook()))
            taken[name] = median(make(folder))
    fastest = min(taken.values())
    for name, seconds in taken.items():
        print(f"{name:24} {seconds:6.3f} s  {seconds / fastest:5.1f} x")


if __name__ == "__main__":
    main()
