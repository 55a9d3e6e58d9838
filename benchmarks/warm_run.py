"""A notebook run warm, cold, by nbclient with a real kernel, and as a bare script; and the memory.

    python benchmarks/warm_run.py [--without-nbclient]

Two notebooks: one that does nothing, one that draws a figure and writes a FITS file. What is
compared runs the same cells in the same environment, one after the other on the same machine.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TIMES = 7
SECONDS = 5.0  # of sustained runs
THREADS = 2
NOTHING = ("x = 1", "x")
FIGURE = (
    """import numpy as np
import matplotlib.pyplot as plt
from astropy.io import fits""",
    """x = np.linspace(0, 6, 200)
fig, ax = plt.subplots()
ax.plot(x, np.sin(x))
fig.savefig('f.png')
plt.close(fig)""",
    """fits.PrimaryHDU(np.outer(x, x)).writeto('f.fits', overwrite=True)
picture = 'f.png'""",
)
PACKAGES = ("nbclient", "ipykernel", "numpy", "matplotlib", "astropy")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def notebook(cells: tuple[str, ...]) -> dict[str, object]:
    """A notebook of code cells."""
    made: list[dict[str, object]] = [
        {
            "cell_type": "code", "id": f"c{number}", "execution_count": None, "outputs": [],
            "source": source, "metadata": {},
        }
        for number, source in enumerate(cells)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": made}


def timed(run: Callable[[], object]) -> list[float]:
    """Seconds of each call, after one that does not count."""
    run()
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return taken


class Ours:
    """Our adapters, on a notebook in folders of their own."""

    def __init__(self, scratch: Path, python: Path, cells: tuple[str, ...]) -> None:
        self.scratch, self.python, self.cells = scratch, python, cells
        self.lock = threading.Lock()
        self.count = 0

    def job(self) -> Any:  # noqa: ANN401 - what it is can be imported only once the path is set
        """A new work folder, and the job in it."""
        from executor.domain.job import Job  # noqa: PLC0415
        from executor.runtime import RUNNER  # noqa: PLC0415

        with self.lock:
            self.count += 1
            folder = self.scratch / f"run-{self.count}"
        (folder / ".home").mkdir(parents=True)
        (folder / "n.ipynb").write_text(json.dumps(notebook(self.cells)))
        shutil.copyfile(RUNNER, folder / ".notebook_runner.py")
        job = {"format": "reprise.job/1", "notebook": "n.ipynb", "events_fd": 3}
        (folder / ".job.json").write_text(json.dumps(job))
        home = str(folder / ".home")
        return Job(
            argv=(str(self.python), "-s", "-B", ".notebook_runner.py", ".job.json"),
            folder=folder,
            readable=(self.python.parent.parent, self.python.resolve().parent.parent),
            environ={
                "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": home, "MPLBACKEND": "Agg",
                "MPLCONFIGDIR": home, "PYTHONHASHSEED": "0", **ONE_THREAD,
            },
        )  # fmt: skip

    def warm(self) -> None:
        """One run on the warm path."""
        from executor.adapters import sandbox, warm  # noqa: PLC0415
        from executor.domain.imports import preloads  # noqa: PLC0415

        self.check(
            warm.run(
                self.job(), environment=self.python.parent.parent, preload=preloads(self.cells),
                shadows=(), isolation=sandbox.isolation("direct"), on_log=lambda _: None,
                on_event=lambda _: None, should_stop=lambda: False,
            )
        )  # fmt: skip

    def cold(self) -> None:
        """One run on the cold path."""
        from executor.adapters import sandbox  # noqa: PLC0415

        self.check(
            sandbox.run(
                self.job(), isolation=sandbox.isolation(), on_log=lambda _: None,
                on_event=lambda _: None, should_stop=lambda: False,
            )
        )  # fmt: skip

    @staticmethod
    def check(ending: object) -> None:
        """End the benchmark when a run failed: a quick failure is no speed."""
        if getattr(ending, "code", None) != 0:
            raise SystemExit(f"a run ended with {ending}")

    def sustained(self) -> float:
        """Warm runs a second by a few threads, over some seconds."""
        until, done = time.perf_counter() + SECONDS, []

        def work() -> None:
            while time.perf_counter() < until:
                self.warm()
                done.append(1)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(done) / SECONDS


def by_nbclient(folder: Path, python: Path) -> Callable[[], object]:
    """The notebook by nbclient."""
    script = "import nbformat, nbclient; nb = nbformat.read('n.ipynb', 4); nbclient.NotebookClient(nb).execute()"  # noqa: E501 -- one line for -c
    environ = os.environ | {"PATH": f"{python.parent}:{os.environ['PATH']}"}
    return lambda: subprocess.run([python, "-c", script], cwd=folder, env=environ, check=True)


def by_script(folder: Path, python: Path, cells: tuple[str, ...]) -> Callable[[], object]:
    """The cells as a bare script, in no sandbox."""
    (folder / "s.py").write_text("\n".join(cells) + "\n")
    environ = os.environ | {"MPLBACKEND": "Agg"}
    return lambda: subprocess.run([python, "s.py"], cwd=folder, env=environ, check=True)


def memory(process: int) -> tuple[int, int, int]:
    """Kilobytes of a process: resident, its share, its own alone."""
    found = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split()[:2]
        found[name.rstrip(":")] = int(value)
    return found["Rss"], found["Pss"], found["Private_Clean"] + found["Private_Dirty"]


def memories(ours: Ours) -> list[tuple[str, tuple[int, int, int]]]:
    """Memory of an interpreter and of three runs of it that are waiting."""
    from executor.adapters import warm  # noqa: PLC0415
    from executor.adapters.sandbox.processes import below  # noqa: PLC0415

    ours.warm()
    waiting = Ours(ours.scratch, ours.python, (*ours.cells, "__import__('time').sleep(20)"))
    waiting.count = 1_000_000
    threads = [threading.Thread(target=waiting.warm) for _ in range(3)]
    for thread in threads:
        thread.start()
    busy: list[int] = []
    while not busy and any(thread.is_alive() for thread in threads):
        time.sleep(1)  # the runs have got to their wait by then
        busy = [
            int(str(state["launcher"])) for state in warm.states() if state["busy"] == len(threads)
        ]
    every = below(busy[0])
    found = sorted((memory(process) for process in every), reverse=True)
    for thread in threads:
        thread.join()
    return [(f"process {number}", row) for number, row in enumerate(found, 1)]


def environment(scratch: Path) -> Path:
    """An environment with all that is compared; its interpreter."""
    uv, venv = str(Path(sys.executable).with_name("uv")), scratch / "venv"
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, str(venv)], check=True)
    python = venv / "bin" / "python"
    install = [uv, "pip", "install", "-q", "--compile-bytecode", "-p", str(python), *PACKAGES]
    subprocess.run(install, check=True)
    return python


def shown(name: str, taken: list[float], least: float) -> str:
    """A row of the table."""
    middle = statistics.median(taken)
    return f"  {name:24} {middle:7.3f} s  (best {min(taken):.3f})  {middle / least:6.1f} x"


def main() -> None:
    """Measure and print."""
    sys.path.insert(0, str(ROOT))
    without = "--without-nbclient" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        python = Path(sys.executable) if without else environment(scratch)
        for title, cells in (("nothing", NOTHING), ("figure and FITS", FIGURE)):
            ours = Ours(scratch / title.replace(" ", "-"), python, cells)
            folder = ours.scratch / "theirs"
            folder.mkdir(parents=True)
            (folder / "n.ipynb").write_text(json.dumps(notebook(cells)))
            taken = {"warm": timed(ours.warm), "cold": timed(ours.cold)}
            taken["bare script"] = timed(by_script(folder, python, cells))
            if not without:
                taken["nbclient, real kernel"] = timed(by_nbclient(folder, python))
            least = statistics.median(taken["warm"])
            print(title)
            for row, seconds in taken.items():
                print(shown(row, seconds, least))
            print(f"  warm, {THREADS} threads: {ours.sustained():.1f} runs a second")
        print("memory in kB: resident, share, its own alone (interpreter and three waiting runs)")
        for row, numbers in memories(ours):
            print(f"  {row:12} {numbers[0]:8} {numbers[1]:8} {numbers[2]:8}")


if __name__ == "__main__":
    main()
