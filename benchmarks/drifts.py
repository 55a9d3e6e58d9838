"""Whether the right cause is named: staged drifts, each registered, run, judged and diagnosed.

    python -m benchmarks.drifts [number of drifts]

Uses the service's own path on a data folder of its own: entries are registered, their runs are
sandboxed, judged and diagnosed by eager tasks; packages are tiny wheels in a folder that stands
for the index. Prints a table, and writes ``benchmarks/results/drifts.json`` when all were staged.
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.drift_cases import Drift, drifts, entry, lock, published

RESULTS = Path(__file__).resolve().parent / "results" / "drifts.json"
TARGET = 0.9


def set_up(folder: Path) -> None:
    """Django on a data folder of its own, tasks where they are sent, packages from a folder."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings", "REPRISE_DATA": str(folder / "data"),
        "REPRISE_EAGER": "yes", "REPRISE_WARM": "no", "REPRISE_DATABASE_URL": "",
        "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(folder / "index"),
    }  # fmt: skip
    os.environ.pop("REPRISE_DATABASE_URL")
    import django  # noqa: PLC0415 -- the settings come first
    from django.core.management import call_command  # noqa: PLC0415 -- the settings come first

    (folder / "data").mkdir()
    (folder / "index").mkdir()
    import config.celery  # noqa: F401, PLC0415 -- makes our Celery application the current one

    django.setup()
    call_command("migrate", verbosity=0)


def wheel(folder: Path, name: str, version: str, text: str) -> str:
    """A wheel of one module; returns its line of a lock."""
    from tests.executor import packages  # noqa: PLC0415 -- only the benchmark needs it

    return packages.wheel(folder, name, version=version, files={f"{name}.py": text})


def stage(drift: Drift, name: str, index: Path) -> dict[str, Any]:
    """Register both entries of a drift, and tell what the diagnosis said."""
    from catalogue.actions import register_entry  # noqa: PLC0415 -- the settings come first
    from gallery.actions import diagnose  # noqa: PLC0415 -- the settings come first
    from gallery.models import Figure  # noqa: PLC0415 -- the settings come first
    from lib import store  # noqa: PLC0415 -- the settings come first

    begun = time.perf_counter()
    value = published(drift)
    for side in (drift.before, drift.after):
        for text in side.data.values():
            store.put(text.encode())
        made = entry(side, name, value, lock(side, index, wheel))
        register_entry(made, slug=name, source=f"folder:{name}")
    figure = Figure.objects.get(slug=name)
    verdicts = list(figure.checks.order_by("checked_at", "pk").values_list("verdict", flat=True))
    diagnosis = diagnose(figure)
    diagnosis.refresh_from_db()
    found = {f"{item['kind']}:{item['name']}" for item in diagnosis.cause_json}
    return {
        "name": drift.name, "staged": sorted(drift.cause), "found": sorted(found),
        "right": found == drift.cause, "state": diagnosis.state, "sentence": diagnosis.sentence,
        "trials": len(diagnosis.trials_json), "verdicts": verdicts,
        "marked": not figure.version.is_deterministic,
        "seconds": round(time.perf_counter() - begun, 1),
    }  # fmt: skip


def shown(rows: list[dict[str, Any]]) -> None:
    """The table, and the rate."""
    print(f"{'':5} {'trials':>6} {'s':>5}  staged: what was named")
    for row in rows:
        sign = "right" if row["right"] else "WRONG"
        print(f"{sign} {row['trials']:6} {row['seconds']:5}  {row['name']}: {row['sentence']}")
    right = sum(row["right"] for row in rows)
    trials = sorted(row["trials"] for row in rows)
    told = Counter(kind.partition(":")[0] for row in rows for kind in row["staged"])
    print(f"\n{right} of {len(rows)} right ({right / len(rows):.0%}, wanted ≥ {TARGET:.0%});")
    print(f"trials: median {trials[len(trials) // 2]}, at most {trials[-1]}; staged: {dict(told)}")


def main() -> int:
    """Stage the drifts; 1 when too few causes were named rightly."""
    sys.path.insert(0, str(RESULTS.parents[2]))
    wanted = drifts()
    number = int(sys.argv[1]) if len(sys.argv) > 1 else len(wanted)
    rows = []
    with tempfile.TemporaryDirectory(prefix="reprise-drifts-") as place:
        folder = Path(place).resolve()
        folder.chmod(0o755)
        set_up(folder)
        for count, drift in enumerate(wanted[:number], start=1):
            rows.append(stage(drift, f"drift-{count:02}", folder / "index"))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    shown(rows)
    if number >= len(wanted):
        RESULTS.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return int(sum(row["right"] for row in rows) < TARGET * len(rows))


if __name__ == "__main__":
    sys.exit(main())
