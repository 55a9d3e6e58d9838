"""The proxy with real sockets, all of them on this machine's loopback or in its files."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from executor.adapters.proxy import Proxy

pytestmark = pytest.mark.enable_socket
HOST = "archive.here"
PRIVATE = "has a private address, which this service does not visit"


@contextmanager
def host(answer: bytes = b"answer") -> Iterator[tuple[int, list[bytes]]]:
    """A host on loopback that takes one connection, reads once, answers and closes."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def serve() -> None:
            client, _ = server.accept()
            with client:
                heard.append(client.recv(65536))
                client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join()


def proxy(most_bytes: int = 10**6, **names: list[str]) -> Proxy:
    known = {HOST: ["127.0.0.1"], **names}
    return Proxy(
        (HOST, "public.here"),
        private_hosts=(HOST,),
        most_bytes=most_bytes,
        resolver=lambda name: known[name],
    )


def ask(way: Proxy, head: bytes, more: bytes = b"") -> bytes:
    """All that comes back for a request, to the end of the connection."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(str(way.path))
        client.sendall(head)
        found = b""
        if more:
            found += client.recv(65536)
            client.sendall(more)
        while piece := client.recv(65536):
            found += piece
        return found


def noted(way: Proxy) -> str:
    """The next line about the network, once it is there."""
    for _ in range(500):
        found = way.notes()
        if found:
            return b"".join(found).decode()
        threading.Event().wait(0.01)
    return ""


def test_a_tunnel_passes_bytes_both_ways_and_is_noted():
    with host() as (port, heard), proxy() as way:
        came = ask(way, f"CONNECT {HOST}:{port} HTTP/1.1\r\n\r\n".encode(), b"question")
        said = noted(way)
    assert came == b"HTTP/1.1 200 Connection established\r\n\r\nanswer"
    assert heard == [b"question"]
    start = f"[network] {HOST}:{port} at 127.0.0.1: 8 bytes sent, 6 received in "
    assert said.startswith(start)


def test_a_plain_request_is_asked_for_the_client():
    with host() as (port, heard), proxy() as way:
        head = f"GET http://{HOST}:{port}/x HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        came = ask(way, head)
    assert came == b"answer"
    assert heard == [f"GET /x HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()]


def test_a_name_is_resolved_once_and_connected_to_as_it_was_checked():
    asked: list[str] = []

    def resolver(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with host() as (port, _), Proxy(
        (HOST,), private_hosts=(HOST,), most_bytes=100, resolver=resolver
    ) as way:  # fmt: skip
        came = ask(way, f"CONNECT {HOST}:{port} HTTP/1.1\r\n\r\n".encode(), b"question")
    assert (came[-6:], asked) == (b"answer", [HOST])


@pytest.mark.parametrize(
    ("head", "status", "sentence"),
    [
        (
            b"CONNECT other.org:443 HTTP/1.1\r\n\r\n",
            403,
            "Refused: the host other.org:443 is not among those that this run may ask.\n",
        ),
        (
            b"CONNECT public.here:443 HTTP/1.1\r\n\r\n",
            403,
            f"Refused: the host public.here {PRIVATE}.\n",
        ),
        (b"GET / HTTP/1.1\r\n\r\n", 400, None),
        (b"x" * 40_000, 400, None),
    ],
)
def test_a_refusal_says_why(head, status, sentence):
    with proxy(**{"public.here": ["169.254.169.254"]}) as way:
        came = ask(way, head).decode()
    assert came.startswith(f"HTTP/1.1 {status} ")
    assert sentence is None or came.partition("\r\n\r\n")[2] == sentence


def test_a_refusal_is_noted():
    with proxy() as way:
        ask(way, b"CONNECT other.org:443 HTTP/1.1\r\n\r\n")
        said = noted(way)
    assert said == (
        "[network] refused: the host other.org:443 is not among those that this run may ask\n"
    )


def test_a_host_that_does_not_answer_is_said():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with proxy() as way:
        came = ask(way, f"CONNECT {HOST}:{port} HTTP/1.1\r\n\r\n".encode())
    assert came.endswith(f"There is no connection to {HOST}:{port}.\n".encode())


def test_bytes_are_bounded_over_all_connections():
    with proxy(most_bytes=1000) as way:
        with host(b"x" * 900) as (port, _):
            first = ask(way, f"CONNECT {HOST}:{port} HTTP/1.1\r\n\r\n".encode(), b"q")
            noted(way)
        with host(b"x" * 900) as (port, _):
            second = ask(way, f"CONNECT {HOST}:{port} HTTP/1.1\r\n\r\n".encode(), b"q")
            said = noted(way)
    assert (first.count(b"x"), second.count(b"x")) == (900, 0)
    assert said.endswith(", ended as this run had used up its bytes\n")


def test_connections_end_with_the_proxy():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as client:
        server.settimeout(5)
        client.settimeout(5)
        way = proxy()
        client.connect(str(way.path))
        client.sendall(f"CONNECT {HOST}:{server.getsockname()[1]} HTTP/1.1\r\n\r\n".encode())
        client.recv(65536)
        way.close()
        assert (client.recv(1), way.path.exists()) == (b"", False)
