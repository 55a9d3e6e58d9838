"""The whole service for a benchmark: its own parts, on a data folder that is thrown away.

What readers ask goes over HTTP on the loopback with a connection that stays open; only what no
reader does (registering the entries, counting attempts) is done in this process.
"""

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300.0
POLL = 0.004  # seconds between two looks at a run
ENDED = {"finished", "failed", "cancelled"}
FREELY = {"ANONYMOUS_LIST": "2000", "ANONYMOUS_PENDING": "20000", "ANONYMOUS_RUNS": "100"}
"""One client asks for everything here; quotas are for many."""


class Client:
    """Asks the service over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The body of an answer; ends the benchmark when it is an error."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.HTTPException, ConnectionError):  # it was idle for too long
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise SystemExit(f"{method} {path} answered {answer.status}: {data[:300]!r}")
        return data

    def get(self, path: str) -> Any:  # noqa: ANN401 -- any JSON value
        """The JSON at a path."""
        return json.loads(self.send("GET", path))

    def ask(self, content: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request for a run."""
        told: dict[str, Any] = json.loads(
            self.send("POST", "/api/runs/", json.dumps(content).encode())
        )
        return told

    def ended(self, address: str, pause: float = POLL) -> dict[str, Any]:
        """The run at an address, once it has ended; ends the benchmark when it failed."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            run: dict[str, Any] = self.get(f"/api/runs/{address}/")
            if run["state"] == "finished":
                return run
            if run["state"] in ENDED:
                raise SystemExit(f"the run {address} {run['state']}: {run['error']} {run['log']}")
            time.sleep(pause)
        raise SystemExit(f"the run {address} has not ended within {PATIENCE} s")


class Service:
    """The running service.

    Attributes:
        port: where it answers.
        parts: name → process, as ``make up`` starts them.
    """

    def __init__(self, port: int, parts: dict[str, "subprocess.Popen[bytes]"]) -> None:
        self.port, self.parts = port, parts

    def client(self) -> Client:
        """A new connection to it."""
        return Client(self.port)

    def below(self, part: str) -> set[int]:
        """Process ids of a part and of all it started."""
        from config.up import processes  # noqa: PLC0415 -- the path comes first

        top = self.parts[part].pid
        return {top} | processes.descendants(top)

    def processor_seconds(self) -> float:
        """Processor time of all its parts so far, with what they have run."""
        found = {pid for part in self.parts for pid in self.below(part)}
        return sum(_ticks(pid) for pid in found) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    """Processor time of a process and of the children it has collected, in ticks; 0 if gone."""
    try:
        fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])


def memory(pid: int) -> dict[str, float]:
    """Megabytes of a process: resident, its share of them, and what it has alone; empty if gone."""
    try:
        text = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return {}
    sizes = {line.split(":")[0]: line.split()[1] for line in text.splitlines()[1:]}
    own = int(sizes["Private_Clean"]) + int(sizes["Private_Dirty"])
    found = {"resident": int(sizes["Rss"]), "share": int(sizes["Pss"]), "own": own}
    return {name: kilobytes / 1000 for name, kilobytes in found.items()}


def set_up(data: Path, workers: int) -> int:
    """Point this process and all it starts at a new data folder; returns a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    sys.path.insert(0, str(ROOT))
    os.environ.update({f"REPRISE_{name}": value for name, value in FREELY.items()})
    os.environ.update(
        REPRISE_DATA=str(data), REPRISE_HOST="127.0.0.1", REPRISE_PORT=str(port),
        REPRISE_WORKERS=str(workers), DJANGO_SETTINGS_MODULE="config.settings",
    )  # fmt: skip
    import django  # noqa: PLC0415 -- reads the settings named above

    django.setup()
    import config.celery  # noqa: F401, PLC0415 -- the queue

    return port


@contextmanager
def running(data: Path, port: int, workers: int) -> Iterator[Service]:
    """The parts of the service, started as ``make up`` does, and ended afterwards."""
    from config.up import processes  # noqa: PLC0415 -- the path comes first
    from config.up.parts import parts, start  # noqa: PLC0415 -- the path comes first

    started = {part.name: start(part, data, ROOT) for part in parts(data, workers)}
    service = Service(port, started)
    try:
        _wait_until_answering(service, data)
        yield service
    finally:
        below = {pid for part in started for pid in service.below(part)}
        processes.end(below, 10.0)
        for process in started.values():
            process.wait(10)


def _wait_until_answering(service: Service, data: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        dead = [name for name, process in service.parts.items() if process.poll() is not None]
        if dead:
            raise SystemExit(f"{dead} ended: {(data / 'logs' / f'{dead[0]}.log').read_text()}")
        try:
            service.client().send("GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the service does not answer")
