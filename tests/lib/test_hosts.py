"""Addresses that strangers name: which of them the service visits."""

import pytest

from lib import hosts

PUBLIC = "93.184.216.34"
NO_USER = "the address needs a host and no user name or password"
ANY = "0.0.0.0"  # noqa: S104 -- an address to refuse, not to bind
ONLY_HTTPS = "only https addresses are fetched, not {}"
PRIVATE = "has a private address, which this service does not visit"


def reason(url, *addresses, allowed=()):
    refusal = hosts.refuse(url, allowed=allowed, resolver=lambda _host: addresses)
    return None if refusal is None else refusal.reason


@pytest.mark.parametrize(
    "addresses",
    [
        (PUBLIC,),
        ("2606:2800:220:1:248:1893:25c8:1946",),
        (PUBLIC, "2001:4860:4860::8888"),
        ("::ffff:93.184.216.34",),
        ("64:ff9b::5db8:d822",),  # the same behind NAT64
    ],
)
def test_public_addresses_are_visited(addresses):
    assert reason("https://example.org/x.git", *addresses) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", ANY, "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "100.64.0.1", "169.254.169.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "::7f00:1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "ff0e::1", "2001:db8::1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1", "2001::1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_under_any_name(address):
    assert reason("https://example.org/x", address) == f"the host example.org {PRIVATE}"
    assert reason("https://example.org/x", PUBLIC, address) == f"the host example.org {PRIVATE}"


@pytest.mark.parametrize(
    ("host", "given_by_the_resolver"),
    [
        ("localhost", "127.0.0.1"), ("localhost.", "127.0.0.1"), ("2130706433", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("127.1", "127.0.0.1"),
        ("127.0.0.1.nip.io", "127.0.0.1"), ("0", ANY), ("2852039166", "169.254.169.254"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_private_address_are_refused(host, given_by_the_resolver):
    assert reason(f"https://{host}/x", given_by_the_resolver) == f"the host {host} {PRIVATE}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org/x", "only https addresses are fetched, not http"),
        ("ftp://example.org/x", "only https addresses are fetched, not ftp"),
        ("file:///etc/passwd", "only https addresses are fetched, not file"),
        ("gopher://example.org/x", "only https addresses are fetched, not gopher"),
        ("example.org/x", "only https addresses are fetched, not a bare path"),
        ("/etc/passwd", "only https addresses are fetched, not a bare path"),
        ("", "only https addresses are fetched, not a bare path"),
        ("https:///x", NO_USER),
        ("https:x", NO_USER),
        ("https://ada:secret@example.org/x", NO_USER),
        ("https://ada@example.org/x", NO_USER),
        ("https://@example.org/x", NO_USER),
        ("https://good.org\\@10.0.0.1/x", NO_USER),
        ("https://good.org\\.example.org/x", "the address holds characters that no address has"),
        ("https://example.org/x\x00", "the address holds characters that no address has"),
        ("https://exa\nmple.org/x", "the address holds characters that no address has"),
        ("https://example.org/ x", "the address holds characters that no address has"),
        ("https://[::1", "the address is not one"),
        ("https://exam℀ple.org/", "the address is not one"),
    ],
)  # fmt: skip
def test_addresses_of_another_shape_are_refused(url, expected):
    assert reason(url, PUBLIC) == expected


def test_a_host_without_addresses_is_refused():
    assert reason("https://example.org/x") == f"the host example.org {PRIVATE}"


@pytest.mark.parametrize("error", [OSError(), UnicodeError("label too long")])
def test_a_host_that_does_not_resolve_is_refused(error):
    def resolver(_host):
        raise error

    refusal = hosts.refuse("https://nowhere.example/x", resolver=resolver)
    assert refusal == hosts.Refusal("the host nowhere.example is not known here")


@pytest.mark.parametrize(
    "url", ["https://git.here/x", "http://git.here:3000/x", "https://GIT.here/x"]
)
def test_a_host_the_operator_lists_may_be_private_and_plain(url):
    assert reason(url, "10.0.0.1", allowed=("git.here",)) is None


@pytest.mark.parametrize(
    "url",
    ["file://git.here/x", "http://git.here.example.org/x", "https://git.here@10.0.0.1/x",
     "https://ada@git.here/x"],
)  # fmt: skip
def test_a_listed_host_allows_nothing_but_itself(url):
    assert reason(url, "10.0.0.1", allowed=("git.here",)) is not None


def test_the_systems_resolver_gives_each_address_once(monkeypatch):
    found = [(2, 1, 6, "", ("10.0.0.2", 0)), (2, 2, 17, "", ("10.0.0.2", 0)),
             (10, 1, 6, "", ("::1", 0, 0, 0))]  # fmt: skip
    monkeypatch.setattr(hosts.socket, "getaddrinfo", lambda _host, _port: found)
    assert hosts.resolve("example.org") == ["10.0.0.2", "::1"]


def test_the_addresses_that_were_checked_are_the_ones_to_visit():
    asked = []

    def resolver(host):
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    found = hosts.addresses("https://example.org/x", resolver=resolver)
    assert (found, asked) == ((PUBLIC,), ["example.org"])


@pytest.mark.parametrize(
    ("url", "given", "expected"),
    [
        ("https://example.org/x", "10.0.0.1", hosts.Refusal(f"the host example.org {PRIVATE}")),
        ("https://git.here/x", "10.0.0.1", ("10.0.0.1",)),
        ("http://git.here/x", "10.0.0.1", ("10.0.0.1",)),
        (
            "ftp://git.here/x",
            "10.0.0.1",
            hosts.Refusal("only https addresses are fetched, not ftp"),
        ),
    ],
)
def test_addresses_are_refused_as_urls_are(url, given, expected):
    found = hosts.addresses(url, allowed=("git.here",), resolver=lambda _host: [given])
    assert found == expected
