"""Reading what a job prints and reports, within limits."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

CHUNK = 64 * 1024
LINE_BYTES = 64 * 1024
EVENT_BYTES = 4 * 1024 * 1024


def read(descriptor: int) -> bytes | None:
    """What a non-blocking pipe holds, up to CHUNK; empty at its end, None when there is no more."""
    try:
        return os.read(descriptor, CHUNK)
    except BlockingIOError:
        return None


@dataclass(slots=True)
class Log:
    """Passes on what is printed, up to a limit.

    Attributes:
        give: receives each piece.
        left: bytes that may still be printed.
        full: whether the job printed more than it may.
    """

    give: Callable[[bytes], None]
    left: int
    full: bool = False

    def add(self, piece: bytes) -> None:
        """Pass on a piece, or as much of it as fits."""
        self.full = self.full or len(piece) > self.left
        fitting = piece[: self.left]
        self.left -= len(fitting)
        if fitting:
            self.give(fitting)


@dataclass(slots=True)
class Events:
    """Passes on whole lines; those longer than LINE_BYTES, and all after EVENT_BYTES, are dropped.

    Attributes:
        give: receives each line, without its end.
        left: bytes of lines that may still be passed on.
        begun: the start of a line whose end has not come yet.
        skipping: whether that line is too long already.
    """

    give: Callable[[bytes], None]
    left: int = EVENT_BYTES
    begun: bytearray = field(default_factory=bytearray)
    skipping: bool = False

    def add(self, piece: bytes) -> None:
        """Take a piece, which may hold ends of several lines or none."""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            self.extend(end)
            self.finish()
        self.extend(rest)

    def extend(self, part: bytes) -> None:
        """Take part of a line."""
        self.skipping = self.skipping or len(self.begun) + len(part) > LINE_BYTES
        if self.skipping:
            self.begun.clear()
        else:
            self.begun += part

    def finish(self) -> None:
        """Pass the line on, unless it is too long or there were too many."""
        line, skipped = bytes(self.begun), self.skipping
        self.begun.clear()
        self.skipping = False
        if not skipped and len(line) < self.left:
            self.left -= len(line) + 1
            self.give(line)
