"""The client: a few verbs over the HTTP API."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import requests

from reprise_client.errors import NotReachableError, RefusedError, RepriseError
from reprise_client.models import Figure, Plan, Run
from reprise_client.request import Product, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_URL = "http://127.0.0.1:8000"
SECONDS = 60


class Client:
    """A Reprise service.

    Args:
        url: its address; by default ``REPRISE_URL`` or this machine.
        session: a ``requests.Session`` to use, for proxies and the like.
        token: what the operator gave you; by default ``REPRISE_TOKEN``; without one you are a
            stranger. It is sent to the service alone.
    """

    def __init__(
        self,
        url: str | None = None,
        session: requests.Session | None = None,
        token: str | None = None,
    ) -> None:
        self.url = (url or os.environ.get("REPRISE_URL") or DEFAULT_URL).rstrip("/")
        self.session = session or requests.Session()
        self._token = (token or os.environ.get("REPRISE_TOKEN") or "").strip()

    def figures(self) -> list[Figure]:
        """All figures with their verdicts."""
        return [Figure.from_json(item) for item in self._pages("/api/figures/")]

    def workflows(self, text: str = "") -> list[dict[str, Any]]:
        """All workflows whose title or abstract holds the text."""
        return self._pages("/api/workflows/", q=text)

    def run(self, workflow: str, version: int | None = None, **parameters: Any) -> Run:
        """Ask for a run; numbers may be written with their unit, such as ``"0.02 MeV"``."""
        return self.ask(workflow, parameters, version)

    def ask(self, workflow: str, parameters: Mapping[str, Any], version: int | None = None) -> Run:
        """As ``run``, with the parameters in one mapping, whatever they are called."""
        return Request(self, workflow, parameters, version=version).run()

    def request(
        self, workflow: str, version: int | None = None, seed: int = 0, **parameters: Any
    ) -> Request:
        """A question that is not asked yet; its outputs may be given to other questions."""
        return Request(self, workflow, parameters, version=version, seed=seed)

    def ask_for(self, request: Request | Mapping[str, Any]) -> Run:
        """Ask for a request, or for the JSON of one."""
        return Run(self, self.post("/api/runs/", _content(request)))

    def plan(self, request: Request | Mapping[str, Any]) -> Plan:
        """What a request, or the JSON of one, would come to; nothing is run."""
        return Plan.from_json(self.post("/api/runs/plan/", _content(request)))

    def upload(self, path: str | Path) -> Product:
        """Give the service a file of your own, to be given to questions."""
        file = Path(path)
        try:
            with file.open("rb") as handle:
                answer = self._ask("POST", "/api/products/", files={"file": (file.name, handle)})
        except OSError as error:
            raise RepriseError(f"{file} cannot be read: {error.strerror}.") from None
        return Product(str(self._json(answer)["digest"]))

    def run_at(self, address: str) -> Run:
        """The run of an address."""
        return Run(self, self.get(f"/api/runs/{address}/"))

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """The JSON at a path of the service."""
        return self._json(self._ask("GET", path, params=query))

    def post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """The JSON that a path answers to some JSON."""
        return self._json(self._ask("POST", path, json=content))

    def download(self, path: str, target: Path) -> Path:
        """Write what is at a path of the service to a file, which appears only when whole."""
        part = target.with_name(f".{target.name}.part")
        with self._ask("GET", path, stream=True) as answer, part.open("wb") as handle:
            for piece in answer.iter_content(256 * 1024):
                handle.write(piece)
        part.replace(target)
        return target

    def _pages(self, path: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        number = 1
        while True:
            page = self.get(path, page=str(number), **query)
            found += page["results"]
            if not page.get("next"):
                return found
            number += 1

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        url = urljoin(f"{self.url}/", path.lstrip("/"))
        try:
            answer = self.session.request(
                method, url, timeout=SECONDS, auth=self._sign if self._token else None, **options
            )
        except requests.RequestException as error:
            reason = f"{self.url} does not answer ({type(error).__name__}): is the service up?"
            raise NotReachableError(reason, url=url) from None
        if not answer.ok:
            raise _refused(answer)
        return answer

    def _sign(self, message: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token on a message; a redirect to another host takes it off again."""
        message.headers["Authorization"] = f"Bearer {self._token}"
        return message

    def _json(self, answer: requests.Response) -> dict[str, Any]:
        try:
            content = answer.json()
        except ValueError:
            raise RefusedError(
                "The answer is no JSON: is this a Reprise service?", url=answer.url
            ) from None
        return dict(content)


def _content(request: Request | Mapping[str, Any]) -> dict[str, Any]:
    return request.to_json() if isinstance(request, Request) else dict(request)


def _refused(answer: requests.Response) -> RefusedError:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    detail = problem.get("detail") or f"The service answered {answer.status_code}."
    errors = problem.get("errors") or {}
    return RefusedError(str(detail), url=answer.url, name=str(problem.get("id", "")), errors=errors)
