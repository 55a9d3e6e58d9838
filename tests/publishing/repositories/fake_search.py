"""The search of the fake InvenioRDM: late, fuzzy, and never to be decided on alone.

An index entry is seen only some seconds after the write. A query in quotes or for a field is
exact; loose words find whatever has any of them, as a full-text search does, so that the records of
others come too.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

TERM = re.compile(r'(?:(?P<field>[\w.]+):)?(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>\S+))')


@dataclass
class Index:
    """Documents by id, each with the moment from which it is found."""

    lag: float = 0.0
    pending: list[tuple[float, str, dict[str, Any] | None]] = field(default_factory=list)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def put(self, now: float, name: str, document: dict[str, Any] | None) -> None:
        """Have a document found after the lag; None takes it away."""
        copy = json.loads(json.dumps(document))
        self.pending.append((now + self.lag, name, copy))

    def search(self, now: float, query: str) -> list[dict[str, Any]]:
        """The documents that match a query by now, newest first."""
        self._settle(now)
        return [item for item in reversed(self.documents.values()) if matches(query, item)]

    def _settle(self, now: float) -> None:
        due = [item for item in self.pending if item[0] <= now]
        self.pending = [item for item in self.pending if item[0] > now]
        for _at, name, document in due:
            self.documents.pop(name, None)
            if document is not None:
                self.documents[name] = document


def matches(query: str, document: dict[str, Any]) -> bool:
    """Whether a document has all terms of a query; loose words need only one of them."""
    loose: list[str] = []
    for term in TERM.finditer(re.sub(r"\bAND\b|[()]", " ", query)):
        if term["field"] and (term["phrase"] is not None or ":" not in term["word"]):
            wanted = unescaped(term["phrase"] if term["phrase"] is not None else term["word"])
            if wanted not in values_at(document, term["field"].split(".")):
                return False
        elif term["phrase"] is not None:
            if unescaped(term["phrase"]) not in json.dumps(document, ensure_ascii=False):
                return False
        else:
            loose += re.findall(r"\w+", term[0])
    return not loose or any(word in json.dumps(document) for word in loose)


def unescaped(text: str) -> str:
    """A phrase without its backslashes."""
    return re.sub(r"\\(.)", r"\1", text)


def values_at(document: Any, path: list[str]) -> set[str]:
    """Every value at a path of fields, as text; lists are looked through."""
    if isinstance(document, list):
        return set().union(*(values_at(item, path) for item in document))
    if not path:
        return {str(document).lower() if isinstance(document, bool) else str(document)}
    if isinstance(document, dict) and path[0] in document:
        return values_at(document[path[0]], path[1:])
    return set()
