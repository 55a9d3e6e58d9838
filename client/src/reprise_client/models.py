"""What the service tells: frozen values, and the run, which can be asked again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reprise_client.errors import RepriseError, RunFailedError, TooLongError

if TYPE_CHECKING:
    from reprise_client.client import Client

ENDED = frozenset({"finished", "failed", "cancelled"})


@dataclass(frozen=True)
class Figure:
    """A figure of a paper with the verdict of its newest check; None before the first."""

    slug: str
    paper: str
    title: str
    workflow: str
    verdict: str | None
    sentence: str
    checked_at: str | None
    compared: list[dict[str, Any]]

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Figure:
        """The figure in an answer of the service."""
        return cls(**{name: content[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Output:
    """A product of a run under its name; ``value`` and ``unit`` only for numbers."""

    name: str
    role: str
    file: str
    digest: str
    media_type: str
    size: int
    url: str
    value: Any = None
    unit: str | None = None

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Output:
        """The output in an answer of the service."""
        return cls(**{name: content[name] for name in cls.__dataclass_fields__ if name in content})


@dataclass(frozen=True)
class Taken:
    """An output of a run at the service, to be given to a question."""

    run: str
    output: str


@dataclass(frozen=True)
class Reason:
    """Why a run was not known: the nearest known run, if there is one, and what differs."""

    address: str
    workflow: str
    nearest: str | None
    differences: list[str]

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Reason:
        """The reason in an answer of the service."""
        return cls(**{name: content[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Planned:
    """A run of a plan; ``state`` is ``new`` when it was never asked for."""

    address: str
    workflow: str
    version: int
    state: str
    known: bool
    changed: list[str]
    depth: int

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Planned:
        """The run in an answer of the service."""
        return cls(**{name: content[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Plan:
    """What a request comes to: its runs, each after those that feed it."""

    want: str
    known: int
    total: int
    nodes: list[Planned]
    edges: list[dict[str, Any]]
    why: list[Reason]

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Plan:
        """The plan in an answer of the service."""
        return cls(
            want=content["want"],
            known=content["known"],
            total=content["total"],
            nodes=[Planned.from_json(item) for item in content["nodes"]],
            edges=list(content["edges"]),
            why=[Reason.from_json(item) for item in content.get("why", [])],
        )


class Run:
    """A run at the service; ``wait`` and ``refresh`` bring it up to date."""

    def __init__(self, client: Client, content: dict[str, Any]) -> None:
        self._client = client
        self._content = content

    def __repr__(self) -> str:
        return f"<Run {self.address[:12]} {self.state}>"

    def __getitem__(self, output: str) -> Taken:
        """An output of it, to be given to a question."""
        return Taken(self.address, output)

    @property
    def address(self) -> str:
        """The address, which names the whole question."""
        return str(self._content["address"])

    @property
    def state(self) -> str:
        """Such as ``queued``, ``running``, ``waiting for data``, ``finished``."""
        return str(self._content["state"])

    @property
    def known(self) -> bool:
        """Whether the answer was there before it was asked for."""
        return bool(self._content.get("known", False))

    @property
    def log(self) -> str:
        """What its code printed."""
        return str(self._content.get("log", ""))

    @property
    def parameters(self) -> dict[str, Any]:
        """Name → value of every parameter, as the service understood it."""
        return {name: form["value"] for name, form in self._content["parameters"].items()}

    @property
    def outputs(self) -> dict[str, Output]:
        """Name → output; the plotted arrays and the executed notebook are left out."""
        every = map(Output.from_json, self._content["outputs"])
        return {item.name: item for item in every if item.role == "output"}

    def refresh(self) -> Run:
        """Ask the service how the run stands."""
        self._content = self._client.get(f"/api/runs/{self.address}/")
        return self

    def wait(self, seconds: float = 600.0, pause: float = 0.5) -> Run:
        """Wait until the run has ended.

        Raises:
            RunFailedError: it failed or was cancelled.
            TooLongError: it has not ended after so many seconds.
        """
        until = time.monotonic() + seconds
        while self.state not in ENDED:
            if self.state == "waiting for data" or time.monotonic() > until:
                raise TooLongError(self._why() or f"The run is {self.state}.", url=self.address)
            time.sleep(pause)
            self.refresh()
        if self.state != "finished":
            raise RunFailedError(self._why() or f"The run is {self.state}.", url=self.address)
        return self

    def plan(self) -> Plan:
        """All runs that its answer is made of, and how they stand."""
        return Plan.from_json(self._client.get(f"/api/runs/{self.address}/plan/"))

    def explain(self) -> Reason:
        """Why it was not known when it was asked for."""
        return Reason.from_json(self._client.get(f"/api/runs/{self.address}/explain/"))

    def cancel(self) -> Run:
        """Ask the service to stop the run."""
        self._content = self._client.post(f"/api/runs/{self.address}/cancel/", {})
        return self

    def value(self, name: str) -> Any:  # noqa: ANN401 -- number, text or truth value
        """The value of an output that is a number."""
        return self._output(name).value

    def save(self, name: str, path: str | Path | None = None) -> Path:
        """Write an output to a file, by default under its own name; returns where."""
        output = self._output(name)
        return self._client.download(output.url, Path(path or Path(output.file).name))

    def save_crate(self, path: str | Path) -> Path:
        """Write the crate of the run to a file; returns where."""
        return self._client.download(f"/api/runs/{self.address}/crate/", Path(path))

    def _output(self, name: str) -> Output:
        if name not in self.outputs:
            known = ", ".join(self.outputs) or "none yet"
            raise RepriseError(
                f"The run has no output {name!r}; it has: {known}.", url=self.address
            )
        return self.outputs[name]

    def _why(self) -> str:
        error = self._content.get("error") or {}
        return str(error.get("detail", ""))
