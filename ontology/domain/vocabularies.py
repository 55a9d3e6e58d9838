"""Vocabularies: the concepts of one scheme, and how to read them from the formats they come in."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from ontology.domain import terms
from ontology.domain.namespaces import REPRISE
from ontology.domain.terms import Match

OURS = "reprise"
_LOCAL = re.compile(r"[\w.-]{1,100}")
_RELATION = re.compile(r"(\w+:\w+)\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a vocabulary.

    Attributes:
        iri: its identifier.
        label: the words people use.
        definition: what it means; empty when the vocabulary does not say.
        alternative_labels: synonyms.
        broader: IRIs of the concepts directly above.
        matches: concepts of other vocabularies that mean the same or nearly so.
    """

    iri: str
    label: str
    definition: str = ""
    alternative_labels: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()


def ours() -> tuple[Concept, ...]:
    """The terms of our own ontology as concepts."""
    return tuple(
        Concept(
            iri=term.iri,
            label=term.label,
            definition=term.definition,
            alternative_labels=term.alternative_labels,
            broader=tuple(REPRISE + name for name in term.broader),
            matches=term.matches,
        )
        for term in terms.vocabulary().values()
    )


def read(data: bytes, form: str, namespace: str) -> tuple[Concept, ...]:
    """The concepts in a file, each once, none from outside the namespace.

    Args:
        data: the bytes of the file, UTF-8.
        form: ``turtle`` (classes of OWL), ``ivoa-csv`` (term;level;label;description;relations,
            https://github.com/ivoa-std/Vocabularies) or ``uat-json`` (UAT_list.json,
            https://github.com/astrothesaurus/UAT).
        namespace: what every IRI begins with; what follows must be one plain name.

    Raises:
        ValueError: the bytes are not of this form.
        KeyError: no such form, or something is missing in the file.
    """
    found = _READERS[form](data, namespace)
    usable = (concept for concept in found if name(concept.iri, namespace))
    return tuple({concept.iri: concept for concept in usable}.values())


def name(iri: str, namespace: str) -> str:
    """What follows the namespace in an IRI, when it is one plain name; else empty."""
    local = iri.removeprefix(namespace)
    return local if iri != local and _LOCAL.fullmatch(local) else ""


def _turtle(data: bytes, _namespace: str) -> Iterator[Concept]:
    graph = Graph().parse(data=data, format="turtle")
    for iri in sorted(str(subject) for subject in graph.subjects(RDF.type, OWL.Class)):
        yield _owl_class(graph, URIRef(iri))


def _owl_class(graph: Graph, iri: URIRef) -> Concept:
    label = graph.value(iri, RDFS.label) or re.split("[#/]", iri)[-1]
    definition = graph.value(iri, SKOS.definition) or graph.value(iri, RDFS.comment)
    return Concept(
        iri=str(iri),
        label=str(label),
        definition=str(definition or ""),
        alternative_labels=tuple(sorted(str(text) for text in graph.objects(iri, SKOS.altLabel))),
        broader=tuple(sorted(str(above) for above in graph.objects(iri, RDFS.subClassOf))),
    )


def _ivoa(data: bytes, namespace: str) -> Iterator[Concept]:
    lines = [line for line in data.decode().splitlines() if line and not line.startswith("#")]
    path: list[str] = []
    for row in csv.reader(lines, delimiter=";", skipinitialspace=True):
        term, level, label, definition, *relations = (cell.strip() for cell in row)
        path = [*path[: int(level) - 1], namespace + term]
        yield _ivoa_concept(path, label, definition, namespace, " ".join(relations))


def _ivoa_concept(
    path: list[str], label: str, definition: str, namespace: str, relations: str
) -> Concept:
    found = _RELATION.findall(relations)
    more = [namespace + target for kind, target in found if kind == "skos:broader"]
    same = {"skos:exactMatch": "exact", "skos:closeMatch": "close"}
    return Concept(
        iri=path[-1],
        label=label,
        definition=definition,
        alternative_labels=tuple(target for kind, target in found if kind == "skos:altLabel"),
        broader=tuple(dict.fromkeys([*path[-2:-1], *more])),
        matches=tuple(Match(same[kind], target) for kind, target in found if kind in same),
    )


def _uat(data: bytes, _namespace: str) -> Iterator[Concept]:
    rows: Iterable[Mapping[str, Any]] = json.loads(data)
    for row in rows:
        yield Concept(
            iri=row["uri"],
            label=row["name"].strip(),
            definition=row.get("definition") or "",
            alternative_labels=tuple(row.get("altNames") or ()),
            broader=tuple(above["uri"] for above in row.get("broader") or ()),
        )


_READERS: Mapping[str, Callable[[bytes, str], Iterator[Concept]]] = MappingProxyType(
    {"turtle": _turtle, "ivoa-csv": _ivoa, "uat-json": _uat}
)
