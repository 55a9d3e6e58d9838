"""Changing a JSON text in single places, with every other byte left as it is."""

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

SPACE = re.compile(r"[ \t\n\r]*")
ATOM = re.compile(r"[-+.\w]+")
DEPTH_AT_MOST = 50
ESCAPE = 6  # characters of \uXXXX
Path = tuple[str | int, ...]
Span = tuple[int, int]


def spans(text: str) -> dict[Path, Span]:
    """Path of every value of a JSON text → where it begins and ends.

    Raises:
        ValueError: it is not JSON, or nested deeper than a notebook ever is.
    """
    found: dict[Path, Span] = {}
    _value(text, _skip(text, 0), (), found)
    return found


def _skip(text: str, at: int) -> int:
    match = SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, path: Path, found: dict[Path, Span]) -> int:
    if len(path) > DEPTH_AT_MOST:
        raise ValueError("it is nested too deeply")
    letter = text[at : at + 1]
    if letter == '"':
        end = scanstring(text, at + 1)[1]
    elif letter in ("{", "["):
        end = _container(text, at, path, found)
    else:
        match = ATOM.match(text, at)
        if match is None:
            raise ValueError(f"it is not JSON at character {at}")
        end = match.end()
    found[path] = (at, int(end))
    return int(end)


def _container(text: str, at: int, path: Path, found: dict[Path, Span]) -> int:
    is_object, close = text[at] == "{", "}" if text[at] == "{" else "]"
    at, number = _skip(text, at + 1), 0
    while text[at : at + 1] != close:
        name: str | int = number
        if is_object:
            name, after = scanstring(text, at + 1)
            at = _skip(text, _skip(text, after) + 1)
        at = _skip(text, _value(text, at, (*path, name), found))
        number += 1
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != close:
            raise ValueError(f"it is not JSON at character {at}")
    return at + 1


def places(text: str, span: Span) -> list[int]:
    """Where each character of a JSON string is written, and where its closing quote is."""
    at, end = span[0] + 1, span[1] - 1
    made = []
    while at < end:
        made.append(at)
        at += _length(text, at)
    return [*made, end]


def _length(text: str, at: int) -> int:
    if text[at] != "\\":
        return 1
    if text[at + 1] != "u":
        return 2
    high = 0xD800 <= int(text[at + 2 : at + ESCAPE], 16) <= 0xDBFF  # noqa: PLR2004 -- surrogates
    pair = text[at + ESCAPE : at + ESCAPE + 2] == "\\u"
    return 2 * ESCAPE if high and pair else ESCAPE


def inserted(text: str, parts: Iterator[tuple[int, str]]) -> str:
    """The text with others put in before some of its characters."""
    for at, part in sorted(parts, reverse=True):
        text = text[:at] + part + text[at:]
    return text


def inside(words: str) -> str:
    """Words as they are written inside a JSON string."""
    return json.dumps(words)[1:-1]
