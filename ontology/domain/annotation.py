"""Annotations: what the comment beside a parameter or an output says about it.

The grammar is that of annotated MMODA notebooks (https://odahub.io/docs/guide-development): a bare
address of a class, or the predicates and values of a Turtle sentence with its subject left out.
Whatever is not understood becomes a finding; nothing is dropped in silence.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ontology.domain import attempts, classes, fields, tokens, units
from ontology.domain.complaints import Complaints
from ontology.domain.findings import Finding, Where
from ontology.domain.kinds import ParameterKind, ProductKind
from ontology.domain.parts import Part
from ontology.domain.predicates import Field
from ontology.domain.statements import Statement, parse_statements
from ontology.domain.terms import Reading, Term

__all__ = ["Annotation", "Statement", "parse_output", "parse_parameter", "parse_statements"]

Kind = ParameterKind | ProductKind


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a comment says about a parameter or an output.

    Attributes:
        iri: the class as written, in full; empty when none was given.
        term: the name of our term for it; empty when it is unknown.
        kind: how the value is read or the product compared, from the term; None when unknown.
        unit: the unit as astropy writes it, or None.
        time_format: the time format by astropy's name, or None.
        time_scale: the time scale by astropy's name, or None.
        minimum: the lowest value accepted, in the unit, or None.
        maximum: the highest value accepted, in the unit, or None.
        choices: the values accepted, in the order written; empty when any will do.
        optional: whether the value may be left out.
        label: the words people use for it.
        description: sentences about it.
        group: the heading under which a form shows it.
    """

    iri: str = ""
    term: str = ""
    kind: Kind | None = None
    unit: str | None = None
    time_format: str | None = None
    time_scale: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str | int | float, ...] = ()
    optional: bool = False
    label: str = ""
    description: str = ""
    group: str = ""


def parse_parameter(comment: str, where: Where) -> tuple[Annotation, tuple[Finding, ...]]:
    """Read the comment beside a parameter; plain prose says nothing and is no fault.

    A class that is a product and no value gives the kind of the product that is taken.
    """
    return _parse(comment, where, _parameter_or_product)


def parse_output(comment: str, where: Where) -> tuple[Annotation, tuple[Finding, ...]]:
    """Read the comment beside an output; plain prose says nothing and is no fault."""
    return _parse(comment, where, lambda term: term.product_kind)


def _parameter_or_product(term: Term) -> Kind | None:
    # The class of all products takes any of them; as every kind but bytes, so bytes it is.
    any_product = ProductKind.BINARY if term.name == "Product" else None
    return term.parameter_kind or term.product_kind or any_product


def _parse(
    comment: str, where: Where, kind: Callable[[Term], Kind | None]
) -> tuple[Annotation, tuple[Finding, ...]]:
    complaints = Complaints(where)
    found = _parts(comment, complaints)
    named = classes.combine([part for part in found if classes.is_class_part(part)], complaints)
    others = [part for part in found if not classes.is_class_part(part)]
    values = fields.collect(others, complaints)
    annotation = replace(_annotation(named.reading, values, complaints), iri=named.iri)
    if named.reading.term is not None:
        annotation = replace(annotation, kind=kind(named.reading.term))
        _check_unit(annotation, named.reading.term, complaints)
    _check_limits(annotation, complaints)
    return annotation, complaints.findings


def _parts(comment: str, complaints: Complaints) -> list[Part]:
    if len(comment) > tokens.LONGEST:
        complaints.too_long(comment)
        return []
    meant = [words for words in tokens.sentences(comment) if attempts.beside_a_value(words)]
    for extra in meant[1:]:
        complaints.unparsed(tokens.written(extra), "one sentence says all about a value")
    return complaints.readable(tokens.pieces(meant[0])) if meant else []


def _annotation(reading: Reading, values: fields.Values, complaints: Complaints) -> Annotation:
    unit = _unit(reading, values, complaints)
    same_unit = reading.unit in {None, unit}  # limits of a class hold in the unit of the class
    low = [reading.minimum] if same_unit and reading.minimum is not None else []
    high = [reading.maximum] if same_unit and reading.maximum is not None else []
    return Annotation(
        term=reading.term.name if reading.term else "",
        unit=unit,
        time_format=_text(values, Field.FORMAT) or reading.time_format,
        time_scale=_text(values, Field.SCALE) or None,
        minimum=max([*low, *_limits(values, Field.MINIMUM)], default=None),
        maximum=min([*high, *_limits(values, Field.MAXIMUM)], default=None),
        choices=tuple(values.get(Field.CHOICE, ())) or reading.choices,
        optional=bool(values.get(Field.OPTIONAL, [reading.optional])[0]),
        label=_text(values, Field.LABEL),
        description=_text(values, Field.DESCRIPTION),
        group=_text(values, Field.GROUP),
    )


def _unit(reading: Reading, values: fields.Values, complaints: Complaints) -> str | None:
    if Field.UNIT not in values:
        return reading.unit
    written = _text(values, Field.UNIT)
    if reading.unit not in {None, written}:
        what = f"Its class says {reading.unit} and its unit says {written}; {written} is kept."
        complaints.should("unit-conflict", what, "Leave out the unit, or name a class without one.")
    return written


def _text(values: fields.Values, field: Field) -> str:
    return str(next(iter(values.get(field, ())), ""))


def _limits(values: fields.Values, field: Field) -> list[float]:
    return [float(value) for value in values.get(field, ())]


def _check_unit(annotation: Annotation, term: Term, complaints: Complaints) -> None:
    unit, reference = annotation.unit, term.reference_unit
    if unit is None or not reference or units.convertible(unit, reference):
        return
    what = f"The unit {unit or 'of a plain number'} does not fit the term {term.name}."
    complaints.should("unit-mismatch", what, f"Use a unit that converts to {reference}.")


def _check_limits(annotation: Annotation, complaints: Complaints) -> None:
    low, high = annotation.minimum, annotation.maximum
    if low is not None and high is not None and low > high:
        what = f"The lower limit {low:g} is above the upper limit {high:g}: no value is accepted."
        complaints.must("limits-crossed", what, "Swap the limits, or correct one of them.")
        return
    for choice in annotation.choices:
        if not isinstance(choice, str) and _is_outside(choice, low, high):
            what = f"The choice {choice} lies outside the limits."
            complaints.should("choice-outside-limits", what, "Take it out, or widen the limits.")


def _is_outside(choice: float, low: float | None, high: float | None) -> bool:
    return (low is not None and choice < low) or (high is not None and choice > high)
