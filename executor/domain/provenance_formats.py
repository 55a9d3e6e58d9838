"""Records of PROV as text: PROV-O in JSON-LD and in Turtle, and PROV-JSON.

PROV-O is a W3C Recommendation (30 April 2013), PROV-JSON a Member Submission (24 April 2013). All
is written with names, never with blank nodes, and in a fixed order: equal records, equal bytes.
"""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rdflib import Literal, URIRef

from executor.domain.provenance_records import Element, Records, Relation
from ontology.domain import namespaces

PROV = "http://www.w3.org/ns/prov#"
PREFIXES = {
    "prov": PROV,
    "schema": namespaces.SCHEMA,
    "rdfs": namespaces.RDFS,
    "xsd": namespaces.XSD,
}
CLASSES = {"entity": "prov:Entity", "activity": "prov:Activity", "agent": "prov:Agent"}
QUALIFIED = {
    "used": ("prov:qualifiedUsage", "prov:Usage", "prov:entity"),
    "wasAssociatedWith": ("prov:qualifiedAssociation", "prov:Association", "prov:agent"),
}
ENDS = {
    "used": ("prov:activity", "prov:entity"),
    "wasGeneratedBy": ("prov:entity", "prov:activity"),
    "wasDerivedFrom": ("prov:generatedEntity", "prov:usedEntity"),
    "wasAttributedTo": ("prov:entity", "prov:agent"),
    "wasAssociatedWith": ("prov:activity", "prov:agent"),
    "wasInformedBy": ("prov:informed", "prov:informant"),
    "specializationOf": ("prov:specificEntity", "prov:generalEntity"),
}
"""What PROV-JSON calls the two ends of each relation, in the order of PROV-O."""


@dataclass(frozen=True, slots=True)
class Name:
    """An IRI, full or prefixed, as a value."""

    iri: str


Nodes = dict[str, dict[str, list[Any]]]


def to_jsonld(records: Records) -> str:
    """PROV-O in JSON-LD 1.1, flat."""
    graph = [
        {"@id": name, **{key: _jsonld(key, values) for key, values in sorted(about.items())}}
        for name, about in sorted(nodes(records).items())
    ]
    content = {"@context": PREFIXES, "@graph": graph}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def to_turtle(records: Records) -> str:
    """PROV-O in Turtle."""
    lines = [f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items()]
    for name, about in sorted(nodes(records).items()):
        parts = [
            f"{'a' if key == '@type' else key} {', '.join(sorted(map(_turtle, values)))}"
            for key, values in sorted(about.items())
        ]
        lines.append(f"\n{URIRef(name).n3()}\n    " + " ;\n    ".join(parts) + " .")
    return "\n".join(lines) + "\n"


def to_prov_json(records: Records) -> str:
    """PROV-JSON, which the libraries of PROV read."""
    short = _Short(records.base)
    content: dict[str, Any] = {"prefix": short.prefixes}
    for element in records.elements.values():
        content.setdefault(element.kind, {})[short(element.name)] = _element(element)
    for number, relation in enumerate(records.relations.values(), start=1):
        content.setdefault(relation.kind, {})[f"_:r{number}"] = _relation(relation, short)
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)


def nodes(records: Records) -> Nodes:
    """The records as properties of named nodes: IRI → prefixed property → values."""
    found: Nodes = {}
    for element in records.elements.values():
        _put_element(found, element)
    for relation in records.relations.values():
        _put(found, relation.subject, f"prov:{relation.kind}", Name(relation.object))
        if relation.name:
            _put_qualified(found, relation)
    return found


def _put(found: Nodes, name: str, key: str, value: object) -> None:
    values = found.setdefault(name, {}).setdefault(key, [])
    if value not in values:
        values.append(value)


def _put_element(found: Nodes, element: Element) -> None:
    for kind in (CLASSES[element.kind], *element.types):
        _put(found, element.name, "@type", Name(kind))
    for key, value in element.about.items():
        for one in value if isinstance(value, tuple) else (value,):
            _put(found, element.name, key, one)
    if element.started_at:
        _put(found, element.name, "prov:startedAtTime", element.started_at)
    if element.ended_at:
        _put(found, element.name, "prov:endedAtTime", element.ended_at)


def _put_qualified(found: Nodes, relation: Relation) -> None:
    how, kind, end = QUALIFIED[relation.kind]
    _put(found, relation.subject, how, Name(relation.name))
    _put(found, relation.name, "@type", Name(kind))
    _put(found, relation.name, end, Name(relation.object))
    if relation.role:
        _put(found, relation.name, "prov:hadRole", Name(relation.role_id))
        _put(found, relation.role_id, "@type", Name("prov:Role"))
        _put(found, relation.role_id, "rdfs:label", relation.role)
    if relation.plan:
        _put(found, relation.name, "prov:hadPlan", Name(relation.plan))
    for key, value in relation.more.items():
        _put(found, relation.name, key, value)


def _jsonld(key: str, values: list[Any]) -> Any:  # noqa: ANN401 -- any JSON value
    if key == "@type":
        return sorted(value.iri for value in values)
    shown = [_jsonld_value(value) for value in values]
    return shown[0] if len(shown) == 1 else sorted(shown, key=json.dumps)


def _jsonld_value(value: Any) -> Any:  # noqa: ANN401 -- a plain value
    if isinstance(value, Name):
        return {"@id": value.iri}
    if isinstance(value, datetime):
        return {"@type": "xsd:dateTime", "@value": value.isoformat()}
    if isinstance(value, float):
        # JSON-LD makes a whole number of 25.0, and JSON has no NaN.
        return {"@type": "xsd:double", "@value": _double(value)}
    return value


def _turtle(value: Any) -> str:  # noqa: ANN401 -- a plain value
    if isinstance(value, Name):
        prefixed = value.iri.split(":", 1)[0] in PREFIXES
        return value.iri if prefixed else URIRef(value.iri).n3()
    if isinstance(value, float):
        return f'"{_double(value)}"^^xsd:double'
    if isinstance(value, datetime):
        return f'"{value.isoformat()}"^^xsd:dateTime'
    return Literal(value).n3()


def _double(value: float) -> str:
    """A number as XML Schema writes it."""
    if math.isfinite(value):
        return repr(value)
    return "NaN" if value != value else "INF" if value > 0 else "-INF"  # noqa: PLR0124 -- NaN


class _Short:
    """Prefixed names, which PROV-JSON wants everywhere."""

    def __init__(self, base: str) -> None:
        self.prefixes = {
            "here": f"{base}/", "sha256": "urn:sha256:",
            "schema": PREFIXES["schema"], "rdfs": PREFIXES["rdfs"],
        }  # fmt: skip

    def __call__(self, iri: str) -> str:
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        raise ValueError(iri)  # every name is made from one of them


def _element(element: Element) -> dict[str, Any]:
    about = {
        "prov:label" if key == "rdfs:label" else key: _plain(value)
        for key, value in element.about.items()
    }
    if element.types:
        about["prov:type"] = [{"$": kind, "type": "prov:QUALIFIED_NAME"} for kind in element.types]
    if element.started_at:
        about["prov:startTime"] = element.started_at.isoformat()
    if element.ended_at:
        about["prov:endTime"] = element.ended_at.isoformat()
    return about


def _relation(relation: Relation, short: _Short) -> dict[str, Any]:
    subject, other = ENDS[relation.kind]
    told = {subject: short(relation.subject), other: short(relation.object)}
    role = {"prov:role": relation.role} if relation.role else {}
    plan = {"prov:plan": short(relation.plan)} if relation.plan else {}
    return {**told, **role, **plan, **relation.more}


def _plain(value: Any) -> Any:  # noqa: ANN401 -- a plain value
    if isinstance(value, float):
        return {"$": _double(value), "type": "xsd:double"}
    return list(value) if isinstance(value, tuple) else value
