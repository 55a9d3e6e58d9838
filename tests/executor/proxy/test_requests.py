"""What a run may ask of the network, decided without connecting to anything."""

import pytest

from executor.adapters.proxy.requests import BadRequestError, Request, parsed, permitted
from lib.hosts import Refusal

PUBLIC = "93.184.216.34"
ARCHIVE = "archive.example.org"
INSIDE = "inside.here"


def tunnel(host: str, port: int = 443) -> Request:
    return Request(host, port, b"", is_tunnel=True)


def decision(request: Request, *addresses: str) -> Refusal | tuple[str, ...]:
    return permitted(
        request,
        hosts=(ARCHIVE, INSIDE),
        private_hosts=(INSIDE,),
        resolver=lambda _host: addresses,
    )


def test_a_tunnel_names_its_host_and_port():
    head = b"CONNECT Archive.Example.org:443 HTTP/1.1\r\nHost: other.org\r\n\r\n"
    assert parsed(head) == tunnel(ARCHIVE)


def test_a_plain_request_is_sent_on_as_the_host_wants_it():
    head = (
        b"GET http://archive.example.org/a?b=c HTTP/1.1\r\nHost: archive.example.org\r\n"
        b"Connection: keep-alive\r\nProxy-Connection: keep-alive\r\nAccept: */*\r\n\r\n"
    )
    sent = (
        b"GET /a?b=c HTTP/1.1\r\nHost: archive.example.org\r\nAccept: */*\r\n"
        b"Connection: close\r\n\r\n"
    )
    assert parsed(head) == Request(ARCHIVE, 80, sent, is_tunnel=False)


@pytest.mark.parametrize(
    "head",
    [
        b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET https://archive.example.org/ HTTP/1.1\r\n\r\n",
        b"GET file:///etc/passwd HTTP/1.1\r\n\r\n",
        b"GET http://ada:secret@archive.example.org/ HTTP/1.1\r\n\r\n",
        b"CONNECT :443 HTTP/1.1\r\n\r\n",
        b"CONNECT ada@archive.example.org:443 HTTP/1.1\r\n\r\n",
        b"CONNECT archive.example.org:99999 HTTP/1.1\r\n\r\n",
        b"CONNECT [::1 HTTP/1.1\r\n\r\n",
        b"CONNECT a b c HTTP/1.1\r\n\r\n",
        b"\xff\xfe HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    ],
)
def test_what_is_no_request_of_a_proxy_is_refused(head):
    with pytest.raises(BadRequestError):
        parsed(head)


def test_a_declared_host_is_asked_at_the_address_that_was_found():
    assert decision(tunnel(ARCHIVE), PUBLIC) == (PUBLIC,)


@pytest.mark.parametrize(
    "host", ["other.org", "archive.example.org.evil.org", "sub.archive.example.org", PUBLIC, ""]
)
def test_a_host_that_was_not_declared_is_refused(host):
    reason = f"the host {host}:443 is not among those that this run may ask"
    assert decision(tunnel(host), PUBLIC) == Refusal(reason)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fe80::1", "fd00:ec2::254",
     "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "0.0.0.0"],  # noqa: S104 -- refused, not bound
)  # fmt: skip
def test_a_declared_host_with_a_private_address_is_refused(address):
    reason = f"the host {ARCHIVE} has a private address, which this service does not visit"
    assert decision(tunnel(ARCHIVE), address) == Refusal(reason)
    assert decision(tunnel(ARCHIVE), PUBLIC, address) == Refusal(reason)


@pytest.mark.parametrize("port", [22, 25, 80, 5432, 6379, 8000])
def test_only_the_usual_ports_are_asked(port):
    assert decision(tunnel(ARCHIVE, port), PUBLIC) == Refusal(
        f"only port 443 is asked, not {ARCHIVE}:{port}"
    )


def test_a_host_that_the_operator_calls_his_own_may_be_private_on_any_port():
    assert decision(tunnel(INSIDE, 8000), "10.0.0.7") == ("10.0.0.7",)


def test_what_is_told_of_a_host_has_no_escapes_and_an_end():
    assert Request("\x1b[2J" + "x" * 200, 1, b"", is_tunnel=True).place == "?[2J" + "x" * 96 + ":1"
