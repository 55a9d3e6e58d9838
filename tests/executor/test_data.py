"""Data by checksum: the store first, then mirrors, then its address; nothing else is believed."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import responses

from catalogue.domain.entry import DataFile
from executor.adapters import data
from executor.errors import DataUnreachableError
from lib import digest, store

BYTES = b"time flux\n1 2\n"
URL = "https://data.example.org/rows.csv"
FILE = DataFile(name="rows.csv", sha256=digest.of_bytes(BYTES), size=len(BYTES), url=URL)
ADDRESSES = {"data.example.org": "93.184.215.14", "inside.example.org": "10.0.0.7"}


@pytest.fixture
def web(monkeypatch):
    """A web in which two host names are known, one of them with a private address."""

    def resolve(host: str, *_more: object) -> list[tuple[object, ...]]:
        if host not in ADDRESSES:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ADDRESSES[host], 443))]

    monkeypatch.setattr("lib.hosts.socket.getaddrinfo", resolve)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


def have(file: DataFile = FILE, *mirrors: Path, allowed: tuple[str, ...] = ()) -> str:
    return data.ensure(file, mirrors=mirrors, allowed_hosts=allowed)


def why_not(file: DataFile = FILE, *mirrors: Path) -> str:
    with pytest.raises(DataUnreachableError) as refused:
        have(file, *mirrors)
    assert refused.value.id == "executor:platform:data-unreachable"
    assert not store.has(file.sha256)
    return refused.value.detail


def unreachable(reason: str, url: str = URL) -> str:
    return f"The file rows.csv is not reachable from here. Tried: {url} ({reason})."


def test_what_the_store_holds_is_not_fetched(web):
    store.put(BYTES)

    assert have() == FILE.sha256
    assert len(web.calls) == 0


def test_a_mirror_has_it_under_another_name(web, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "renamed.txt").write_bytes(BYTES)

    assert store.get(have(FILE, tmp_path)) == BYTES
    assert len(web.calls) == 0


def test_a_file_of_the_right_name_and_other_bytes_is_passed_over(web, tmp_path):
    (tmp_path / "rows.csv").write_bytes(b"time flux\n2 1\n")
    web.get(URL, body=BYTES)

    assert store.get(have(FILE, tmp_path)) == BYTES


def test_its_address_gives_it(web):
    web.get(URL, body=BYTES)

    assert store.get(have()) == BYTES


def test_a_redirect_to_a_public_host_is_followed(web):
    web.get("https://data.example.org/old.csv", status=302, headers={"Location": "/rows.csv"})
    web.get(URL, body=BYTES)

    assert store.get(have(replace(FILE, url="https://data.example.org/old.csv"))) == BYTES


def test_a_host_of_the_operator_may_be_private_and_speak_http(web):
    url = "http://inside.example.org/rows.csv"
    web.get(url, body=BYTES)

    assert store.get(have(replace(FILE, url=url), allowed=("inside.example.org",))) == BYTES


def test_other_bytes_are_not_kept(web):
    web.get(URL, body=b"time flux\n2 1\n")

    assert why_not() == unreachable("what it gives has another checksum")


def test_more_bytes_than_stated_are_not_read_to_their_end(web):
    web.get(URL, body=b"x" * 100)

    assert why_not() == unreachable("it gives more than 14 bytes")


def test_a_file_without_stated_size_has_a_limit_too(web, monkeypatch):
    monkeypatch.setattr(data, "BYTES_AT_MOST", 1000)
    web.get(URL, body=b"x" * 1001)

    assert why_not(replace(FILE, size=None)) == unreachable("it gives more than 1,000 bytes")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 404}, "it answers 404"),
        ({"status": 500}, "it answers 500"),
        ({"body": requests.ConnectTimeout()}, "it did not answer in time"),
        ({"body": requests.ReadTimeout()}, "it did not answer in time"),
        ({"body": requests.ConnectionError()}, "no connection"),
        ({"body": requests.exceptions.ChunkedEncodingError()}, "ChunkedEncodingError"),
        ({"status": 302}, "it redirects too often"),
        ({"status": 302, "headers": {"Location": URL}}, "it redirects too often"),
        (
            {"status": 302, "headers": {"Location": "https://inside.example.org/key"}},
            "the host inside.example.org has a private address, which this service does not visit",
        ),
        (
            {"status": 307, "headers": {"Location": "http://data.example.org/rows.csv"}},
            "only https addresses are fetched, not http",
        ),
        (
            {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
            "only https addresses are fetched, not file",
        ),
        ({"status": 302, "headers": {"Location": "https://[broken"}}, "the address is not one"),
    ],
)
def test_what_goes_wrong_is_said_in_a_few_words(web, answer, reason):
    web.get(URL, **answer)

    assert why_not() == unreachable(reason)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://data.example.org/x", "only https addresses are fetched, not http"),
        ("ftp://data.example.org/x", "only https addresses are fetched, not ftp"),
        ("file:///etc/passwd", "only https addresses are fetched, not file"),
        ("rows.csv", "only https addresses are fetched, not a bare path"),
        (
            "https://me:key@data.example.org/x",
            "the address needs a host and no user name or password",
        ),
        ("https://nowhere.example.org/x", "the host nowhere.example.org is not known here"),
        (
            "https://inside.example.org/x",
            "the host inside.example.org has a private address, which this service does not visit",
        ),
        ("https://[broken/x", "the address is not one"),
    ],
)  # fmt: skip
def test_an_address_that_is_not_visited_is_not_visited(web, url, reason):
    assert why_not(replace(FILE, url=url)) == unreachable(reason, url)
    assert len(web.calls) == 0


def test_every_place_that_was_tried_is_named(web, tmp_path):
    web.get(URL, status=404)
    one, other = tmp_path / "one", tmp_path / "other"

    assert why_not(FILE, one, other) == (
        "The file rows.csv is not reachable from here. "
        f"Tried: the folder {one}; the folder {other}; {URL} (it answers 404)."
    )
