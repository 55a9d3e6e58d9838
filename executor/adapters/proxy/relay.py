"""Passing bytes on between two sockets, until both are done or there were too many."""

import select
import socket
import threading
from dataclasses import dataclass, field

CHUNK = 64 * 1024
IDLE_SECONDS = 120.0
SEND_SECONDS = 60.0


@dataclass(slots=True)
class Budget:
    """Bytes that all connections of a run may still pass on.

    Attributes:
        left: how many.
    """

    left: int
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, number: int) -> bool:
        """Take some of it; False when there is not so much left."""
        with self._lock:
            self.left -= number
            return self.left >= 0


@dataclass(slots=True)
class Passed:
    """What was passed on.

    Attributes:
        sent: bytes from the client.
        received: bytes for the client.
        ended: why it was ended by us, as the end of a sentence.
    """

    sent: int = 0
    received: int = 0
    ended: str = ""


def relay(client: socket.socket, server: socket.socket, budget: Budget) -> Passed:
    """Pass bytes on both ways until both sides are at their end."""
    passed = Passed()
    others = {client: server, server: client}
    for item in others:
        item.settimeout(SEND_SECONDS)
    reading = [client, server]
    while reading and not passed.ended:
        ready = select.select(reading, (), (), IDLE_SECONDS)[0]
        passed.ended = "" if ready else ", ended as nothing came"
        for item in ready:
            piece = item.recv(CHUNK)
            if not piece:
                reading.remove(item)
                others[item].shutdown(socket.SHUT_WR)
            elif not budget.take(len(piece)):
                passed.ended = ", ended as this run had used up its bytes"
            else:
                others[item].sendall(piece)
                passed.sent += len(piece) if item is client else 0
                passed.received += len(piece) if item is server else 0
    return passed
