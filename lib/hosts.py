"""Hosts that the service may talk to when somebody else names the address."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Resolver = Callable[[str], Sequence[str]]


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
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host and host in allowed and parts.scheme in {"http", "https"}:
        return None
    if parts.scheme != "https":
        return Refusal(f"only https addresses are fetched, not {parts.scheme or 'a bare path'}")
    if not host or parts.username or parts.password:
        return Refusal("the address needs a host and no user name or password")
    return _refuse_private(host, resolver)


def _refuse_private(host: str, resolver: Resolver) -> Refusal | None:
    try:
        addresses = resolver(host)
    except OSError:
        return Refusal(f"the host {host} is not known here")
    private = [address for address in addresses if not _public(address)]
    if private or not addresses:
        return Refusal(f"the host {host} has a private address, which this service does not visit")
    return None


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast
