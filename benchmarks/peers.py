"""The same work by others: papermill, redun, the bare script; and what each asks for known answers.

All are installed into an environment of their own, in a scratch folder, with the very packages
that our entry is locked to. Whole commands are timed as a person starts them; where a peer can be
asked again inside a running process, as ours is, that is timed too, inside the process.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.speed_entries import LEAVES, LOCK, SCRIPT, notebook

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGES = ("papermill", "ipykernel", "redun", "snakemake", "joblib")
TIMES = 5
AGAIN = 3
REDUN_FIGURE = """
import subprocess, sys
from redun import task
redun_namespace = "bench"
@task()
def figure(number: int) -> bytes:
    subprocess.run([sys.executable, "script.py", str(number)], check=True)
    return open("sine.png", "rb").read() + open("image.fits", "rb").read()
"""
REDUN_TREE = """
import json, time
from redun import Scheduler, task
from redun.config import Config
redun_namespace = "bench"
@task()
def count(level: int) -> int:
    return abs(level)
@task()
def total(counts: list) -> int:
    return sum(counts)
@task()
def report(number: int) -> float:
    return float(number)
@task()
def tree(leaves: int) -> float:
    return report(total([count(level) for level in range(100, 100 + leaves)]))
def timed(leaves):
    begun = time.perf_counter()
    scheduler.run(tree(leaves))
    return time.perf_counter() - begun
scheduler = Scheduler(config=Config({"backend": {"db_uri": "sqlite:///tree.db"}}))
scheduler.load()
timed(LEAVES)
print(json.dumps([timed(LEAVES) for _ in range(AGAIN)]))
"""
JOBLIB_TREE = """
import json, time
from joblib import Memory
memory = Memory("memory", verbose=0)
@memory.cache
def count(level):
    return abs(level)
@memory.cache
def total(counts):
    return sum(counts)
@memory.cache
def report(number):
    return float(number)
def timed(leaves):
    begun = time.perf_counter()
    report(total([count(level) for level in range(100, 100 + leaves)]))
    return time.perf_counter() - begun
timed(LEAVES)
print(json.dumps([timed(LEAVES) for _ in range(AGAIN)]))
"""
SNAKEFILE = """
rule report:
    input: "total.txt"
    output: "report.txt"
    shell: "cp {input} {output}"
rule total:
    input: expand("count_{level}.txt", level=range(100, 100 + LEAVES))
    output: "total.txt"
    shell: "cat {input} > {output}"
rule count:
    output: "count_{level}.txt"
    shell: "echo {wildcards.level} > {output}"
"""


class Peers:
    """The environment of the peers, and a folder to work in."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.python = scratch / "venv" / "bin" / "python"
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "-q", "-p", sys.executable, scratch / "venv"], check=True)
        install = [uv, "pip", "install", "-q", "-p", str(self.python)]
        subprocess.run([*install, *PACKAGES], check=True)
        subprocess.run([*install, "--require-hashes", "-r", str(LOCK)], check=True)

    def call(self, folder: Path, *command: str) -> str:
        """What a command prints; ends the benchmark when it fails."""
        path = f"{self.python.parent}:{os.environ['PATH']}"
        environ = {**os.environ, "PATH": path, "HOME": str(self.scratch), "MPLBACKEND": "Agg"}
        done = subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{command} failed: {done.stderr[-2000:]}")
        return done.stdout

    def folder(self, name: str, **files: str) -> Path:
        """A new folder with some files; ``script_py`` is ``script.py``."""
        made = self.scratch / name
        made.mkdir()
        for file, text in files.items():
            (made / file.replace("_", ".")).write_text(text)
        return made

    def new_runs(self) -> dict[str, list[float]]:
        """Seconds of the figure with a number that was not asked for before, by each."""
        folder = self.folder("figure", script_py=SCRIPT, flow_py=REDUN_FIGURE)
        (folder / "in.ipynb").write_text(json.dumps(notebook()))
        python = str(self.python)
        commands: dict[str, Callable[[int], tuple[str, ...]]] = {
            "papermill": lambda n: (
                python, "-m", "papermill", "in.ipynb", "out.ipynb", "-p", "number", str(n),
            ),
            "redun": lambda n: ("redun", "run", "flow.py", "figure", "--number", str(n)),
            "the bare script": lambda n: (python, "script.py", str(n)),
        }  # fmt: skip
        return {
            name: [self.timed(folder, *command(n)) for n in range(TIMES + 1)][1:]
            for name, command in commands.items()
        }

    def known_trees(self) -> dict[str, list[float]]:
        """Seconds of a tree of a thousand nodes, all of them known, by each."""
        inside = {"redun, inside": REDUN_TREE, "joblib, inside": JOBLIB_TREE}
        taken = {}
        for name, text in inside.items():
            program = text.replace("LEAVES", str(LEAVES)).replace("AGAIN", str(AGAIN))
            folder = self.folder(name[:6], tree_py=program)
            taken[name] = json.loads(
                self.call(folder, str(self.python), "tree.py").splitlines()[-1]
            )
        return taken | {"snakemake, whole command": self.by_snakemake()}

    def by_snakemake(self) -> list[float]:
        """The tree by snakemake, told that its files are up to date."""
        folder = self.folder("snakes", Snakefile=SNAKEFILE.replace("LEAVES", str(LEAVES)))
        names = [f"count_{level}" for level in range(100, 100 + LEAVES)]
        for name in [*names, "total", "report"]:
            (folder / f"{name}.txt").write_text(f"{name}\n")
        self.call(folder, "snakemake", "--cores", "1", "--touch", "report.txt")
        return [
            self.timed(folder, "snakemake", "--cores", "1", "report.txt", "--quiet", "all")
            for _ in range(AGAIN)
        ]

    def timed(self, folder: Path, *command: str) -> float:
        """Seconds of a whole command."""
        begun = time.perf_counter()
        self.call(folder, *command)
        return time.perf_counter() - begun
