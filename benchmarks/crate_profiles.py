"""What roc-validator says of a crate of every bundled entry, and of a composed run.

    python -m benchmarks.crate_profiles [names of entries to validate again, all by default]

Each is packed as a release and read by every profile at level RECOMMENDED, offline: from the disk
with all its files, and its metadata as a document of the web. Writes ``docs/crate-profiles.md``.
"""

import json
import logging
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results" / "crate_profiles.json"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "crate-profiles.md"
OLDER = ("ro-crate-1.1", "workflow-ro-crate-1.0", "process-run-crate-0.5", "workflow-run-crate-0.5")
PROVENANCE = "provenance-run-crate-0.5"
NEWER = "ro-crate-1.3"
COMPOSED = "a composed run"
UNIVERSITY = "https://ror.org/01swzsf04"
OPERATOR = {"REPRISE_OPERATOR": "University of Geneva",
            "REPRISE_OPERATOR_ROR": UNIVERSITY}  # fmt: skip
HEAD = """# Crates against their profiles

Made by `python -m benchmarks.crate_profiles` with roc-validator {version}, offline, at level
RECOMMENDED. Each row is a release of one run of a bundled entry, or of a composed run, with its
people, files, data, figures and verdicts. Products and data of the bundled entries stand in, a
few bytes each; the composed run really ran. The validator reads each crate by the profile that
stands on all others, and its rules are counted by the profile that they are of. Two numbers are
findings while the crate is read from a disk with all its files, and while its metadata is read as
a document of the web; for 1.3 it is the disk alone.

| crate | {columns} |
|---|{rules}|
"""
FOOT = """
Every finding above is one of these:

{findings}

Process Run Crate recommends that the name of every workflow begins with `http`; Workflow RO-Crate
requires that the main workflow's file is in the crate, where its name is relative. What a relative
name stands for begins with where the crate is read: with `file:` on a disk, which makes these two
findings, and with `https:` in the validator's mode for metadata alone, which makes none; that mode
looks at no file, so it does not stand for the reading from a disk. The validator's authors know of
it (crs4/rocrate-validator#51, open). So on a disk the zero is not reached: two findings stay.

RO-Crate 1.3 asks for a publisher that the register of research organisations knows: the rows of
1.3 were packed with `REPRISE_OPERATOR` and `REPRISE_OPERATOR_ROR` set. Without them there is one
finding of each: that the publisher's name is not of that register.
"""


def set_up(folder: Path) -> None:
    """Django on a data folder of its own."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings", "REPRISE_DATA": str(folder / "data"),
        "REPRISE_EAGER": "yes", "REPRISE_WARM": "no", **OPERATOR,
    }  # fmt: skip
    import django  # noqa: PLC0415 -- the settings come first

    import config.celery  # noqa: F401, PLC0415 -- makes our Celery application the current one

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- the settings come first

    call_command("migrate", verbosity=0)
    logging.disable(logging.CRITICAL)  # the validator logs what it also returns


def composed() -> Any:  # noqa: ANN401 -- a row; see set_up
    """A release of a composed run that really ran."""
    from django.test import Client  # noqa: PLC0415 -- the settings come first

    from executor.models import Run  # noqa: PLC0415 -- the settings come first
    from tests.contracts.bundled import frozen  # noqa: PLC0415 -- the settings come first
    from tests.factories import chains  # noqa: PLC0415 -- the settings come first

    for registered in chains.register_chain():
        people = registered.about_json["people"]
        known = {"orcid": "https://orcid.org/0000-0002-1825-0097", "affiliation": UNIVERSITY}
        registered.about_json |= {"people": [{**person, **known} for person in people[:1]]}
        registered.save(update_fields=["about_json"])
    answer = Client(headers={"host": "127.0.0.1"}).post(
        "/api/runs/", chains.report(1, 2, factor=2.0), content_type="application/json"
    )
    return frozen(Run.objects.get(address=answer.json()["address"]), [])


def row(folder: Path, name: str, release: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
    """What is found of a release, on a disk and on the web, by profile."""
    from tests.contracts.crates import issues, issues_on_the_web  # noqa: PLC0415 -- as above

    widest = PROVENANCE if name == COMPOSED else OLDER[-1]
    path = folder / "x.crate.zip"
    cells = []
    pack(release, path, "1.1")
    disk, web = issues(path, widest, level="RECOMMENDED"), issues_on_the_web(path, widest)
    for profile in (*OLDER, PROVENANCE):
        of_it = [sum(item.startswith(f"{profile}_") for item in part) for part in (disk, web)]
        kept = profile in OLDER or name == COMPOSED
        cells.append(f"{of_it[0]} / {of_it[1]}" if kept else "—")
    pack(release, path, "1.3")
    newer = issues(path, NEWER, level="RECOMMENDED")
    cells.append(str(len(newer)))
    print(f"| {name} | {' | '.join(cells)} |", flush=True)
    return {"cells": cells, "findings": sorted({*disk, *web, *newer})}


def pack(release: Any, path: Path, ro_crate: str) -> None:  # noqa: ANN401 -- a row; see set_up
    """Write its crate of this version of RO-Crate."""
    from publishing.queries import release_crate  # noqa: PLC0415 -- the settings come first

    release.options_json = {"ro_crate": ro_crate}
    path.write_bytes(b"".join(release_crate(release, "10.5072/reprise.x")))


def main(chosen: list[str]) -> int:
    """Validate all, or those chosen again, and write the page of all that is known."""
    known = json.loads(RESULTS.read_text()) if chosen and RESULTS.exists() else {}
    with tempfile.TemporaryDirectory(prefix="reprise-profiles-") as name:
        folder = Path(name)
        set_up(folder)
        from tests.contracts.bundled import NAMES, release_of_entry  # noqa: PLC0415 -- as above

        for item in chosen or [COMPOSED, *NAMES]:
            release = composed() if item == COMPOSED else release_of_entry(item)
            known[item] = row(folder, item, release)
            RESULTS.write_text(f"{json.dumps(known, indent=1, sort_keys=True)}\n")
    PAGE.write_text(page(known))
    return 0


def page(known: dict[str, Any]) -> str:
    """The page: a row for each crate, and what was found at all."""
    columns = (*OLDER, PROVENANCE, NEWER)
    head = HEAD.format(
        version=version("roc-validator"), rules="|".join("---" for _column in columns),
        columns=" | ".join(f"`{item}`" for item in columns),
    )  # fmt: skip
    rows = [f"| {name} | {' | '.join(item['cells'])} |\n" for name, item in sorted(known.items())]
    seen = sorted({finding for item in known.values() for finding in item["findings"]})
    return head + "".join(rows) + FOOT.format(findings="\n".join(f"- {item}" for item in seen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
