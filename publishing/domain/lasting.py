"""Whether an address may stand in a record that nobody can change for ever."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_lasting(url: str) -> bool:
    """Whether others can follow an address: https, and a name that more than one machine knows.

    >>> is_lasting("https://reprise.example.org"), is_lasting("http://127.0.0.1:8000")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme != "https" or host.endswith((".local", ".localhost", ".internal")):
        return False
    return "." in host and not _is_number(host)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
