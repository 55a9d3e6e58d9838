"""Fields: the values of an annotation's predicates, each checked for what it has to be."""

from collections.abc import Callable, Iterable
from types import MappingProxyType

from ontology.domain import namespaces, units
from ontology.domain.complaints import Complaints, shown
from ontology.domain.findings import Finding
from ontology.domain.parts import Part, Plain, Value
from ontology.domain.predicates import FIELDS, Field

# https://docs.astropy.org/en/stable/time/ names these formats and scales.
TIME_FORMATS = (
    *("isot", "iso", "fits", "mjd", "jd", "unix", "unix_tai", "cxcsec", "gps", "decimalyear"),
    *("jyear", "byear", "jyear_str", "byear_str", "yday"),
)
TIME_SCALES = ("utc", "tai", "tt", "tdb", "tcb", "tcg", "ut1", "local")

Values = dict[Field, list[Plain]]


def collect(found: Iterable[Part], complaints: Complaints) -> Values:
    """The usable values of every field, in the order written; the others leave findings."""
    values: Values = {}
    for part in found:
        known = FIELDS.get(part.predicate)
        if known is None:
            complaints.unknown_predicate(part, FIELDS)
            continue
        for value in part.values:
            plain = _CHECKS[known](value, part, complaints)
            if plain is not None:
                _keep(values.setdefault(known, []), known, plain, part, complaints)
    return values


def _keep(
    kept: list[Plain], known: Field, plain: Plain, part: Part, complaints: Complaints
) -> None:
    if any(plain == other and type(plain) is type(other) for other in kept):
        return
    if kept and known is not Field.CHOICE:
        complaints.repeated(part, kept[0])
    else:
        kept.append(plain)


def _unit(value: Value, _part: Part, complaints: Complaints) -> str | None:
    unit = units.parse(str(value.value), complaints.where)
    if isinstance(unit, Finding):
        complaints.add(unit)
        return None
    return unit


def _format(value: Value, _part: Part, complaints: Complaints) -> str | None:
    return _one_of(value, TIME_FORMATS, "format", complaints)


def _scale(value: Value, _part: Part, complaints: Complaints) -> str | None:
    return _one_of(value, TIME_SCALES, "scale", complaints)


def _one_of(value: Value, known: tuple[str, ...], name: str, complaints: Complaints) -> str | None:
    text = str(value.value)
    plain = (namespaces.local_name(text) if value.is_iri else text).lower()
    if plain in known:
        return plain
    what = f"The time {name} {shown(text)} is not known."
    complaints.should(f"unknown-{name}", what, f"Use one of {', '.join(known)}.")
    return None


def _limit(value: Value, part: Part, complaints: Complaints) -> float | None:
    plain = value.value
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        return float(plain)
    what = f"The limit in {shown(part.text)} is not a number, so it was not read."
    complaints.should("limit-not-number", what, "Write the limit as a number, without quotes.")
    return None


def _choice(value: Value, part: Part, complaints: Complaints) -> Plain | None:
    if value.is_iri or isinstance(value.value, bool):
        complaints.unparsed(part.text, "a choice is a number or a text in quotes")
        return None
    return value.value


def _flag(value: Value, part: Part, complaints: Complaints) -> bool | None:
    if isinstance(value.value, bool):
        return value.value
    complaints.unparsed(part.text, "it can only be true or false")
    return None


def _words(value: Value, _part: Part, _complaints: Complaints) -> str:
    return str(value.value)


_CHECKS: MappingProxyType[Field, Callable[[Value, Part, Complaints], Plain | None]] = (
    MappingProxyType(
        {
            Field.UNIT: _unit,
            Field.FORMAT: _format,
            Field.SCALE: _scale,
            Field.MINIMUM: _limit,
            Field.MAXIMUM: _limit,
            Field.CHOICE: _choice,
            Field.OPTIONAL: _flag,
            Field.LABEL: _words,
            Field.DESCRIPTION: _words,
            Field.GROUP: _words,
        }
    )
)
