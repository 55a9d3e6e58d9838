"""Terms: the concepts of our ontology, and the ODA names that mean them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from ontology.domain import hierarchy, namespaces
from ontology.domain.kinds import ParameterKind, ProductKind

FOLDER = Path(__file__).resolve().parent.parent / "vocabulary"
OURS = FOLDER / "reprise.ttl"
COMPOSITES = FOLDER / "oda.toml"
REPRISE = Namespace(namespaces.REPRISE)


@dataclass(frozen=True, slots=True)
class Match:
    """A concept of another vocabulary that means the same (exact) or nearly the same (close)."""

    relation: str
    iri: str


@dataclass(frozen=True, slots=True)
class Term:
    """A concept of the ontology.

    Attributes:
        iri: its identifier, which is never looked up on the web.
        name: the last part of the IRI, such as ``RightAscension``.
        label: the words people use.
        definition: one sentence.
        alternative_labels: synonyms, sorted.
        broader: names of the terms directly above, sorted.
        matches: concepts of other vocabularies.
        parameter_kind: how a parameter of this term is read; None when the term is no value.
        product_kind: how a product of this term is compared; None when the term is no product.
        reference_unit: a unit every unit of this quantity converts to; empty when any will do.
    """

    iri: str
    name: str
    label: str
    definition: str
    alternative_labels: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    parameter_kind: ParameterKind | None = None
    product_kind: ProductKind | None = None
    reference_unit: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a class name in an annotation says: a term, and what the name adds to it.

    Attributes:
        term: the term; None when the name only adds a unit, a format or that a value is optional.
        unit: the unit in the name, as astropy writes it, or None.
        time_format: the time format in the name, or None.
        minimum: the lowest value the class accepts, in its unit, or None.
        maximum: the highest value the class accepts, in its unit, or None.
        choices: the values the class accepts; empty when any will do.
        optional: whether the name says that a value may be left out.
    """

    term: Term | None
    unit: str | None = None
    time_format: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False


@cache
def graph() -> Graph:
    """Our ontology as a graph; shared, so never to be changed."""
    return Graph().parse(OURS, format="turtle")


@cache
def vocabulary() -> Mapping[str, Term]:
    """All our terms by name, sorted by name."""
    found = sorted(str(subject) for subject in graph().subjects(RDF.type, OWL.Class))
    terms = [_term(URIRef(iri)) for iri in found if iri.startswith(namespaces.REPRISE)]
    return MappingProxyType({term.name: term for term in terms})


def narrower(name: str) -> tuple[str, ...]:
    """Names of a term and of all terms below it, sorted."""
    return tuple(other for other in vocabulary() if is_narrower(other, name))


def is_narrower(name: str, than: str) -> bool:
    """Whether one term is the other or stands below it."""
    return than in hierarchy.ancestors(name, _broader())


def resolve(iri_or_curie: str) -> Term | None:
    """The term meant by an IRI, a prefixed name or a bare name of ours; None when unknown."""
    reading = read(iri_or_curie)
    return reading.term if reading else None


def read(iri_or_curie: str) -> Reading | None:
    """What an IRI, a prefixed name or a bare name of ours says; None when it is unknown."""
    iri = namespaces.expand(iri_or_curie)
    if iri.startswith(namespaces.ODA) and (found := _composites().get(namespaces.local_name(iri))):
        return found
    name = iri.removeprefix(namespaces.REPRISE)
    term = vocabulary().get(name) or vocabulary().get(_matched().get(iri, ""))
    return Reading(term) if term else None


@cache
def known_names() -> tuple[str, ...]:
    """Prefixed names an annotation may use as a class, for suggestions."""
    ours = [f"reprise:{name}" for name in vocabulary()]
    composites = [f"oda:{name}" for name in _composites()]
    matched = [namespaces.compact(iri) for iri in _matched() if iri.startswith(namespaces.ODA)]
    return tuple(dict.fromkeys([*matched, *composites, *ours]))


@cache
def _broader() -> Mapping[str, tuple[str, ...]]:
    return {name: term.broader for name, term in vocabulary().items()}


@cache
def _matched() -> Mapping[str, str]:
    """IRIs of other vocabularies to names of ours; an exact match outweighs a close one."""
    pairs = [(match, term.name) for term in vocabulary().values() for match in term.matches]
    close = {match.iri: name for match, name in pairs if match.relation == "close"}
    return close | {match.iri: name for match, name in pairs if match.relation == "exact"}


@cache
def _composites() -> Mapping[str, Reading]:
    declared = tomllib.loads(COMPOSITES.read_text(encoding="utf-8"))
    return {name: _reading(row) for name, row in declared.items()}


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(
        term=vocabulary()[row["term"]] if "term" in row else None,
        unit=row.get("unit"),
        time_format=row.get("format"),
        minimum=row.get("minimum"),
        maximum=row.get("maximum"),
        choices=tuple(row.get("choices", ())),
        optional=row.get("optional", False),
    )


def _term(iri: URIRef) -> Term:
    parameter_kind = _nearest(iri, REPRISE.parameterKind)
    product_kind = _nearest(iri, REPRISE.productKind)
    return Term(
        iri=str(iri),
        name=namespaces.local_name(iri),
        label=_texts(iri, RDFS.label)[0],
        definition=_texts(iri, SKOS.definition)[0],
        alternative_labels=_texts(iri, SKOS.altLabel),
        broader=tuple(namespaces.local_name(above) for above in _texts(iri, RDFS.subClassOf)),
        matches=(*_matches(iri, "exact"), *_matches(iri, "close")),
        parameter_kind=ParameterKind(parameter_kind) if parameter_kind else None,
        product_kind=ProductKind(product_kind) if product_kind else None,
        reference_unit=_nearest(iri, REPRISE.referenceUnit),
    )


def _texts(iri: URIRef, predicate: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in graph().objects(iri, predicate)))


def _matches(iri: URIRef, relation: str) -> tuple[Match, ...]:
    return tuple(Match(relation, other) for other in _texts(iri, SKOS[f"{relation}Match"]))


def _nearest(iri: URIRef, predicate: URIRef) -> str:
    """The value of a property here, or of the nearest term above that has one."""
    level = [iri]
    while level:
        for current in level:
            if found := graph().value(current, predicate):
                return str(found)
        level = [URIRef(above) for here in level for above in _texts(here, RDFS.subClassOf)]
    return ""
