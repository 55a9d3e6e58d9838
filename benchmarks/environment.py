"""An environment from its lock: ours, cold and warm, against ``python -m venv`` and pip.

    python benchmarks/environment.py [ENTRY] [--without-pip]

ENTRY is a folder of ``workflows/``. "cold" fetches the wheels; "offline" has neither cache nor
index, but kept wheels; "warm" has the cache and byte code of another environment with the same
packages. pip gets its own cache warmed by a first installation that does not count.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMES = 5


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def ours(root: Path, lock: str) -> dict[str, float]:
    """Seconds of each way to come to the environment of a lock."""
    sys.path.insert(0, str(ROOT))
    from executor.adapters import environments  # noqa: PLC0415 -- the path comes first

    def build() -> None:
        environments.ensure(root, lock)

    def forget(*parts: str) -> None:
        for part in parts:
            shutil.rmtree(root / part, ignore_errors=True)

    taken = {"ours, cold": timed(build)}
    forget("environments", "cache", "bytecode")
    os.environ["UV_OFFLINE"] = "1"
    taken["ours, offline from kept wheels"] = timed(build)
    warm = []
    for _ in range(TIMES):
        forget("environments")
        warm.append(timed(build))
    taken["ours, warm"] = statistics.median(warm)
    taken["ours, there already"] = statistics.median(timed(build) for _ in range(TIMES))
    del os.environ["UV_OFFLINE"]
    return taken


def pip(folder: Path, lock: Path) -> float:
    """Seconds of ``python -m venv`` and ``pip install`` with the same lock and a warm cache."""

    def build() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run(
            [folder / "bin" / "pip", "install", "-q", "--require-hashes", "-r", str(lock)],
            check=True,
        )

    build()
    return timed(build)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    named = [argument for argument in arguments if not argument.startswith("--")]
    lock = ROOT / "workflows" / (named or ["hatp7-transit"])[0] / "requirements.lock"
    with tempfile.TemporaryDirectory() as scratch:
        taken = ours(Path(scratch) / "data", lock.read_text())
        if "--without-pip" not in arguments:
            taken["python -m venv, pip, warm"] = pip(Path(scratch) / "venv", lock)
    reference = taken["ours, warm"]
    for name, seconds in taken.items():
        print(f"{name:32} {seconds:8.3f} s {seconds / reference:8.2f} x")


if __name__ == "__main__":
    main(sys.argv[1:])
