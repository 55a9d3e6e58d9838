"""The proxy: one for each run that may use the network, in threads of the service."""

import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from executor.domain.job import Job
from lib.hosts import Refusal, Resolver, resolve

from .relay import Budget, relay
from .requests import BadRequestError, Request, parsed, permitted

FORWARDER = Path(__file__).with_name("forwarder.py")
CONNECTIONS = 32
HEAD_BYTES = 32 * 1024
HEAD_SECONDS = 30.0
CONNECT_SECONDS = 15.0
NOTES_AT_MOST = 1000


class Proxy:
    """Asks the hosts that a run may ask; a context manager, closed with the run.

    Attributes:
        path: its unix socket.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        private_hosts: Sequence[str] = (),
        most_bytes: int,
        resolver: Resolver = resolve,
    ) -> None:
        self._hosts = tuple(host.lower() for host in hosts)
        self._private = tuple(host.lower() for host in private_hosts)
        self._resolver = resolver
        self._budget = Budget(most_bytes)
        self._notes: deque[bytes] = deque(maxlen=NOTES_AT_MOST)
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        self._open: set[socket.socket] = set()
        self._closed = False
        self._lock = threading.Lock()
        self._folder = Path(tempfile.mkdtemp(prefix="reprise-proxy-"))
        self.path = self._folder / "s"
        self._listener = listener(self._folder, "s")
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections, and take no more."""
        with self._lock:
            self._closed = True
            for item in (self._listener, *self._open):
                with suppress(OSError):
                    item.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def notes(self) -> list[bytes]:
        """Lines about what was asked since the last time, for the log of the run."""
        found = []
        with suppress(IndexError):
            while True:
                found.append(self._notes.popleft())
        return found

    def _note(self, text: str) -> None:
        self._notes.append(f"[network] {text}\n".encode())

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                if self._places.acquire(blocking=False) and self._keep(client):
                    threading.Thread(target=self._serve, args=(client,), daemon=True).start()
                else:
                    client.close()

    def _keep(self, item: socket.socket) -> bool:
        """Remember an open connection; False when the proxy is closed meanwhile."""
        with self._lock:
            if not self._closed:
                self._open.add(item)
            return not self._closed

    def _serve(self, client: socket.socket) -> None:
        try:
            self._answer(client)
        except OSError:  # either side went away, or the proxy was closed
            pass
        finally:
            self._drop(client)
            self._places.release()

    def _drop(self, item: socket.socket) -> None:
        with self._lock:
            self._open.discard(item)
            item.close()

    def _answer(self, client: socket.socket) -> None:
        client.settimeout(HEAD_SECONDS)
        try:
            head, more = read_head(client)
            request = parsed(head)
        except BadRequestError as error:
            refuse(client, 400, f"This proxy was sent {error}.")
            return
        found = permitted(
            request, hosts=self._hosts, private_hosts=self._private, resolver=self._resolver
        )
        if isinstance(found, Refusal):
            self._note(f"refused: {found.reason}")
            refuse(client, 403, f"Refused: {found.reason}.")
            return
        server = connect(found, request.port)
        if server is None:
            self._note(f"{request.place}: no connection")
            refuse(client, 502, f"There is no connection to {request.place}.")
        elif self._keep(server):
            try:
                self._pass_on(client, server, request, more)
            finally:
                self._drop(server)

    def _pass_on(
        self, client: socket.socket, server: socket.socket, request: Request, more: bytes
    ) -> None:
        begun, address = time.monotonic(), server.getpeername()[0]
        if request.is_tunnel:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        server.sendall(request.head + more)
        passed = relay(client, server, self._budget)
        passed.sent += len(request.head) + len(more)
        seconds = time.monotonic() - begun
        self._note(
            f"{request.place} at {address}: {passed.sent:,} bytes sent, "
            f"{passed.received:,} received in {seconds:.1f} s{passed.ended}"
        )


def listener(folder: Path, name: str) -> socket.socket:
    """A unix socket in a folder; its address has to be short, so it is bound relative to that."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        made.bind(f"/proc/self/fd/{here}/{name}")
    finally:
        os.close(here)
    (folder / name).chmod(0o666)  # the job is another user; the folder is closed to all others
    made.listen(CONNECTIONS)
    return made


def read_head(client: socket.socket) -> tuple[bytes, bytes]:
    """The head of a request with its empty line, and what came after it."""
    found = b""
    until = time.monotonic() + HEAD_SECONDS
    while b"\r\n\r\n" not in found:
        piece = client.recv(HEAD_BYTES)
        found += piece
        if not piece or len(found) > HEAD_BYTES or time.monotonic() > until:
            raise BadRequestError("no whole request")
    head, _, more = found.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", more


def refuse(client: socket.socket, status: int, sentence: str) -> None:
    """Answer with an error and a sentence."""
    body = f"{sentence}\n".encode()
    reason = {400: "Bad Request", 403: "Forbidden", 502: "Bad Gateway"}[status]
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def connect(addresses: Sequence[str], port: int) -> socket.socket | None:
    """A connection to the first of the addresses that answers."""
    for address in addresses:
        with suppress(OSError):
            return socket.create_connection((address, port), CONNECT_SECONDS)
    return None


def connected(job: Job, proxy: Proxy) -> Job:
    """The job with its way out: the forwarder before its command."""
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    return replace(
        job,
        argv=(str(python), "-I", "-S", str(FORWARDER), str(proxy.path), *job.argv),
        readable=(*job.readable, Path(sys.base_prefix), FORWARDER, proxy.path),
    )
