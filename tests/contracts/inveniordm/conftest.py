"""A real InvenioRDM for the tests of this folder: PostgreSQL, Redis and the server itself."""

import json
import os
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.factories.folders import let_others_in

HERE = Path(__file__).resolve().parent
PYTHON = os.environ.get("REPRISE_CONTRACT_PYTHON", "")
READY_WITHIN = 180.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command, log, **more):
    with log.open("wb") as handle:
        process = subprocess.Popen(command, stdout=handle, stderr=subprocess.STDOUT, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def postgres(folder: Path, port: int) -> tuple[str, ...]:
    """Make an empty cluster; returns the command that serves it."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    before = ("runuser", "-u", "postgres", "--") if os.getuid() == 0 else ()
    folder.mkdir()
    let_others_in(folder)
    if before:
        subprocess.run(("chown", "postgres", str(folder)), check=True)
    made = (programs / "initdb", "-D", folder / "data", "-U", "invenio", "-A", "trust")
    subprocess.run((*before, *map(str, made), "-E", "UTF8"), check=True, capture_output=True)
    options = ("-h", "127.0.0.1", "-p", str(port), "-k", "", "-F")
    return (*before, str(programs / "postgres"), "-D", str(folder / "data"), *options)


def wait_for(log: Path, process: subprocess.Popen) -> dict[str, str]:
    """What the server says when it is ready."""
    ends = time.monotonic() + READY_WITHIN
    while time.monotonic() < ends and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith('{"url"'):
                return dict(json.loads(line))
        time.sleep(0.5)
    raise AssertionError(f"InvenioRDM did not begin:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def _loopback():
    """Sockets to this machine, for the fixtures of a session too."""
    from pytest_socket import _remove_restrictions, socket_allow_hosts  # noqa: PLC0415 -- here alone

    _remove_restrictions()
    socket_allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="session")
def inveniordm(tmp_path_factory, _loopback):
    """Address and token of a real InvenioRDM."""
    assert PYTHON, "The environment of InvenioRDM is missing: call make contract."
    folder = tmp_path_factory.mktemp("inveniordm")
    let_others_in(folder)
    ports = {name: free_port() for name in ("postgres", "redis", "http")}
    with ExitStack() as stack:
        redis = ("redis-server", "--bind", "127.0.0.1", "--port", str(ports["redis"]), "--save", "")
        stack.enter_context(running(redis, folder / "redis.log", cwd=folder))
        database = postgres(folder / "postgres", ports["postgres"])
        stack.enter_context(running(database, folder / "postgres.log", cwd=folder))
        create(ports["postgres"])
        server = (
            PYTHON, str(HERE / "serve.py"), "--port", str(ports["http"]),
            "--folder", str(folder / "instance"), "--redis", f"redis://127.0.0.1:{ports['redis']}",
            "--database", f"postgresql+psycopg2://invenio@127.0.0.1:{ports['postgres']}/rdm",
        )  # fmt: skip
        log = folder / "server.log"
        process = stack.enter_context(running(server, log, cwd=folder))
        yield wait_for(log, process)


def create(port: int) -> None:
    """Make the database, as soon as the server of databases is there."""
    command = ("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "invenio", "rdm")
    for _try in range(60):
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.5)
    raise AssertionError("PostgreSQL did not begin.")
