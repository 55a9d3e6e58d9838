"""A job that may use the network: it asks its hosts through the proxy, and nobody else."""

import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from executor.adapters.sandbox import run
from executor.domain.job import Cause, Job, Limits
from tests.executor.sandbox.trials import SMALL, Result, Sandbox

pytestmark = pytest.mark.enable_socket
HOST = "archive.test"
PROBE = """
import os, sys, urllib.error, urllib.request
def ask(url):
    try:
        return urllib.request.urlopen(url, timeout=5).read().decode()
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"
    except OSError as error:
        return f"no: {error}"
for url in sys.argv[1:]:
    print(ask(url).strip())
"""


class Archive(BaseHTTPRequestHandler):
    """Answers every question."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"rows of {self.path}".encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    """The port of an archive on the host's loopback."""
    with HTTPServer(("127.0.0.1", 0), Archive) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made.server_address[1]
        made.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive's name leads to this machine; no name server is asked."""
    real = socket.getaddrinfo

    def resolve(host: str, *more: object) -> list[tuple[object, ...]]:
        return real("127.0.0.1" if host == HOST else host, *more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def asked(sandbox: Sandbox, *urls: str, **changes: tuple[str, ...]) -> Result:
    """What a job gets that asks for URLs."""
    log = bytearray()
    argv = (sys.executable, "-I", "-c", PROBE, *urls)
    made: Job = replace(sandbox.job(argv, Limits(**SMALL)), **changes)
    ending = run(
        made,
        isolation=sandbox.isolation,
        on_log=log.extend,
        on_event=print,
        should_stop=bool,
    )
    return Result(ending, log.decode(), [])


def test_a_host_that_is_allowed_answers_and_the_log_says_so(sandbox: Sandbox, port: int) -> None:
    result = asked(sandbox, f"http://{HOST}:{port}/a", network=(HOST,), private_hosts=(HOST,))
    printed, note = result.log.splitlines()
    assert (result.ending.cause, result.ending.code, printed) == (Cause.EXITED, 0, "rows of /a")
    assert note.startswith(f"[network] {HOST}:{port} at ")


def test_other_hosts_are_refused_with_a_sentence(sandbox: Sandbox, port: int) -> None:
    result = asked(sandbox, f"http://other.invalid:{port}/a", network=(HOST,), private_hosts=())
    sentence = f"the host other.invalid:{port} is not among those that this run may ask"
    assert result.log == f"403 Refused: {sentence}.\n[network] refused: {sentence}\n"


def test_a_private_address_is_refused_unless_the_operator_says_so(sandbox: Sandbox) -> None:
    result = asked(sandbox, f"http://{HOST}:80/a", network=(HOST,))
    sentence = f"the host {HOST} has a private address, which this service does not visit"
    assert result.log == f"403 Refused: {sentence}.\n[network] refused: {sentence}\n"


def test_nothing_else_of_the_host_is_reached(sandbox: Sandbox, port: int) -> None:
    script = (
        "import socket\n"
        "try: socket.create_connection(('127.0.0.1', int(__import__('sys').argv[1])), 2)\n"
        "except OSError as error: print(type(error).__name__)\n"
        "print([name for _, name in socket.if_nameindex()])"
    )
    argv = (sys.executable, "-I", "-c", script, str(port))
    log = bytearray()
    made = replace(sandbox.job(argv, Limits(**SMALL)), network=(HOST,), private_hosts=(HOST,))
    run(
        made, isolation=sandbox.isolation, on_log=log.extend, on_event=print, should_stop=bool
    )  # fmt: skip
    assert log.decode() == "ConnectionRefusedError\n['lo']\n"


def test_command_is_the_one_that_ends_and_is_signalled(sandbox: Sandbox) -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    argv = (sys.executable, "-I", "-S", "-c", script)
    made = replace(sandbox.job(argv, Limits(**SMALL)), network=(HOST,))
    ending = run(
        made, isolation=sandbox.isolation, on_log=print, on_event=print, should_stop=bool
    )  # fmt: skip
    assert (ending.cause, ending.code) == (Cause.SIGNALLED, 15)


def test_a_job_without_network_is_given_no_proxy(sandbox: Sandbox) -> None:
    script = "import os; print([name for name in os.environ if 'proxy' in name.lower()])"
    assert sandbox.python(script).log == "[]\n"
