"""What the sandbox costs: an empty program bare, and on each path by which code may run.

The program is ``python -I -S -c pass``. The paths take turns, so that a change of the machine's
load meets all of them; the table has medians, and the difference to the bare program. Processor
time, of the service and all it starts, is told too: it hardly depends on what else runs.
"""

import argparse
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
ARGV = (sys.executable, "-I", "-S", "-c", "pass")
TARGET_MS = 20.0


def bare(folder: Path) -> None:
    """The program as it is."""
    subprocess.run(ARGV, cwd=folder, env={}, check=True, stdin=subprocess.DEVNULL)


def sandboxed(name: str) -> Callable[[Path], None] | None:
    """The program in an isolation; None where this machine does not have it."""
    from executor.adapters.sandbox import isolation, run  # noqa: PLC0415 -- the path comes first
    from executor.domain.job import Job  # noqa: PLC0415 -- the path comes first

    found = isolation(name)
    if found.name != name:
        return None
    readable = tuple({Path(sys.prefix), Path(sys.base_prefix)})

    def start(folder: Path) -> None:
        job = Job(ARGV, folder, readable)
        ending = run(job, isolation=found, on_log=print, on_event=print, should_stop=bool)
        if ending.code != 0:
            raise SystemExit(f"{name}: {ending}")

    return start


def taken(times: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds of each start, by the clock and of processors, by path."""
    known = {"bare": bare, "direct": sandboxed("direct"), "bubblewrap": sandboxed("bubblewrap")}
    paths = {name: start for name, start in known.items() if start is not None}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in paths}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve() / "work"
        folder.mkdir()
        for _ in range(times):
            for name, start in paths.items():
                begun, used = time.perf_counter(), sum(os.times()[:4])
                start(folder)
                found[name].append((time.perf_counter() - begun, sum(os.times()[:4]) - used))
    return found


def table(found: dict[str, list[tuple[float, float]]]) -> list[dict[str, float | str]]:
    """One row a path, in milliseconds."""
    medians = {
        name: 1000 * statistics.median(wall for wall, _ in pairs) for name, pairs in found.items()
    }
    return [
        {
            "path": name,
            "median_ms": round(median, 1),
            "least_ms": round(1000 * min(wall for wall, _ in found[name]), 1),
            "processor_ms": round(1000 * statistics.mean(used for _, used in found[name]), 1),
            "overhead_ms": round(median - medians["bare"], 1),
        }
        for name, median in medians.items()
    ]


def main() -> int:
    """Print the table; 1 when a path costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60, help="starts of each path (60)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    rows = table(taken(given.times))
    if given.json:
        print(json.dumps(rows, indent=1))
        return 0
    load = os.getloadavg()[0]
    print(f"{given.times} starts of each path, {os.cpu_count()} cores, load {load:.1f}")
    for row in rows:
        print(
            f"{row['path']:>10}: {row['median_ms']:6} ms (least {row['least_ms']}, "
            f"processor {row['processor_ms']}), "
            f"{row['overhead_ms']:+} ms"
        )
    return int(max(float(row["overhead_ms"]) for row in rows) > TARGET_MS)


if __name__ == "__main__":
    sys.exit(main())
