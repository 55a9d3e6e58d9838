"""Who asks, and how much of the machine they may use."""

import ipaddress
from dataclasses import dataclass

from lib import digest

OPERATOR = ""
IPV6_SITE = 64  # one house gets so many bits of an IPv6 address


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a run; never part of an address.

    Attributes:
        name: ``""`` for the operator and the service itself, ``account:<name>``, or
            ``anonymous:<pseudonym>``.
        concurrent: runs at a time; None without limit, as below.
        cpu_seconds: processor time of a day.
        storage_bytes: bytes of all products made for them and still kept.
        fan_out: products given to one input as a list.
        pending: runs that wait or run at a time.
    """

    name: str = OPERATOR
    concurrent: int | None = None
    cpu_seconds: float | None = None
    storage_bytes: int | None = None
    fan_out: int | None = None
    pending: int | None = None


SERVICE = Asker()
"""The service itself: bots, commands, checks of figures."""


def pseudonym(host: str, secret: str) -> str:
    """A name for an anonymous host that does not tell the host; one for each IPv6 site."""
    try:
        address = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return f"anonymous:{digest.of_value([secret, host])[:16]}"
    if address.version == 6:  # noqa: PLR2004 -- IPv6
        address = ipaddress.ip_network((address, IPV6_SITE), strict=False).network_address
    return f"anonymous:{digest.of_value([secret, str(address)])[:16]}"
