"""The client: a few verbs over the HTTP API."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import requests

from reprise_client.errors import NotReachableError, RefusedError
from reprise_client.models import Figure, Run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_URL = "http://127.0.0.1:8000"
SECONDS = 60


class Client:
    """A Reprise service.

    Args:
        url: its address; by default ``REPRISE_URL`` or this machine.
        session: a ``requests.Session`` to use, for proxies and the like.
    """

    def __init__(self, url: str | None = None, session: requests.Session | None = None) -> None:
        self.url = (url or os.environ.get("REPRISE_URL") or DEFAULT_URL).rstrip("/")
        self.session = session or requests.Session()

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
        wanted = {"workflow": workflow, "version": version, "parameters": dict(parameters)}
        return Run(self, self.post("/api/runs/", wanted))

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
            answer = self.session.request(method, url, timeout=SECONDS, **options)
        except requests.RequestException as error:
            reason = f"{self.url} does not answer ({type(error).__name__}): is the service up?"
            raise NotReachableError(reason, url=url) from None
        if not answer.ok:
            raise _refused(answer)
        return answer

    def _json(self, answer: requests.Response) -> dict[str, Any]:
        try:
            content = answer.json()
        except ValueError:
            raise RefusedError(
                "The answer is no JSON: is this a Reprise service?", url=answer.url
            ) from None
        return dict(content)


def _refused(answer: requests.Response) -> RefusedError:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    detail = problem.get("detail") or f"The service answered {answer.status_code}."
    errors = problem.get("errors") or {}
    return RefusedError(str(detail), url=answer.url, name=str(problem.get("id", "")), errors=errors)
