"""How fast a known question is answered: medians in process, and ratios to an empty view.

Makes a data folder of its own, registers a small entry, runs it once, and asks again.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMES = 300


def median(ask: Callable[[], object]) -> float:
    """Median milliseconds of a call, after ten that do not count."""
    taken = []
    for _ in range(TIMES + 10):
        begun = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken[10:])


def main() -> None:
    """Measure and print."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as data:
        os.environ.update(
            REPRISE_DATA=data, REPRISE_EAGER="yes", DJANGO_SETTINGS_MODULE="config.settings"
        )
        import django  # noqa: PLC0415 -- reads the settings named above

        django.setup()
        measure()


def measure() -> None:
    """Prepare one known run and time what readers ask for."""
    from django.core.management import call_command  # noqa: PLC0415 -- needs the settings
    from django.test import Client  # noqa: PLC0415 -- needs the settings

    import config.celery  # noqa: F401, PLC0415 -- the queue
    from catalogue.actions import register_entry  # noqa: PLC0415 -- needs the settings
    from catalogue.domain.entry import Entry  # noqa: PLC0415 -- needs the settings
    from tests.factories import entries  # noqa: PLC0415 -- needs the settings

    call_command("migrate", verbosity=0)
    register_entry(Entry(entries.files()), slug="doubling", source="folder:doubling")
    client = Client(SERVER_NAME="127.0.0.1")
    body = json.dumps({"workflow": "doubling", "parameters": {"energy": "0.02 MeV"}})

    def ask() -> object:
        return client.post("/api/runs/", body, content_type="application/json")

    ask()
    floor = median(lambda: client.get("/healthz"))
    rows = {
        "an empty view": floor,
        "POST /api/runs/, known": median(ask),
        "GET /api/figures/": median(lambda: client.get("/api/figures/")),
        "GET /figures/doubled": median(lambda: client.get("/figures/doubled")),
        "GET /figures/": median(lambda: client.get("/figures/")),
    }
    for name, taken in rows.items():
        print(f"{name:26} {taken:7.2f} ms  {taken / floor:5.1f} x")


if __name__ == "__main__":
    main()
