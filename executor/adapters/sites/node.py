"""What runs on a node of a cluster: the sandbox, with a job that somebody else laid out.

The node sees the folders of the project and of the service at the same paths, through a shared file
system. It reads no settings and no database: all it is told is in one order.
"""

import json
import platform
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from executor.adapters import sandbox
from executor.adapters.sites import side
from executor.domain.job import Cause, Ending, Job, Limits


@dataclass(frozen=True, slots=True)
class Order:
    """All that a node is told.

    Attributes:
        job: what to run.
        sandbox: which isolation to look for there, as ``sandbox.isolation`` takes it.
        trusted: whether the code may run where nothing isolates it.
        patience: seconds without a sign of who waits for it, after which the job is ended.
    """

    job: Job
    sandbox: str
    trusted: bool
    patience: float

    def to_json(self) -> str:
        """The order as a text, which goes to the node."""
        return json.dumps(asdict(self), default=str)


@dataclass(slots=True)
class Post:
    """The node's end of the side folder: writes what comes, and sees whether to stop."""

    folder: Path
    patience: float
    orders: side.Watched = field(init=False)
    beat: side.Count = field(init=False)

    def __post_init__(self) -> None:
        self.orders = side.Watched(self.folder / side.ORDERS)
        self.beat = side.Count(self.folder / side.BEAT)

    def log(self, piece: bytes) -> None:
        """Write what the job printed."""
        _append(self.folder / side.LOG, piece)

    def event(self, line: bytes) -> None:
        """Write an event of the job."""
        _append(self.folder / side.EVENTS, line + b"\n")

    def should_stop(self) -> bool:
        """Whether somebody wants so, or nobody waits for it any more."""
        self.beat.go_on()
        return self.orders.look() == side.STOP or self.orders.silent_for() > self.patience


def run_order(text: str) -> str:
    """Run a job as an order says; returns how it ended, as ``answer_of`` reads it."""
    order = order_of(json.loads(text))
    folder = side.beside(order.job.folder)
    if not folder.is_dir() or side.Watched(folder / side.ORDERS).look() in {"", side.STOP}:
        return json.dumps({"ending": asdict(Ending(Cause.STOPPED, None, 0.0))})
    post = Post(folder, order.patience)
    post.beat.go_on()
    isolation = sandbox.isolation(order.sandbox)
    facts = {
        "isolation": isolation.name,
        "machine": f"{platform.platform()} ({socket.gethostname()})",
    }
    if isolation.name == "off" and not order.trusted:
        return json.dumps(facts | {"refused": isolation.reason})
    try:
        ending = sandbox.run(
            order.job, isolation=isolation, on_log=post.log, on_event=post.event,
            should_stop=post.should_stop,
        )  # fmt: skip
    except sandbox.SandboxError as error:
        return json.dumps(facts | {"failed": str(error)})
    return json.dumps(facts | {"ending": asdict(ending)})


def order_of(values: Mapping[str, Any]) -> Order:
    """The order that ``Order.to_json`` wrote."""
    job: dict[str, Any] = dict(values["job"])
    for name in ("argv", "network", "private_hosts"):
        job[name] = tuple(job[name])
    job["folder"] = Path(job["folder"])
    job["readable"] = tuple(map(Path, job["readable"]))
    job["limits"] = Limits(**job["limits"])
    made = Job(**job)
    return Order(made, values["sandbox"], values["trusted"], values["patience"])


def ending_of(values: Mapping[str, Any]) -> Ending:
    """The ending in an answer."""
    return Ending(**{**values, "cause": Cause(values["cause"])})


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as handle:
        handle.write(data)
