"""Workers that are killed with ``kill -9`` by the repository itself, at any request.

``python -m tests.publishing.repositories.crash FOLDER`` makes a service of its own in FOLDER (a
database on disk), a fake repository in a process of its own, and forks a worker for every try. A
line of JSON is printed for each: what was struck, and what is wrong afterwards.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.publishing.repositories.fake_inveniordm import TOKEN
from tests.publishing.repositories.faults import Kind

TOGETHER = "two workers at once"
ROOT = Path(__file__).resolve().parents[3]


def prepare(folder: Path) -> None:
    """Make this process the worker of a service with a database of its own."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings", "REPRISE_DATA": str(folder),
        "REPRISE_TEST_TOKEN": TOKEN, "REPRISE_DOI_PREFIX": "10.5072",
    }  # fmt: skip
    import django  # noqa: PLC0415 -- after the environment is set

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- as above

    call_command("migrate", verbosity=0)
    from publishing.actions import asking  # noqa: PLC0415 -- as above

    asking.enqueue = lambda *_given: None  # type: ignore[assignment]  # workers are forked here


class Far:
    """The fake in a process of its own, seen by its control routes."""

    def __init__(self, url: str) -> None:
        self.url, self.resolver_url = url, f"{url}/doi"
        self.fake = SimpleNamespace(prefix="10.5281")

    def ask(self, name: str, **body: Any) -> dict[str, Any]:
        """A control route's answer."""
        data = json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/_fake/{name}", data) as answer:  # noqa: S310 -- loopback
            found: dict[str, Any] = json.loads(answer.read())
        return found


@contextmanager
def far_fake() -> Iterator[Far]:
    """A fake in a process of its own."""
    command = [sys.executable, "-m", "tests.publishing.repositories.serving"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield Far(process.stdout.readline().strip())
        finally:
            process.kill()


def worker(far: Far, deposit: Any, *faults: dict[str, Any]) -> int:
    """Fork a worker that carries a deposit on; its exit code is for :func:`ended`."""
    from django.db import connections  # noqa: PLC0415 -- after prepare

    connections.close_all()
    if pid := os.fork():
        return pid
    code = 1
    with suppress(BaseException):
        if faults:
            mine = [fault | {"pid": os.getpid()} for fault in faults]
            far.ask("faults", faults=mine)
        work(far, deposit)
        code = 0
    os._exit(code)


def work(far: Far, deposit: Any) -> None:
    """Carry on to the end, with the clock of the fake."""
    import time_machine  # noqa: PLC0415 -- of tests alone
    from django.utils import timezone  # noqa: PLC0415 -- after prepare

    from tests.publishing.repositories.lab import Lab  # noqa: PLC0415 -- as above

    begun = datetime.fromtimestamp(far.ask("clock")["now"], tz=timezone.get_current_timezone())
    with time_machine.travel(begun) as clock:

        def push(seconds: float) -> None:
            far.ask("clock", advance=seconds)
            clock.shift(timedelta(seconds=seconds))

        Lab(far, push, timezone.now).drive(deposit)  # type: ignore[arg-type]  # drives alike


def ended(pid: int) -> int:
    """How a worker ended: 0, a signal as a negative number, or 1 for an error."""
    status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status)


def faults_after(far: Far, deposit: Any) -> list[str]:
    """What is wrong afterwards, from the database and the state of the fake; empty: nothing."""
    deposit.refresh_from_db()
    state, told = far.ask("state"), []
    sent = {item["name"]: f"md5:{item['md5']}" for item in deposit.files_json}
    record = state["records"].get(deposit.remote_id, {})
    for label, found, wanted in (
        ("state", deposit.state, "resolves"),
        ("published DOIs", state["published"], [deposit.doi]),
        ("records", list(state["records"]), [deposit.remote_id]),
        ("concept DOI", deposit.concept_doi, record.get("concept_doi")),
        ("files", record.get("files"), sent),
        ("drafts left", state["drafts"], []),
        ("files destroyed", state["destroyed"], []),
        ("reservations lost", state["dropped"], []),
        ("token in an address", [row for row in state["log"] if TOKEN in row["target"]], []),
    ):
        if found != wanted:
            told.append(f"{label}: {found} instead of {wanted}")
    return told


def tries(far: Far, *, every: bool) -> Iterator[dict[str, Any]]:
    """Requests, killed after them, each or every third; writes, before them too; two at once."""
    requests = _undisturbed(far)
    yield {"requests": len(requests)}
    for number, method in enumerate(requests, 1):
        if every or number % 3 == 1:
            yield _killed(far, number, Kind.KILL_AFTER)
        if every and method != "GET":
            yield _killed(far, number, Kind.KILL_BEFORE)
    for number in range(3):
        yield _together(far, number)


def _undisturbed(far: Far) -> list[str]:
    code = ended(worker(far, _begun(far)))
    assert code == 0, "an undisturbed deposit did not come to its end"
    return [item["method"] for item in far.ask("state")["log"]]


def _begun(far: Far) -> Any:
    from publishing.actions import begin_deposit  # noqa: PLC0415 -- after prepare
    from tests.publishing.repositories.lab import NAME, draft  # noqa: PLC0415 -- as above

    far.ask("reset")
    return begin_deposit(draft(), NAME)


def _killed(far: Far, number: int, kind: Kind) -> dict[str, Any]:
    deposit = _begun(far)
    first = ended(worker(far, deposit, {"kind": kind.value, "at": number}))
    second = ended(worker(far, deposit))
    wrong = faults_after(far, deposit)
    log = far.ask("state")["log"]
    struck = log[number - 1] if len(log) >= number else {"method": "?", "target": "?"}
    return {"k": number, "kind": kind.value, "request": f"{struck['method']} {struck['target']}",
            "ended": [first, second], "requests": len(log), "wrong": wrong}  # fmt: skip


def _together(far: Far, number: int) -> dict[str, Any]:
    deposit = _begun(far)
    workers = [worker(far, deposit) for _ in range(2)]
    codes = [ended(pid) for pid in workers]
    wrong, sent = faults_after(far, deposit), len(far.ask("state")["log"])
    return {"k": number, "kind": TOGETHER, "request": "", "ended": codes, "requests": sent,
            "wrong": wrong}  # fmt: skip


def main() -> None:
    """Print a line for every try."""
    prepare(Path(sys.argv[1]))
    from django.conf import settings  # noqa: PLC0415 -- after prepare

    from publishing.domain.repositories import read_repositories  # noqa: PLC0415 -- as above
    from tests.publishing.repositories.lab import Lab  # noqa: PLC0415 -- as above

    with far_fake() as far:
        lab = Lab(far, lambda _seconds: None, datetime.now)  # type: ignore[arg-type]  # its file alone
        settings.REPOSITORIES = read_repositories(lab.file())
        for row in tries(far, every="all" in sys.argv):
            print(json.dumps(row), flush=True)  # noqa: T201 -- its parent reads it


if __name__ == "__main__":
    main()
