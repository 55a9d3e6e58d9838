"""How much memory a large crate takes while it is streamed, and that it is whole.

    python -m benchmarks.crate_stream [gigabytes, 5 by default]

A release with products of this many bytes together is packed in a process of its own, whose
resident memory is looked at from before its rows are read to after the last byte; then the
directory of the archive is read. Writes ``benchmarks/results/crate_stream.json``.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results" / "crate_stream.json"
TARGET_MB = 100
PIECE = 500_000_000
BLOCK = 1 << 20
EVERY = 20  # pieces between two looks at the memory


def set_up(folder: Path) -> None:
    """Django on a data folder of its own."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings", "REPRISE_DATA": str(folder / "data"),
        "REPRISE_EAGER": "yes", "REPRISE_WARM": "no",
    }  # fmt: skip
    import django  # noqa: PLC0415 -- the settings come first

    import config.celery  # noqa: F401, PLC0415 -- makes our Celery application the current one

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- the settings come first

    call_command("migrate", verbosity=0)


def stage(size: int) -> int:
    """A release whose products have this many bytes, mostly noise as data are."""
    from executor.models import Output, Product  # noqa: PLC0415 -- the settings come first
    from lib import store  # noqa: PLC0415 -- the settings come first
    from publishing.actions import draft_release  # noqa: PLC0415 -- the settings come first
    from tests.publishing.factories import ENDED, RunFactory  # noqa: PLC0415 -- the same

    run = RunFactory()
    noise = os.urandom(BLOCK)
    for number in range(max(1, size // PIECE)):
        mark = number.to_bytes(8, "big")
        blocks = (mark + noise[8:] for _block in range(min(size, PIECE) // BLOCK))
        digest, length = store.put_stream(blocks, durable=False)
        product = Product.objects.create(digest=digest, media_type="application/fits", size=length)
        Output.objects.create(
            run=run, name=f"cube{number}", role="output", file=f"cube{number}.fits.gz",
            product=product,
        )  # fmt: skip
    release = draft_release([run])
    release.frozen_at = ENDED
    release.save()
    return size


def resident_mb() -> float:
    """Memory that this process holds now, in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def pack(folder: Path) -> dict[str, Any]:
    """Pack it once; in a process of its own, so that the memory is that of packing."""
    set_up(folder)
    from publishing.models import Release  # noqa: PLC0415 -- the settings come first
    from publishing.queries import release_crate  # noqa: PLC0415 -- the settings come first

    begun, largest, total, count = time.perf_counter(), 0, 0, 0
    before = highest = resident_mb()
    with (folder / "release.crate.zip").open("wb") as target:
        for piece in release_crate(Release.objects.get(), "10.5072/reprise.x"):
            target.write(piece)
            largest, total, count = max(largest, len(piece)), total + len(piece), count + 1
            if count % EVERY == 0:
                highest = max(highest, resident_mb())
    return {
        "bytes": total, "seconds": round(time.perf_counter() - begun, 1),
        "largest_piece": largest, "before_mb": before, "highest_mb": highest,
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Stage, pack in another process, read the archive, tell."""
    if arguments[:1] == ["pack"]:
        print(json.dumps(pack(Path(arguments[1]))))
        return 0
    gigabytes = float(arguments[0]) if arguments else 5.0
    with tempfile.TemporaryDirectory(prefix="reprise-crate-") as name:
        folder = Path(name)
        set_up(folder)
        stage(int(gigabytes * 1e9))
        command = [sys.executable, "-m", "benchmarks.crate_stream", "pack", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        with zipfile.ZipFile(folder / "release.crate.zip") as archive:
            found["files"] = len(archive.namelist())
            found["beyond_4_gib"] = any(item.header_offset >= 1 << 32 for item in archive.filelist)
    found["added_mb"] = round(found["highest_mb"] - found["before_mb"], 1)
    for key, value in found.items():
        print(f"{key:<16}{value}")
    RESULTS.write_text(f"{json.dumps(found, indent=1)}\n")
    return 0 if found["added_mb"] <= TARGET_MB else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
