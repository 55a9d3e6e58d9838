"""The fake InvenioRDM on loopback: real sockets, real cuts, real kills.

``with served() as server:`` serves it from a thread of this process. ``python -m`` serves it from a
process of its own, whose faults, clock and state are at the control routes ``/_fake/…``; these are
neither counted nor written down. The resolver is at ``/doi/…`` of the same port.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.publishing.repositories.fake_inveniordm import FakeInvenioRDM
from tests.publishing.repositories.fake_talk import Answer, Request
from tests.publishing.repositories.faults import NOT_DONE, Fault, Kind, Plan

PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
TITLES = {500: "500 Internal Server Error", 502: "502 Bad Gateway", 504: "504 Gateway Time-out"}
STATUS_OF = {
    Kind.DONE_504: 504, Kind.UNDONE_504: 504, Kind.LATE_504: 504, Kind.HTML_500: 500,
    Kind.HTML_502: 502, Kind.DONE_500: 500,
}  # fmt: skip
LATE = 60.0


class Clock:
    """Time that passes by itself and can be pushed on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead  # a frozen time of the tests is kept to


@dataclass
class Seen:
    """A request as the server saw it."""

    number: int
    method: str
    target: str
    status: int = 0
    fault: str = ""
    at: float = 0.0

    @property
    def is_write(self) -> bool:
        return self.method not in {"GET", "HEAD"}


@dataclass
class Served:
    """A fake, its faults, and what was asked of it."""

    fake: FakeInvenioRDM
    plan: Plan = field(default_factory=Plan)
    log: list[Seen] = field(default_factory=list)
    resolver_log: list[str] = field(default_factory=list)
    late: list[tuple[float, Request]] = field(default_factory=list)
    lost_late: list[str] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        return self.fake.url

    @property
    def resolver_url(self) -> str:
        return f"{self.fake.url}/doi"

    def writes(self) -> list[str]:
        """Every request that may have changed something, in order."""
        return [f"{item.method} {item.target}" for item in self.log if item.is_write]

    def count(self, method: str, end: str) -> int:
        """How many requests of a method had a path that ends so."""
        return sum(item.method == method and item.target.endswith(end) for item in self.log)

    def forget(self) -> None:
        """Begin the log anew."""
        self.log.clear()

    def reset(self) -> None:
        """A repository with nothing in it, at the same address; numbers of records go on."""
        before = self.fake
        self.fake = FakeInvenioRDM(
            clock=before.clock, url=before.url, next_id=before.next_id, prefix=before.prefix
        )
        self.late.clear()
        self.forget()
        self.plan.set()

    def settle(self) -> None:
        """Carry out what a gateway gave up on but its server went on with."""
        due = [item for item in self.late if item[0] <= self.clock()]
        self.late = [item for item in self.late if item not in due]
        for _at, request in due:
            before = len(self.fake.destroyed)
            self.fake.answer(request)
            self.lost_late += self.fake.destroyed[before:]
            del self.fake.destroyed[before:]  # no client can help what its server does late


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body go out together
    disable_nagle_algorithm = True
    served: Served

    def answer_one(self) -> None:
        served, path = self.served, self.path.split("?")[0]
        if path.startswith("/_fake/"):
            return self.send(self.control(path.removeprefix("/_fake/")))
        if path.startswith("/doi/"):
            return self.resolve(unquote(path.removeprefix("/doi/")))
        if path.startswith("/records/"):
            return self.page(path.removeprefix("/records/"))
        with served.lock:
            served.settle()
            fault = served.plan.next(f"{self.command} {path}")
            seen = Seen(served.plan.seen, self.command, self.path, at=served.clock())
            served.log.append(seen)
            if fault:
                seen.fault = fault.kind.value
            answer = self.struck(fault) if fault else self.served.fake.answer(self.request_())
            seen.status = answer.status if answer else 0
        if answer is None:
            return self.cut()
        return self.send(answer, half=bool(fault and fault.kind is Kind.CUT_ANSWER))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = answer_one  # noqa: N815 -- the names are http.server's

    def request_(self, body: bytes | None = None) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        data = self.body() if body is None else body
        return Request(self.command, self.path, headers, data)

    def body(self, part: float = 1.0) -> bytes:
        """The body, or its first part."""
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self.chunks())
        return self.rfile.read(int(int(self.headers.get("content-length") or 0) * part))

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def struck(self, fault: Fault) -> Answer | None:  # noqa: PLR0911 -- a table of the kinds
        """What a faulty request leads to; None cuts the connection."""
        fake, kind = self.served.fake, fault.kind
        if kind in {Kind.KILL_BEFORE, Kind.BEFORE}:
            return self.killed(fault)
        if kind is Kind.HALF_BODY:
            fake.answer(self.request_(self.body(0.5)))
            return None
        request = self.request_()
        if kind is Kind.TRUNCATED:
            return fake.answer(self.request_(request.body[: len(request.body) // 2]))
        if kind is Kind.ALTERED:
            return fake.answer(self.request_(request.body[:-1] + b"?"))
        if kind is Kind.LATE_504:
            self.served.late.append((self.served.clock() + LATE, request))
        done = None if kind in NOT_DONE or kind is Kind.LATE_504 else fake.answer(request)
        if kind in STATUS_OF:
            status = STATUS_OF[kind]
            return Answer(status, PAGE.format(TITLES[status]))
        if kind in {Kind.AFTER, Kind.KILL_AFTER}:
            return self.killed(fault)
        return self.paused(fault, done)

    def paused(self, fault: Fault, done: Answer | None) -> Answer | None:
        words = {"status": 429, "message": "60 per 1 minute"}
        if fault.kind is Kind.WAIT_429:
            return Answer(429, words, {"retry-after": str(fault.seconds)})
        if fault.kind is Kind.RESET_429:
            reset = str(int(self.served.clock()) + fault.seconds)
            return Answer(429, words, {"x-ratelimit-reset": reset, "x-ratelimit-remaining": "0"})
        if fault.kind is Kind.RETRY_AFTER_200 and done:
            return Answer(done.status, done.body, done.headers | {"retry-after": "60"})
        return done

    def killed(self, fault: Fault) -> None:
        if fault.kind in {Kind.KILL_BEFORE, Kind.KILL_AFTER}:
            os.kill(fault.pid, signal.SIGKILL)

    def cut(self) -> None:
        """Reset the connection, whatever was not read or sent."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            linger = (1).to_bytes(4, sys.byteorder) + (0).to_bytes(4, sys.byteorder)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def send(self, answer: Answer, *, half: bool = False) -> None:
        data = b"" if answer.status == 204 else answer.data
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-type", answer.media_type)
            self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if half else data)
        if half:
            self.wfile.flush()
            self.cut_softly()

    def cut_softly(self) -> None:
        """Close after what was sent has gone out."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def resolve(self, doi: str) -> None:
        self.served.resolver_log.append(doi)
        leads = self.served.fake.resolver.resolve(self.served.clock(), doi)
        if leads:
            return self.send(Answer(302, "", {"location": leads}))
        return self.send(Answer(404, PAGE.format("DOI Not Found")))

    def page(self, name: str) -> None:
        """The page of a record or of its concept."""
        known = {row.id for row in self.served.fake.records()}
        known |= {row.parent.id for row in self.served.fake.records()}
        status = 200 if name in known else 404
        return self.send(Answer(status, PAGE.format(name)))

    def control(self, name: str) -> Answer:
        """What a test in another process asks: not counted, not written down."""
        body = json.loads(self.body() or b"{}")
        with self.served.lock:
            return CONTROLS[name](self.served, body)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # cut on purpose
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()


def _state(served: Served, _body: dict[str, Any]) -> Answer:
    served.settle()
    faults = {"seen": served.plan.seen, "is_over": served.plan.is_over}
    log = [asdict(item) for item in served.log]
    return Answer(200, served.fake.state() | faults | {"log": log})


def _faults(served: Served, body: dict[str, Any]) -> Answer:
    served.plan.set(*(Fault(**item | {"kind": Kind(item["kind"])}) for item in body["faults"]))
    return Answer(200, {})


def _clock(served: Served, body: dict[str, Any]) -> Answer:
    served.clock.ahead += body.get("advance", 0.0)
    return Answer(200, {"now": served.clock()})


def _reset(served: Served, _body: dict[str, Any]) -> Answer:
    """Nothing in it any more; the numbers of its records go on."""
    served.reset()
    return Answer(200, {})


CONTROLS = {"reset": _reset, "state": _state, "faults": _faults, "clock": _clock}


class Server(ThreadingHTTPServer):
    """A server whose connections end with it."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_given: Any) -> None:
        """A cut connection is no error here; anything else shows in what the client gets."""


def serving(fake: FakeInvenioRDM | None = None) -> tuple[Server, Served]:
    """A server at a free port of loopback, not yet answering."""
    served = Served(fake or FakeInvenioRDM())
    served.fake.clock = served.clock
    server = Server(("127.0.0.1", 0), type("OneHandler", (Handler,), {"served": served}))
    served.fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    return server, served


@contextlib.contextmanager
def served(fake: FakeInvenioRDM | None = None) -> Iterator[Served]:
    """The fake, served from a thread of this process."""
    server, state = serving(fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until killed; the first line says where."""
    server, state = serving()
    print(state.url, flush=True)  # noqa: T201 -- its parent reads it
    server.serve_forever(0.02)


if __name__ == "__main__":
    main()
