"""One exchange over HTTP: a request goes out, and an answer comes back or does not."""

import http.cookiejar
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import exceptions as failed
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from lib.problem import ProblemError
from publishing.adapters.repositories.bodies import Body
from publishing.adapters.repositories.transport import Answer
from publishing.domain.repository_faults import is_loopback
from publishing.errors import MisconfiguredError, NotAnsweringError

CONNECT_SECONDS = 10
ANSWER_BYTES = 16 * 1024 * 1024
CHUNK = 64 * 1024
LARGE = 1_000_000
SLOWEST = 1_000_000
"""Bytes of an upload in a second, for which a repository is given so much longer to answer."""
BLOT = "***"
WAIT = 10.0
TEXT_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Unanswered:
    """There was no answer.

    Attributes:
        reason: in our own words: those of libraries may repeat what was sent.
        is_doubtful: whether the request may have arrived all the same.
        is_wrong: whether it will be no better later.
    """

    reason: str
    is_doubtful: bool = True
    is_wrong: bool = False

    def problem(self, place: str) -> ProblemError:
        """The error that this is."""
        if self.is_wrong:
            return MisconfiguredError(f"{place}: {self.reason}.")
        return NotAnsweringError(
            f"{place}: {self.reason}.", wait=WAIT, is_doubtful=self.is_doubtful
        )


class _Authorized(AuthBase):
    """The token of one request; being there keeps requests from looking into ``.netrc``."""

    def __init__(self, token: str, scheme: str) -> None:
        self._token = token
        self._scheme = scheme

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"{self._scheme} {self._token}"
        return request


def exchange(  # noqa: PLR0913 -- the parts of a request
    method: str,
    url: str,
    body: Body | None,
    *,
    headers: dict[str, str],
    token: str,
    timeout: float,
    scheme: str = "Bearer",
) -> Answer | Unanswered:
    """Send one request; redirects are not followed, cookies not kept, nothing is sent twice.

    Args:
        method: of HTTP.
        url: where to.
        body: what to send; None for nothing.
        headers: beside that of the token.
        token: empty for none; it is blotted out of the answer.
        timeout: seconds to wait for an answer, beyond those that the body takes.
        scheme: how the token is sent (RFC 9110, section 11.4).
    """
    size = body.size if body is not None else 0
    # The first is also for how long the sending of a body may come to a stop.
    seconds = (timeout if size > LARGE else CONNECT_SECONDS, timeout + size / SLOWEST)
    try:
        with closing(_session(url)) as session:
            response = session.request(
                method,
                url,
                data=(body if body.size else b"") if body is not None else None,
                headers=headers,
                auth=_Authorized(token, scheme),
                timeout=seconds,
                allow_redirects=False,
                stream=True,
            )
            with closing(response):
                return _answer(response, token, time.monotonic() + 2 * timeout)
    except (failed.RequestException, HTTPError, OSError) as error:
        reason = _reason(error)
    return reason


def _session(url: str) -> requests.Session:
    """A session for one request.

    A connection that was kept may be closed by the other side at the moment a request goes out,
    and whether it arrived is then unknown. Cookies would make a service take us for a browser.
    """
    session = requests.Session()
    session.headers.update({"Connection": "close", "Accept-Encoding": "identity"})
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = not is_loopback(urlsplit(url).hostname or "")  # proxies do not know it
    return session


def _answer(response: requests.Response, token: str, until: float) -> Answer | Unanswered:
    data = b""
    for chunk in _chunks(response):
        data += chunk
        if len(data) > ANSWER_BYTES:
            return Unanswered("its answer is too long to be one")
        if time.monotonic() > until:
            return Unanswered("its answer does not end")
    text = _blotted(data.decode("utf-8", "replace"), token)
    headers = {name.lower(): _blotted(value, token) for name, value in response.headers.items()}
    return _decoded(response.status_code, text, headers)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The answer as it comes; a compressed one, which nobody asked for, is left as it is."""
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        yield chunk


def _decoded(status: int, text: str, headers: dict[str, str]) -> Answer:
    if not text.strip():
        return Answer(status, headers=headers)
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError):
        return Answer(status, headers=headers, text=text[:TEXT_AT_MOST])
    if not isinstance(content, dict | list):
        return Answer(status, headers=headers, text=text[:TEXT_AT_MOST])
    return Answer(status, content, headers)


def _blotted(text: str, token: str) -> str:
    return text.replace(token, BLOT) if token else text


def _reason(error: Exception) -> Unanswered:
    if isinstance(error, failed.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Unanswered("its certificate is not trusted here", is_doubtful=False, is_wrong=True)
    if isinstance(error, failed.ConnectTimeout) or _is_unconnected(error):
        return Unanswered("it cannot be reached", is_doubtful=False)
    if isinstance(error, failed.InvalidURL | failed.InvalidSchema | failed.InvalidHeader):
        return Unanswered("this cannot be sent", is_doubtful=False, is_wrong=True)
    if isinstance(error, failed.Timeout):
        return Unanswered("it did not answer in time")
    return Unanswered("the connection broke")


def _is_unconnected(error: Exception) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
