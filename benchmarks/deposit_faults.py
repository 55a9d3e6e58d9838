"""Strike a deposit at every request by every fault; count what is left behind.

``python -m benchmarks.deposit_faults`` publishes one small release again and again at a fake
InvenioRDM on loopback (``tests/publishing/repositories``), each time with one fault at one request,
kills workers with ``kill -9`` at every request, and prints the table of
``docs/deposits-faults.md``. With ``--write`` it writes that page. No network is needed.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.publishing.repositories.crash import TOGETHER, prepare
from tests.publishing.repositories.faults import UPLOADS_ONLY, Fault

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "deposits-faults.md"
BEGINNING = datetime(2026, 11, 21, 12, tzinfo=UTC)
STORMS = 100
STORM = "storm of up to 40 faults and deaths"
GONE = {False: "worker gone before it asked", True: "worker gone after the answer"}


@dataclass(frozen=True, slots=True)
class Try:
    """One deposit that was struck.

    Attributes:
        number: of the request that was struck, from 1; of the try where no one request was.
        fault: what struck it.
        requests: that were sent in all, the resumption included.
        wrong: what is wrong afterwards, in words.
    """

    number: int
    fault: str
    requests: int
    wrong: tuple[str, ...] = ()


def in_this_process(folder: Path) -> tuple[list[str], list[Try]]:
    """The requests of an undisturbed deposit, and every fault at each of them."""
    prepare(folder)
    from tests.publishing.repositories import lab as labs  # noqa: PLC0415 -- after prepare

    with laboratory() as lab:
        requests = [f"{item.method} {short(item.target)}"
                    for item in labs.requests_of(lab, labs.draft())]  # fmt: skip
        found = [*struck(lab, requests), *gone(lab, len(requests)), *storms(lab)]
    return requests, found


@contextmanager
def laboratory() -> Iterator[Any]:
    """A laboratory with the fake on a thread of this process."""
    import time_machine  # noqa: PLC0415 -- of tests alone
    from django.utils import timezone  # noqa: PLC0415 -- after prepare

    from tests.publishing.repositories.lab import Lab  # noqa: PLC0415 -- as above
    from tests.publishing.repositories.serving import served  # noqa: PLC0415 -- as above

    with time_machine.travel(BEGINNING) as clock, served() as state:
        lab = Lab(state, clock.shift, timezone.now)
        lab.configure()
        yield lab


def struck(lab: Any, requests: list[str]) -> Iterator[Try]:  # noqa: ANN401 -- of the tests
    """Every fault of the network and the server, at every request."""
    from tests.publishing.repositories import lab as labs  # noqa: PLC0415 -- after prepare

    for kind in labs.STRIKING:
        for number, words in enumerate(requests, 1):
            if kind in UPLOADS_ONLY and not words.endswith("/content"):
                continue
            lab.reset()
            deposit = labs.run_struck(lab, labs.draft(), Fault(kind, at=number))
            yield outcome(lab, number, kind.value, deposit)


def gone(lab: Any, most: int) -> Iterator[Try]:  # noqa: ANN401 -- of the tests
    """A worker that is gone at every request."""
    from tests.publishing.repositories import lab as labs  # noqa: PLC0415 -- after prepare

    for after, words in GONE.items():
        for number in range(1, most + 1):
            lab.reset()
            deposit = labs.run_killed(lab, labs.draft(), number, after=after)
            yield outcome(lab, number, words, deposit)


def storms(lab: Any) -> Iterator[Try]:  # noqa: ANN401 -- of the tests
    """Many faults and deaths in one deposit."""
    from tests.publishing.repositories.lab import draft  # noqa: PLC0415 -- after prepare
    from tests.publishing.repositories.storm import storm  # noqa: PLC0415 -- as above

    for seed in range(STORMS):
        lab.reset()
        yield outcome(lab, seed, STORM, storm(lab, draft(), seed))


def outcome(lab: Any, number: int, fault: str, deposit: Any) -> Try:  # noqa: ANN401 -- of the tests
    """What one try left behind."""
    from tests.publishing.repositories.lab import faults_in  # noqa: PLC0415 -- after prepare

    wrong = tuple(faults_in(lab, deposit))
    if wrong:
        print(number, fault, *wrong, file=sys.stderr)
    return Try(number, fault, len(lab.served.log), wrong)


def killed(folder: Path) -> list[Try]:
    """Workers killed with ``kill -9``, in processes of their own."""
    command = [sys.executable, "-m", "tests.publishing.repositories.crash", str(folder), "all"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in told.splitlines()]
    return [
        Try(row["k"], row["kind"].replace("client", "kill -9: worker"), row["requests"],
            tuple(row["wrong"]))
        for row in rows if "k" in row
    ]  # fmt: skip


def short(target: str) -> str:
    """A path without its query, its record and the name of its crate."""
    parts = target.split("?", maxsplit=1)[0].split("/")
    known = ["{id}" if part.isdigit() else part for part in parts]
    return "/".join("{crate}" if part.endswith(".crate.zip") else part for part in known)


def page(requests: list[str], tries: list[Try]) -> str:
    """The page of documentation."""
    wrong = [item for item in tries if item.wrong]
    lines = [
        *HEAD.format(
            tries=f"{len(tries):,}", right=f"{len(tries) - len(wrong):,}", requests=len(requests),
            storms=STORMS,
        ).splitlines(),
        "", "## By fault", "",
        "| fault | struck | exactly one record and DOI, nothing left behind | requests in all |",
        "|---|---|---|---|",
        *by_fault(tries), "", "## By request", "", KEY, "",
        *by_request(requests, tries), "",
    ]  # fmt: skip
    if wrong:
        lines += ["## What went wrong", ""]
        lines += [f"- {item.number}, {item.fault}: {'; '.join(item.wrong)}" for item in wrong]
    return "\n".join(lines).rstrip() + "\n"


def by_fault(tries: list[Try]) -> Iterator[str]:
    """A row for each fault."""
    found = defaultdict(list)
    for item in tries:
        found[item.fault].append(item)
    for fault, items in found.items():
        right = sum(not item.wrong for item in items)
        sent = [item.requests for item in items]
        yield f"| {fault} | {len(items)} | {right} | {min(sent)}-{max(sent)} |"


def by_request(requests: list[str], tries: list[Try]) -> Iterator[str]:
    """A row for each request, with the requests that each fault led to."""
    shown = [item for item in tries if item.fault not in {STORM, TOGETHER}]
    faults = list(dict.fromkeys(item.fault for item in shown))
    letters = [f"F{number}" for number, _fault in enumerate(faults, 1)]
    yield from (f"- {letter}: {fault}" for letter, fault in zip(letters, faults, strict=True))
    yield ""
    yield "| k | request | " + " | ".join(letters) + " |"
    yield "|---" * (len(faults) + 2) + "|"
    found = {(item.number, item.fault): item for item in shown}
    for number, words in enumerate(requests, 1):
        cells = [cell(found.get((number, fault))) for fault in faults]
        yield f"| {number} | `{words}` | " + " | ".join(cells) + " |"


def cell(item: Try | None) -> str:
    """What one fault at one request led to."""
    if item is None:
        return ""
    return f"**{len(item.wrong)} wrong**" if item.wrong else f"{item.requests}"


HEAD = """\
# Deposits under faults

What is left at a repository when a deposit is struck at any request, and carried on afterwards.
`python -m benchmarks.deposit_faults --write` made this page; it publishes one small release at a
fake InvenioRDM on loopback that behaves as the real one was measured to, strikes one request of
each deposit, lets the sweep carry on, and then looks at the repository. Right is: exactly one
record, one DOI of it and one of its concept, the same here and there; no draft left, no file
destroyed, no reserved DOI lost; md5 of every file as sent; the DOI inside the crate that is
downloaded (not looked at again after `kill -9`, where the md5 says the same); and the token in no
address, event or error (the tests listen to the log too).

An undisturbed deposit takes {requests} requests. **{right} of {tries} struck deposits came out
right.** The {storms} storms strike a quarter of all requests by a fault drawn at random, and the
worker dies now and then besides; where the server itself carries an upload out a minute too late
and loses the file it had already taken, as it then does, the file is brought again."""
KEY = "The number in a cell is how many requests that deposit took in all; empty: it cannot strike."


def main() -> None:
    """Strike, and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        of_processes = killed(Path(first))
        requests, tries = in_this_process(Path(second))
    text = page(requests, tries + of_processes)
    print(text)
    if chosen.write:
        PAGE.write_text(text)
    sys.exit(any(item.wrong for item in tries + of_processes))


if __name__ == "__main__":
    logging.disable(logging.ERROR)
    main()
