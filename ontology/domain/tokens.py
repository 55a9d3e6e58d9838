"""Tokens: the parts of an annotation, told apart before anything is believed.

Comments are written by strangers, so the text is cut up by one regular expression that cannot go
far back, and only prefixed names, whole IRIs, quoted texts, numbers and truth values have a sort of
their own (a subset of https://www.w3.org/TR/turtle/#sec-grammar, and bare web addresses); all else
is junk.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

LONGEST = 2000  # characters of one comment

QUOTED = r"""
    "{3}(?:[^"\\]|\\.|"{1,2}(?!"))*"{3} | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}
    | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'
"""
TYPED = r"@[A-Za-z][A-Za-z0-9-]* | \^\^(?:xsd: | <http://www\.w3\.org/2001/XMLSchema\#)\w+>?"
_TOKEN = re.compile(
    rf"""
      (?P<text>(?<![^\s,;])(?:{QUOTED})(?:{TYPED})?(?=[\s;,.]|$))
    | (?P<iri><[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{{}}|^`\\]*>(?=[\s;,.]|$)
        | https?://[^\s<>"'{{}}|^`\\;,]*[^\s<>"'{{}}|^`\\;,.]
        | [A-Za-z][\w-]*:[A-Za-z_][\w-]*(?:\.[\w-]+)*(?=[\s;,.]|$))
    | (?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?=[\s;,]|\.?(?:\s|$)))
    | (?P<truth>(?:true|false|True|False)(?=[\s;,.]|$))
    | (?P<a>a(?=\s))
    | (?P<next>;)
    | (?P<also>,)
    | (?P<end>\.(?=\s|$)|\#+)
    | (?P<junk>[^\s;,]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Sort(StrEnum):
    """What a token is."""

    TEXT = "text"
    IRI = "iri"
    NUMBER = "number"
    TRUTH = "truth"
    A = "a"
    NEXT = "next"
    ALSO = "also"
    END = "end"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a comment, as written."""

    sort: Sort
    text: str

    @property
    def prefix(self) -> str:
        """What stands before the colon of a prefixed name; empty for anything else."""
        head, colon, tail = self.text.partition(":")
        return head if colon and head.isidentifier() and not tail.startswith("//") else ""


def sentences(comment: str) -> list[list[Token]]:
    """The tokens of a comment, cut at full stops and at further hash signs; none is empty."""
    found = [Token(Sort(str(match.lastgroup)), match[0]) for match in _TOKEN.finditer(comment)]
    return list(_cut(found, Sort.END))


def pieces(sentence: Iterable[Token]) -> list[list[Token]]:
    """The tokens of a sentence, cut at semicolons; none is empty."""
    return list(_cut(sentence, Sort.NEXT))


def written(tokens: Iterable[Token]) -> str:
    """The tokens as one line, near enough to how they were written to be found again."""
    return " ".join(token.text for token in tokens)


def _cut(tokens: Iterable[Token], sort: Sort) -> Iterator[list[Token]]:
    for at_cut, group in groupby(tokens, lambda token: token.sort is sort):
        if not at_cut:
            yield list(group)
