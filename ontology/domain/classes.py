"""Classes: what the class names of one annotation say together."""

from collections.abc import Iterable
from dataclasses import dataclass

from ontology.domain import namespaces, terms
from ontology.domain.complaints import Complaints
from ontology.domain.parts import Part
from ontology.domain.predicates import FIELDS, Field


@dataclass(frozen=True, slots=True)
class Classes:
    """The class that counts, and all that the classes say.

    Attributes:
        iri: the class that gave the term, in full; the first unknown class when none did.
        reading: its term, and unit, format, limits and choices of all classes together.
    """

    iri: str
    reading: terms.Reading


def combine(found: Iterable[Part], complaints: Complaints) -> Classes:
    """Read the classes of an annotation: the narrowest term, and what each name adds to it."""
    named = [(str(value.value), part) for part in found for value in part.values if value.is_iri]
    known: list[tuple[str, terms.Reading]] = []
    unknown: list[str] = []
    for iri, part in named:
        reading = terms.read(iri)
        if reading is not None:
            known.append((iri, reading))
        elif _is_class(iri, part, complaints):
            unknown.append(iri)
    iri, term = _narrowest(known, complaints)
    return Classes(
        iri or next(iter(unknown), ""), _together(term, [r for _, r in known], complaints)
    )


def _is_class(iri: str, part: Part, complaints: Complaints) -> bool:
    if iri in FIELDS:
        complaints.unparsed(part.text, f"{namespaces.compact(iri)} needs a value")
        return False
    complaints.unknown_term(iri)
    return True


def _narrowest(
    known: Iterable[tuple[str, terms.Reading]], complaints: Complaints
) -> tuple[str, terms.Term | None]:
    chosen: tuple[str, terms.Term | None] = ("", None)
    for iri, reading in known:
        old, new = chosen[1], reading.term
        if new is None or (old is not None and terms.is_narrower(old.name, new.name)):
            continue
        if old is None or terms.is_narrower(new.name, old.name):
            chosen = (iri, new)
        else:
            what = f"It is called both {old.name} and {new.name}; {old.name} is kept."
            complaints.should("several-terms", what, "Name one class, the narrowest that fits.")
    return chosen


def _together(
    term: terms.Term | None, readings: list[terms.Reading], complaints: Complaints
) -> terms.Reading:
    names = list(dict.fromkeys(reading.unit for reading in readings if reading.unit is not None))
    if len(names) > 1:
        what = f"Its classes have different units: {', '.join(names)}; {names[0]} is kept."
        complaints.should("unit-conflict", what, "Name one class with a unit.")
    return terms.Reading(
        term=term,
        unit=next(iter(names), None),
        time_format=next((r.time_format for r in readings if r.time_format), None),
        minimum=max((r.minimum for r in readings if r.minimum is not None), default=None),
        maximum=min((r.maximum for r in readings if r.maximum is not None), default=None),
        choices=next((r.choices for r in readings if r.choices), ()),
        optional=any(r.optional for r in readings),
    )


def is_class_part(part: Part) -> bool:
    """Whether a part names classes."""
    return FIELDS.get(part.predicate) is Field.TERM
