"""Parts: one predicate of an annotation and its values, as plain values of Python.

Nothing an IRI names is ever fetched: rdflib is only asked to undo the escapes in a quoted text, and
it sees nothing but that text.
"""

import math
import re
from dataclasses import dataclass

from rdflib import Graph

from ontology.domain import namespaces
from ontology.domain.tokens import QUOTED, TYPED, Sort, Token, written

_TEXT = re.compile(rf"(?P<body>{QUOTED})(?P<typed>{TYPED})?", re.VERBOSE | re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBERS = frozenset({"integer", "int", "long", "short", "decimal", "float", "double"})

Plain = str | int | float | bool


class UnreadableError(ValueError):
    """A part of a comment cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Value:
    """What stands after a predicate: the full IRI of something, or a plain value."""

    value: Plain
    is_iri: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One predicate and its values.

    Attributes:
        predicate: its full IRI; that of ``rdf:type`` for classes.
        values: at least one, in the order written.
        text: the part as written.
    """

    predicate: str
    values: tuple[Value, ...]
    text: str


def read(piece: list[Token]) -> Part:
    """Read one piece: ``[a] class, class`` or ``predicate value, value``.

    Raises:
        UnreadableError: it is neither, or one of its values cannot be read.
    """
    first, rest = piece[0], piece[1:]
    if first.sort is Sort.A and rest:
        return Part(namespaces.TYPE, _values(rest), written(piece))
    if first.sort is not Sort.IRI:
        raise UnreadableError("it begins with neither a class nor a predicate")
    if not rest or rest[0].sort is Sort.ALSO:
        return Part(namespaces.TYPE, _values(piece), written(piece))
    return Part(iri(first), _values(rest), written(piece))


def iri(token: Token) -> str:
    """The full IRI of a token, in its one spelling.

    Raises:
        UnreadableError: the token is no IRI, or its prefix is not known.
    """
    if token.sort is not Sort.IRI:
        raise UnreadableError(f"{token.text} is not an IRI")
    if token.prefix and token.prefix not in namespaces.PREFIXES:
        raise UnreadableError(f"the prefix of {token.text} is not known")
    return namespaces.expand(token.text.strip("<>"))


def _values(tokens: list[Token]) -> tuple[Value, ...]:
    separated = all(token.sort is Sort.ALSO for token in tokens[1::2])
    if not separated or len(tokens) % 2 == 0:
        raise UnreadableError("its values are not separated by commas, or a semicolon is missing")
    return tuple(_value(token) for token in tokens[::2])


def _value(token: Token) -> Value:
    match token.sort:
        case Sort.IRI:
            return Value(iri(token), is_iri=True)
        case Sort.NUMBER:
            return Value(_number(token.text))
        case Sort.TRUTH:
            return Value(token.text.lower() == "true")
        case Sort.TEXT:
            return Value(_typed(token.text))
        case _:
            raise UnreadableError(f"{token.text} is no name, number or text in quotes")


def _typed(text: str) -> Plain:
    found = _TEXT.fullmatch(text)
    if found is None:  # the same expression let it through as a token
        raise UnreadableError(f"{text} is no text in quotes")
    plain = _unquoted(found["body"])
    datatype = re.split("[:#]", (found["typed"] or "").strip("<>"))[-1].rstrip(">")
    if datatype in _NUMBERS:
        return _number(plain)
    return plain == "true" if datatype == "boolean" and plain in {"true", "false"} else plain


def _unquoted(body: str) -> str:
    triple = body.startswith((body[0] * 3,)) and len(body) >= len('""""""')
    plain = _unescaped(body) if triple or "\\" in body else body[1:-1]
    if _CONTROL.search(plain):
        raise UnreadableError("a text in quotes holds a control character or half a character")
    return plain


def _unescaped(body: str) -> str:
    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=f"<urn:x> <urn:x> {body} .", format="turtle")
        (found,) = graph.objects()
    except Exception as error:  # rdflib raises whatever its parser trips over
        raise UnreadableError("a text in quotes cannot be read") from error
    return str(found)


def _number(text: str) -> int | float:
    try:
        number = int(text) if text.lstrip("+-").isdecimal() else float(text)
        finite = math.isfinite(number)
    except (ValueError, OverflowError) as error:  # an integer may lie beyond the floats
        raise UnreadableError(f"{text[:40]} is not a number") from error
    if not finite:
        raise UnreadableError(f"{text[:40]} is not a finite number")
    return number
