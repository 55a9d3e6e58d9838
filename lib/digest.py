"""Digests: one spelling of sha256 for values and for bytes."""

import hashlib
import string
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rfc8785

DIGITS = 64


def canonical(value: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    """The one JSON text of a value (RFC 8785): sorted keys, shortest numbers, UTF-8.

    Raises:
        ValueError: the value holds something JSON cannot say, such as NaN.
    """
    return rfc8785.dumps(value)


def is_digest(text: str) -> bool:
    """Whether a text is spelled as a sha256 is: 64 hexadecimal digits."""
    return len(text) == DIGITS and all(letter in string.hexdigits for letter in text)


def of_value(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    """Sha256 of the canonical JSON of a value, 64 hexadecimal digits."""
    return of_bytes(canonical(value))


def of_bytes(data: bytes) -> str:
    """Sha256 of some bytes, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def of_chunks(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Sha256 and total length of a stream of bytes."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def of_file(path: Path) -> str:
    """Sha256 of a file's bytes, 64 hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
