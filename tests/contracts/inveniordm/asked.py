"""Whether a document answers a query of OpenSearch's language, as much as InvenioRDM asks."""

import fnmatch
import operator
import re
from collections.abc import Callable
from typing import Any

Doc = dict[str, Any]
SIGNS = {"gte": operator.ge, "gt": operator.gt, "lte": operator.le, "lt": operator.lt}
SUBFIELDS = ("keyword", "raw", "search", "tree")
FIELD = re.compile(r"^([\w.\\*]+):(.+)$")


def answers(query: Doc | None, key: str, doc: Doc) -> bool:
    """Whether the document with this key answers the query.

    Raises:
        KeyError: the query is of a kind that is not known here.
    """
    if not query:
        return True
    kind, body = next(iter(query.items()))
    return KINDS[kind](body, key, doc)


def values_at(source: Any, path: str) -> list[Any]:
    """All values under a dotted path; lists on the way are walked through."""
    parts, rows = path.split("."), [source]
    for place, part in enumerate(parts):
        rest = ".".join(parts[place:])
        found = [
            row[name] for row in rows if isinstance(row, dict) for name in {part, rest} & set(row)
        ]
        rows = [item for row in found for item in (row if isinstance(row, list) else [row])]
    if not rows and parts[-1] in SUBFIELDS:
        return values_at(source, ".".join(parts[:-1]))
    return rows


def _bool(body: Doc, key: str, doc: Doc) -> bool:
    def rows(name: str) -> list[Doc]:
        found = body.get(name, [])
        return found if isinstance(found, list) else [found]

    wanted = [*rows("must"), *rows("filter")]
    least = body.get("minimum_should_match", 0 if wanted else 1)
    should = [answers(item, key, doc) for item in rows("should")]
    return (
        all(answers(item, key, doc) for item in wanted)
        and not any(answers(item, key, doc) for item in rows("must_not"))
        # Such as 1 or "0<1": with none there none is needed, with any one is.
        and (not should or sum(should) >= int(str(least).rpartition("<")[2]))
    )


def _term(test: Callable[[Any, Any], bool]) -> Callable[[Doc, str, Doc], bool]:
    def check(body: Doc, key: str, doc: Doc) -> bool:
        field, wanted = next(iter(body.items()))
        if isinstance(wanted, dict):
            wanted = wanted.get("value", wanted.get("query"))
        return any(test(item, wanted) for item in _found(field, key, doc))

    return check


def _terms(body: Doc, key: str, doc: Doc) -> bool:
    field, wanted = next(item for item in body.items() if item[0] != "boost")
    return any(_same(item, one) for item in _found(field, key, doc) for one in wanted)


def _range(body: Doc, _key: str, doc: Doc) -> bool:
    field, limits = next(iter(body.items()))
    known = {SIGNS[name]: str(limit) for name, limit in limits.items() if name in SIGNS}
    return any(
        all(sign(str(item), limit) for sign, limit in known.items())
        for item in values_at(doc, field)
    )


def _text(body: Doc, _key: str, doc: Doc) -> bool:
    return all(_clause(part, doc) for part in re.split(r"\s+AND\s+", str(body["query"]).strip()))


def _clause(clause: str, doc: Doc) -> bool:
    named = FIELD.match(clause)
    if not named:
        return clause.strip('"*').lower() in " ".join(_everything(doc)).lower()
    field = named[1].replace("\\", "")
    wanted = named[2].strip().strip('"').replace("\\", "").lower()
    rows = _everything(doc) if "*" in field else [str(item) for item in values_at(doc, field)]
    return any(fnmatch.fnmatchcase(row.lower(), wanted) for row in rows)


def _found(field: str, key: str, doc: Doc) -> list[Any]:
    return [key] if field == "_id" else values_at(doc, field)


def _same(one: Any, other: Any) -> bool:
    return str(one).lower() == str(other).lower()


def _everything(source: Any) -> list[str]:
    if isinstance(source, dict):
        return [text for value in source.values() for text in _everything(value)]
    if isinstance(source, list):
        return [text for value in source for text in _everything(value)]
    return [str(source)]


def _inner(body: Doc, key: str, doc: Doc) -> bool:
    return answers(body.get("query") or body.get("filter"), key, doc)


KINDS: dict[str, Callable[[Any, str, Doc], bool]] = {
    "match_all": lambda _body, _key, _doc: True,
    "match_none": lambda _body, _key, _doc: False,
    "bool": _bool,
    "ids": lambda body, key, _doc: key in [str(item) for item in body["values"]],
    "exists": lambda body, _key, doc: bool(values_at(doc, body["field"])),
    "term": _term(_same),
    "match": _term(_same),
    "match_phrase": _term(_same),
    "prefix": _term(lambda item, wanted: str(item).startswith(str(wanted))),
    "wildcard": _term(lambda item, wanted: fnmatch.fnmatchcase(str(item), str(wanted))),
    "terms": _terms,
    "range": _range,
    "nested": _inner,
    "constant_score": _inner,
    "function_score": _inner,
    "dis_max": lambda body, key, doc: any(answers(item, key, doc) for item in body["queries"]),
    "query_string": _text,
    "simple_query_string": _text,
    "multi_match": _text,
}
