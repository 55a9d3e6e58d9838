"""What is checked is what is visited: no name is resolved a second time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from lib.pinned import PinnedSession

pytestmark = pytest.mark.enable_socket


class Echo(BaseHTTPRequestHandler):
    """Answers with the host that it was asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.headers['Host']} {self.path}".encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Echo) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield made.server_address[1]
        finally:
            made.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _unknown_names(monkeypatch) -> None:
    """No proxy of the machine stands between, and asking for a name's address is an error."""
    monkeypatch.setenv("NO_PROXY", "*")


def test_the_address_is_asked_for_the_name():
    with server() as port, PinnedSession() as session:
        url = f"http://data.invalid:{port}/rows?x=1"
        with session.ask(url, ["127.0.0.1"], timeout=(2, 2)) as answer:
            assert answer.text == f"data.invalid:{port} /rows?x=1"


def test_the_next_address_is_asked_when_one_does_not_answer():
    with server() as port, PinnedSession() as session:
        url = f"http://data.invalid:{port}/rows"
        with session.ask(url, ["127.0.0.2", "127.0.0.1"], timeout=(2, 2)) as answer:
            assert answer.text == f"data.invalid:{port} /rows"


def test_no_address_that_answers_is_no_connection():
    with server() as port:
        unused = port
    with PinnedSession() as session, pytest.raises(requests.ConnectionError):
        session.ask(f"http://data.invalid:{unused}/x", ["127.0.0.1"], timeout=(2, 2))


def test_certificates_are_checked_against_the_name():
    session = PinnedSession()
    url = "https://data.invalid:8443/x"
    session._adapter.pin(url, "127.0.0.1")
    request = requests.Request("GET", url).prepare()
    place, kept = session._adapter.build_connection_pool_key_attributes(request, verify=True)
    assert (place["host"], kept["server_hostname"], kept["assert_hostname"]) == (
        "127.0.0.1",
        "data.invalid",
        "data.invalid",
    )
