"""One command: the figures are judged, a run is changed, and nothing stays behind."""

import importlib.util
import io
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
MIRROR = ROOT.parent / "shared" / "data"
PATIENCE = 180.0
T = TypeVar("T")

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


class Service:
    """A `make up` of its own, on a free port and a fresh data folder."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data = data
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> float:
        """Start it and wait for the printed address; the seconds it took."""
        begun = time.monotonic()
        command = ["make", "up", f"PORT={_free_port()}", f"DATA={self.data}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {"REPRISE_MIRRORS": str(MIRROR)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.address = until(self._printed_address)
        return time.monotonic() - begun

    def _printed_address(self) -> str:
        assert self.process is not None
        said = self.log.read_text()
        assert self.process.poll() is None, said
        found = [line.split()[-1] for line in said.splitlines() if line.startswith("Reprise is at")]
        return found[0].rstrip("/") if found else ""

    def supervisor(self) -> int:
        """The process id of make's child: the parent of the whole service."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text())

    def stop(self) -> int:
        """Ask the service to stop as make would; make's exit code (0 - it was the supervisor)."""
        assert self.process is not None
        os.kill(self.supervisor(), signal.SIGTERM)
        return self.process.wait(30)

    def get(self, path: str) -> bytes:
        """The body of a page."""
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:  # noqa: S310 - loopback
            return bytes(answer.read())

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of the API to a request with a body."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.address + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            told: dict[str, Any] = json.load(answer)
        return told

    def figures(self) -> list[dict[str, Any]]:
        """The figures of the gallery."""
        results: list[dict[str, Any]] = json.loads(self.get("/api/figures/"))["results"]
        return results


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path / "my data", tmp_path / "log")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.terminate()
        made.process.wait(30)


def until(answer: Callable[[], T]) -> T:
    """The first true answer; fails when there is none for three minutes."""
    deadline = time.monotonic() + PATIENCE
    while not (found := answer()):
        assert time.monotonic() < deadline, f"{answer} had no answer"
        time.sleep(0.1)
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _left_behind(data: Path) -> list[str]:
    """Command lines of the processes that were started for this data folder and still run."""
    mark = str(data).encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def _assert_valid(crate: Path) -> None:
    spec = importlib.util.spec_from_file_location("crates", ROOT / "tests/contracts/crates.py")
    assert spec is not None
    assert spec.loader is not None
    crates = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(crates)
    crates.assert_valid(crate)


def test_a_reader_gets_verdicts_changes_a_run_and_takes_it_home(
    service: Service, tmp_path: Path
) -> None:
    service.start()
    assert b"crab-table-1" in service.get("/figures/")
    until(lambda: all(figure["verdict"] for figure in service.figures()))
    verdicts = {figure["slug"]: figure["verdict"] for figure in service.figures()}
    read_in = ("crab-flux-stability", "crab-photon-index", "crab-table-1")
    assert {slug: verdicts[slug] for slug in read_in} == dict.fromkeys(read_in, "identical")
    assert set(verdicts.values()) <= {"identical", "within tolerance"}

    wanted = {"workflow": "crab-stability", "parameters": {"first_year": 2005, "last_year": 2012}}
    run = service.ask("/api/runs/", wanted)
    path = f"/api/runs/{run['address']}/"
    ended = {"finished", "failed", "cancelled"}
    until(lambda: json.loads(service.get(path))["state"] in ended)
    assert json.loads(service.get(path))["state"] == "finished"
    assert service.ask("/api/runs/", wanted)["known"] is True

    crate = service.get(f"{path}crate/")
    assert zipfile.ZipFile(io.BytesIO(crate)).testzip() is None
    file = tmp_path / "crate.zip"
    file.write_bytes(crate)
    _assert_valid(file)


def test_stopping_leaves_no_process_and_a_second_start_keeps_the_data(service: Service) -> None:
    first = service.start()
    until(lambda: any(figure["verdict"] for figure in service.figures()))
    judged = {figure["slug"] for figure in service.figures() if figure["verdict"]}
    assert (service.stop(), _left_behind(service.data)) == (0, [])

    second = service.start()
    assert judged <= {figure["slug"] for figure in service.figures() if figure["verdict"]}
    assert (service.stop(), _left_behind(service.data)) == (0, [])
    print(f"first start {first:.1f} s, second start {second:.1f} s")  # noqa: T201 - read in CI's log


def test_a_start_that_was_killed_is_no_obstacle(service: Service) -> None:
    service.start()
    os.kill(service.supervisor(), signal.SIGKILL)
    assert service.process is not None
    assert service.process.wait(30) != 0
    service.start()
    assert service.get("/healthz")
    assert (service.stop(), _left_behind(service.data)) == (0, [])


def test_a_second_start_on_the_same_data_is_one_sentence(service: Service) -> None:
    service.start()
    command = ["make", "up", f"PORT={_free_port()}", f"DATA={service.data}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        (
            f"Reprise already runs on the data folder {service.data}: stop it with Ctrl-C, "
            "or start on another folder: make up PORT=8001 DATA=…"
        ),
    )
    assert service.stop() == 0
