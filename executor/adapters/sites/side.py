"""The side folder of a job that runs elsewhere: what it says, and what is said to it.

It lies beside the work folder, where the job itself cannot reach it, on the file system that both
machines share. Clocks are never compared: each end counts, and watches the other's count change.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOG, EVENTS, ORDERS, BEAT = "log", "events", "orders", "beat"
STOP = "stop"
CHUNK = 256 * 1024
BEAT_SECONDS = 1.0


def beside(folder: Path) -> Path:
    """The side folder of a work folder."""
    return folder.with_name(f"{folder.name}.site")


@dataclass(slots=True)
class Count:
    """Our own count, written to a file now and then so that the other end sees us live."""

    path: Path
    number: int = 0
    written: float = float("-inf")

    def go_on(self) -> None:
        """Count on, once in BEAT_SECONDS; a file system that is away is tried again then."""
        now = time.monotonic()
        if now - self.written >= BEAT_SECONDS:
            self.number += 1
            self.written = now
            with suppress(OSError):
                write(self.path, str(self.number))


@dataclass(slots=True)
class Watched:
    """The count of the other end, and since when it has not changed."""

    path: Path
    last: str = ""
    since: float = field(default_factory=time.monotonic)

    def look(self) -> str:
        """What it says now; empty when it has said nothing yet."""
        with suppress(OSError):
            said = self.path.read_text()
            if said != self.last:
                self.last, self.since = said, time.monotonic()
        return self.last

    def silent_for(self) -> float:
        """Seconds since it changed."""
        self.look()
        return time.monotonic() - self.since


@dataclass(slots=True)
class Tail:
    """A file that grows on another machine; ``more`` passes on what has come."""

    path: Path
    give: Callable[[bytes], None]
    seen: int = 0

    def more(self) -> None:
        """Pass on what is new, all of it."""
        with suppress(FileNotFoundError), self.path.open("rb") as handle:
            handle.seek(self.seen)
            while piece := handle.read(CHUNK):
                self.seen += len(piece)
                self.give(piece)


@dataclass(slots=True)
class Lines:
    """Takes pieces and passes on whole lines, without their ends."""

    give: Callable[[bytes], None]
    begun: bytes = b""

    def add(self, piece: bytes) -> None:
        """Take a piece, which may hold ends of several lines or none."""
        *whole, self.begun = (self.begun + piece).split(b"\n")
        for line in whole:
            self.give(line)


def write(path: Path, text: str) -> None:
    """Replace a small file as a whole, so that nobody reads half of it."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text)
    new.replace(path)
