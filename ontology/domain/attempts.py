"""Attempts: whether a comment is meant as an annotation at all, or is plain prose or code."""

import re
from difflib import get_close_matches

from ontology.domain import namespaces
from ontology.domain.tokens import Sort, Token

_ALIKE = 0.7
_KNOWN = tuple({*namespaces.PREFIXES.values(), *namespaces.SPELLINGS})
_MARK = re.compile(
    rf"(?<![\w:])(?:{'|'.join(namespaces.PREFIXES)}):\w|{'|'.join(map(re.escape, _KNOWN))}"
)


def beside_a_value(sentence: list[Token]) -> bool:
    """Whether a sentence beside an assignment is an annotation.

    It is one when it begins with a class or predicate (`a` before it or not), or when it mentions
    a known prefix or namespace anywhere.
    """
    first = sentence[1:2] if sentence[0].sort is Sort.A else sentence[:1]
    return any(token.sort is Sort.IRI for token in first) or any(map(_is_marked, sentence))


def on_its_own_line(sentence: list[Token]) -> bool:
    """Whether a sentence on a line of its own is an annotation, and not prose or disused code.

    It must begin with a known prefix or namespace, or with a prefix that is nearly a known one.
    """
    first = sentence[0]
    if first.sort is not Sort.IRI and not first.text.startswith(_prefixes()):
        return False
    return _is_marked(first) or _is_nearly_known(first.prefix)


def is_marked(text: str) -> bool:
    """Whether a text mentions a known prefix or namespace."""
    return _MARK.search(text) is not None


def _is_marked(token: Token) -> bool:
    return token.sort in {Sort.IRI, Sort.JUNK} and is_marked(token.text)


def _is_nearly_known(prefix: str) -> bool:
    return bool(get_close_matches(prefix.lower(), namespaces.PREFIXES, n=1, cutoff=_ALIKE))


def _prefixes() -> tuple[str, ...]:
    return tuple(f"{prefix}:" for prefix in namespaces.PREFIXES)
