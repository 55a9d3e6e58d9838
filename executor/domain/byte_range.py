"""Byte ranges: the part of a file that a reader asks for (RFC 9110 section 14)."""

import re

RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*\Z", re.ASCII | re.IGNORECASE)


class NotSatisfiableError(ValueError):
    """The range lies wholly outside the file."""


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """Where the part begins, and where it has ended: the second byte is the first not in it.

    Args:
        header: the text of ``Range``.
        size: bytes of the whole file.

    Returns None when the whole file is the answer: no range was asked for, several were (we need
    not divide an answer), or the text is none that we know.

    Raises:
        NotSatisfiableError: it is a range, and no byte of the file is in it.
    """
    found = RANGE.match(header.strip())
    if found is None or found.group(1) == found.group(2) == "":
        return None
    first, last = found.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None  # no range at all, by the standard
    if start >= stop:
        raise NotSatisfiableError(header)
    return start, stop
