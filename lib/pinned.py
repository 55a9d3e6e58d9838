"""Fetching from the very addresses that were checked, whatever a name resolves to meanwhile."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter


class PinnedSession(requests.Session):
    """Asks hosts at the addresses that were found for them (see :func:`lib.hosts.addresses`)."""

    def __init__(self) -> None:
        super().__init__()
        self._adapter = PinnedAdapter()
        self.mount("https://", self._adapter)
        self.mount("http://", self._adapter)

    def ask(
        self, url: str, addresses: Sequence[str], *, timeout: tuple[float, float]
    ) -> requests.Response:
        """What the first address that can be connected to answers; redirects are not followed.

        Raises:
            requests.RequestException: none did, or something else went wrong.
        """
        for address in addresses[:-1]:
            try:
                return self._ask_at(url, address, timeout)
            except requests.ConnectionError:
                continue
        return self._ask_at(url, addresses[-1], timeout)

    def _ask_at(self, url: str, address: str, timeout: tuple[float, float]) -> requests.Response:
        self._adapter.pin(url, address)
        return self.get(url, stream=True, timeout=timeout, allow_redirects=False)


class PinnedAdapter(HTTPAdapter):
    """Connects to a given address for each host; the name is still what the server is asked for.

    Certificates are checked against the name, and the ``Host`` header holds it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._addresses: dict[str, str] = {}

    def pin(self, url: str, address: str) -> None:
        """From now on the host of a URL is at an address."""
        self._addresses[urlsplit(url).hostname or ""] = address

    def build_connection_pool_key_attributes(
        self,
        request: requests.PreparedRequest,
        verify: Any,  # noqa: ANN401 -- as the library has it
        cert: Any = None,  # noqa: ANN401 -- as the library has it
    ) -> tuple[Any, Any]:
        """As the library does, with the address in place of the name."""
        place: Any
        kept: Any
        place, kept = super().build_connection_pool_key_attributes(request, verify, cert)
        host = place["host"]
        if host in self._addresses:
            place["host"] = self._addresses[host]
            if place["scheme"] == "https":
                kept |= {"server_hostname": host, "assert_hostname": host}
        return place, kept

    def add_headers(self, request: requests.PreparedRequest, **_more: Any) -> None:
        """Ask for the host by its name."""
        request.headers["Host"] = urlsplit(str(request.url)).netloc
