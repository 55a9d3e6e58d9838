"""Digests: one spelling of sha256 for values and for bytes."""

import hashlib
import json
import string
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import rfc8785

DIGITS = 64
EXACT = 2**53 - 1  # the last whole number that JSON keeps
# Between these Python writes a number that is not whole as ECMAScript does.
SMALLEST, LARGEST = 1e-4, 1e15
_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class _StrangeError(ValueError):
    """A value that Python's own encoder may not write as RFC 8785 wants it."""


def canonical(value: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    """The one JSON text of a value (RFC 8785): sorted keys, shortest numbers, UTF-8.

    Python's own encoder, in C, writes the same bytes for nearly all values; the others, and those
    that JSON cannot hold, are left to a library made for it, which is several times slower.

    Raises:
        ValueError: the value holds something JSON cannot say, such as NaN.
    """
    try:
        return _written(_plain(value)).encode()
    except (_StrangeError, UnicodeEncodeError):
        return rfc8785.dumps(value)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """The value with whole numbers as integers; _StrangeError when it holds something unusual."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    return _PLAINLY.get(kind, _strange)(value)


def _dict(value: dict[Any, Any]) -> dict[str, Any]:
    return {_key(name): _plain(item) for name, item in value.items()}


def _key(name: Any) -> str:  # noqa: ANN401 -- the key of any dict
    if type(name) is str and name.isascii():  # others may sort differently in UTF-16
        return name
    raise _StrangeError


def _list(value: Iterable[Any]) -> list[Any]:
    return [_plain(item) for item in value]


def _int(value: int) -> int:
    return value if -EXACT <= value <= EXACT else _strange(value)


def _float(value: float) -> float:
    if value and not SMALLEST <= abs(value) <= LARGEST:
        return _strange(value)
    return int(value) if value.is_integer() else value


def _strange(_value: object) -> NoReturn:
    raise _StrangeError


_AS_THEY_ARE = frozenset({str, bool, type(None)})
_PLAINLY: Mapping[type, Callable[[Any], Any]] = {
    dict: _dict, list: _list, tuple: _list, int: _int, float: _float,
}  # fmt: skip


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
