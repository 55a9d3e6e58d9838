"""What a client asks of a proxy, and whether it is asked for: no sockets here.

The forms are those of RFC 9112, section 3.2: ``CONNECT host:port`` for a tunnel, and an absolute
``http://`` address for what the proxy is to ask itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lib.hosts import Refusal, Resolver, look_up, resolve

TUNNEL_PORT, PLAIN_PORT = 443, 80
HOP_BY_HOP = (b"connection:", b"proxy-", b"keep-alive:", b"te:", b"trailer:", b"upgrade:")
SHOWN = 100  # letters of a host, at most, in a sentence


class BadRequestError(ValueError):
    """The client did not send a request that a proxy understands."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        host: name of the host, in small letters.
        port: its port.
        head: what to send to it first; empty for a tunnel.
        is_tunnel: whether all else is passed on unread.
    """

    host: str
    port: int
    head: bytes
    is_tunnel: bool

    @property
    def place(self) -> str:
        """Host and port as they are told to people."""
        plain = "".join(letter if letter.isprintable() else "?" for letter in self.host)
        return f"{plain[:SHOWN]}:{self.port}"


def parsed(head: bytes) -> Request:
    """The request of a head (request line and headers, up to and with the empty line).

    Raises:
        BadRequestError: it is none that a proxy is asked.
    """
    line, _, rest = head.partition(b"\r\n")
    try:
        method, target, version = line.decode("ascii").split(" ")
        tunnel = method == "CONNECT"
        parts = urlsplit(f"//{target}" if tunnel else target)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # UnicodeDecodeError is one too
        raise BadRequestError("no request of a proxy") from None
    if not host or "@" in parts.netloc or not (tunnel or parts.scheme == "http"):
        raise BadRequestError("no host, or another scheme than http")
    host = host.rstrip(".")
    if tunnel:
        return Request(host, port or TUNNEL_PORT, b"", is_tunnel=True)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [item for item in rest.split(b"\r\n") if item and not is_hop(item)]
    lines = [f"{method} {path} {version}".encode(), *kept, b"Connection: close", b"", b""]
    return Request(host, port or PLAIN_PORT, b"\r\n".join(lines), is_tunnel=False)


def is_hop(header: bytes) -> bool:
    """Whether a header is meant for us and not for the host."""
    return header.lower().startswith(HOP_BY_HOP)


def permitted(
    request: Request,
    *,
    hosts: Sequence[str],
    private_hosts: Sequence[str],
    resolver: Resolver = resolve,
) -> Refusal | tuple[str, ...]:
    """The addresses to connect to for a request, or why it is refused.

    Args:
        request: what is asked.
        hosts: the only hosts that may be asked.
        private_hosts: those of them that may have a private address, and any port.
        resolver: gives the addresses of a name; asked once.
    """
    if request.host not in hosts:
        return Refusal(f"the host {request.place} is not among those that this run may ask")
    usual = TUNNEL_PORT if request.is_tunnel else PLAIN_PORT
    if request.port != usual and request.host not in private_hosts:
        return Refusal(f"only port {usual} is asked, not {request.place}")
    return look_up(request.host, allowed=private_hosts, resolver=resolver)
