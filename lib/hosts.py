"""Hosts that the service may talk to when somebody else names the address."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Resolver = Callable[[str], Sequence[str]]

TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # IPv4 behind NAT64 (RFC 6052)
# IPv4-compatible, site-local, 6to4 and local NAT64 addresses (RFC 4291, 3879, 7526, 8215).
INWARD = tuple(map(ipaddress.IPv6Network, ("::/96", "fec0::/10", "2002::/16", "64:ff9b:1::/48")))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address may not be fetched."""

    reason: str


def resolve(host: str) -> Sequence[str]:
    """All IP addresses of a host name, by the system's resolver."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, None)})


def refuse(
    url: str, *, allowed: Sequence[str] = (), resolver: Resolver = resolve
) -> Refusal | None:
    """Why this URL may not be fetched for a stranger, or None when it may.

    Only https to public addresses is fetched; a host the operator lists in ``allowed`` may be
    private and may speak plain http. Names are resolved, so a public name for a private
    address is refused too.
    """
    host = _host(url, allowed)
    if isinstance(host, Refusal) or host in allowed:
        return host if isinstance(host, Refusal) else None
    found = look_up(host, resolver=resolver)
    return found if isinstance(found, Refusal) else None


def addresses(
    url: str, *, allowed: Sequence[str] = (), resolver: Resolver = resolve
) -> Refusal | tuple[str, ...]:
    """Where this URL may be fetched from: IP addresses to connect to, and to no others.

    A name is resolved once, and what is checked is what is visited: who resolves it again may be
    given a private address the second time.
    """
    host = _host(url, allowed)
    return host if isinstance(host, Refusal) else look_up(host, allowed=allowed, resolver=resolver)


def look_up(
    host: str, *, allowed: Sequence[str] = (), resolver: Resolver = resolve
) -> Refusal | tuple[str, ...]:
    """The addresses of a host, all of them public unless the operator lists it in ``allowed``."""
    try:
        found = tuple(resolver(host))
    except (OSError, UnicodeError):  # UnicodeError: a label of the name is too long
        return Refusal(f"the host {host} is not known here")
    private = [] if host in allowed else [address for address in found if not _public(address)]
    if private or not found:
        return Refusal(f"the host {host} has a private address, which this service does not visit")
    return found


def _host(url: str, allowed: Sequence[str]) -> Refusal | str:
    """The host of a URL of the right shape."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return Refusal("the address is not one")
    known = bool(host) and host in allowed
    if parts.scheme != "https" and not (known and parts.scheme == "http"):
        return Refusal(f"only https addresses are fetched, not {parts.scheme or 'a bare path'}")
    if not host or "@" in parts.netloc:
        return Refusal("the address needs a host and no user name or password")
    # Others read a backslash or a control character in an address otherwise than we do.
    if "\\" in url or not url.isprintable() or " " in url:
        return Refusal("the address holds characters that no address has")
    return host


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in INWARD):
            return False
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in TRANSLATED else None
        return _reachable(inner or ip.ipv4_mapped or ip)
    return _reachable(ip)


def _reachable(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast
