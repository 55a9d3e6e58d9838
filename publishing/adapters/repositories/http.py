"""The transport that sends requests by HTTP.

::

    transport = HttpTransport(settings, gate=gate, told=listener, faults=faults_of)
    answer = transport.send("GET", "/api/records/123", expect=(404, 410))

What it takes care of, so that no adapter has to:

- The token goes into one header of requests to the configured host, and nowhere else: not into
  addresses, not to another host (redirects there are refused), not into errors, what listeners
  are told or logs. Should the repository repeat it, it is blotted out.
- Every request takes a place at the gate, and closes the gate when the repository asks for it.
- What was not sent for certain is told from what may have been carried out.
- Answers are bounded in size and time.
"""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from publishing.adapters.repositories import answers, tokens
from publishing.adapters.repositories.bodies import Body
from publishing.adapters.repositories.transport import (
    Answer,
    Faults,
    Gate,
    Listener,
    Open,
    silent,
)
from publishing.adapters.repositories.wire import CONNECT_SECONDS, Unanswered, exchange
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind
from publishing.errors import MisconfiguredError, NotAnsweringError

SCHEMES = {Kind.INVENIORDM: "Bearer", Kind.WORKFLOWHUB: "Token"}
"""How each kind of repository takes its token."""
HOPS = 3
FOUND = frozenset({301, 302, 303, 307, 308})
FINE = range(200, 300)
NOWHERE = frozenset({404, 410})


class HttpTransport:
    """Sends requests to the repository of some settings; see ``transport.Transport``."""

    def __init__(
        self,
        settings: RepositorySettings,
        *,
        gate: Gate | None = None,
        told: Listener = silent,
        faults: Faults = dict,
        accept: str = "application/json",
    ) -> None:
        self.base = settings.url
        self._settings = settings
        self._gate = gate or Open()
        self._told = told
        self._faults = faults
        self._accept = accept

    def send(  # noqa: PLR0913 -- the parts of a request
        self,
        method: str,
        target: str,
        body: Body | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        expect: tuple[int, ...] = (),
        faults: Faults | None = None,
    ) -> Answer:
        """Send one request, and read its answer; see ``transport.Transport.send``."""
        url = self._url(target)
        for _ in range(HOPS):
            answer = self._once(method, url, body, dict(headers or {}))
            if answer.status not in FOUND:
                return self._judged(method, url, answer, expect, faults or self._faults)
            url = self._next(method, url, answer)
        raise MisconfiguredError(f"{self._place(method, url)} leads on and on, and never arrives.")

    def probe(self, url: str) -> int:
        """The status of an address anywhere, asked without any secret."""
        return probe(url)

    def _judged(
        self, method: str, url: str, answer: Answer, expect: tuple[int, ...], faults: Faults
    ) -> Answer:
        is_fine = answer.status in FINE and not answer.text
        self._told(method, urlsplit(url).path, answer.status,
                   "" if is_fine else answers.words_of(answer))  # fmt: skip
        if answer.status in answers.WAIT_OF:
            self._gate.close(answers.seconds_to_wait(answer))
        # Without JSON it is not the repository that says so, but what stands before it.
        is_said = not answer.text and (answer.content or answer.status not in NOWHERE)
        if is_fine or (answer.status in expect and is_said):
            return answer
        raise answers.problem_of(self._place(method, url), answer, faults)

    def _once(self, method: str, url: str, body: Body | None, headers: dict[str, str]) -> Answer:
        token = tokens.read_token(self._settings)
        self._gate.take()
        sent = {"Accept": self._accept, **headers}
        if body is not None:
            sent["Content-Type"] = body.media_type
        found = exchange(
            method, url, body, headers=sent, token=token, timeout=self._settings.timeout,
            scheme=SCHEMES[self._settings.kind],
        )  # fmt: skip
        if isinstance(found, Answer):
            return found
        self._told(method, urlsplit(url).path, None, found.reason)
        raise found.problem(self._place(method, url))

    def _url(self, target: str) -> str:
        url = target if "://" in target else f"{self.base}/{target.lstrip('/')}"
        if _origin(url) != _origin(self.base):
            raise MisconfiguredError(
                f"{self._settings.name} names an address on another host, "
                f"{answers.short(url)[:120]}: it is not visited. If it moved, write its "
                "new address into the settings."
            )
        return url

    def _next(self, method: str, url: str, answer: Answer) -> str:
        self._told(method, urlsplit(url).path, answer.status, "leads elsewhere")
        if method not in {"GET", "HEAD"}:
            raise MisconfiguredError(
                f"{self._place(method, url)} leads elsewhere: write the address where the "
                "repository itself answers into the settings."
            )
        return self._url(urljoin(url, answer.headers.get("location", "")))

    def _place(self, method: str, url: str) -> str:
        return f"{self._settings.name}, {method} {urlsplit(url).path}"


def probe(url: str) -> int:
    """The status of an address, asked without any secret; only redirects on its host are followed.

    Raises:
        NotAnsweringError: it cannot be reached.
    """
    for _ in range(HOPS):
        found = _asked("HEAD", url)
        if found.status in {405, 501}:
            found = _asked("GET", url)
        there = urljoin(url, found.headers.get("location", ""))
        if found.status not in FOUND or urlsplit(there).hostname != urlsplit(url).hostname:
            return found.status
        url = there
    raise NotAnsweringError(f"{url} leads on and on.", wait=60.0, is_doubtful=False)


def _asked(method: str, url: str) -> Answer:
    found = exchange(method, url, None, headers={}, token="", timeout=CONNECT_SECONDS)
    if isinstance(found, Unanswered):
        raise NotAnsweringError(f"{url}: {found.reason}.", wait=60.0, is_doubtful=False)
    return found


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a secret may be sent to."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return ("", "", None)
    is_plain = "@" not in parts.netloc and "\\" not in url and url.isprintable()
    return (parts.scheme, parts.hostname or "", port) if is_plain else ("", "", None)
