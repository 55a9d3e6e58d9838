"""What an author should still say of a statement: findings that refuse nothing."""

from collections.abc import Iterable, Iterator

from catalogue.domain.interface import Interface
from gallery.domain.paper import FigureStatement, Published
from ontology.domain.findings import Finding, Severity, Where

NAMED_AT_MOST = 5
RULES = {
    "gallery/value-without-unit": (
        Severity.SHOULD,
        "A published value has no unit, and its output has one: they will not compare.",
        "Write the unit as the paper prints it.",
    ),
    "gallery/tolerance-zero": (
        Severity.SHOULD,
        "A tolerance of zero, without places, asks for every bit of a number.",
        "Write how many decimals the paper prints as places, or a tolerance with its reason.",
    ),
    "gallery/no-source": (
        Severity.SHOULD,
        "It is not said where in the paper a value stands.",
        "Write its page, table and cell as source.",
    ),
    "gallery/no-reason": (
        Severity.MAY,
        "It is not said why a tolerance is as wide as it is.",
        "Write the reason in a sentence.",
    ),
    "gallery/nothing-published": (
        Severity.SHOULD,
        "A figure states neither a value nor a product, so no re-run can be judged.",
        "State at least one [[figure.value]] or [[figure.product]].",
    ),
}
"""Rule → severity, what, how to mend."""


def advice(
    figures: Iterable[tuple[FigureStatement, Interface]], file: str = "paper.toml"
) -> list[Finding]:
    """A finding for each rule that some figures break, naming the first few places."""
    places: dict[str, list[str]] = {}
    for figure, interface in figures:
        for rule, place in _broken(figure, interface):
            places.setdefault(rule, []).append(place)
    return [_finding(rule, places[rule], file) for rule in RULES if rule in places]


def _finding(rule: str, places: list[str], file: str) -> Finding:
    severity, what, mend = RULES[rule]
    rest = len(places) - NAMED_AT_MOST
    more = f" and {rest} more" if rest > 0 else ""
    named = f"{', '.join(places[:NAMED_AT_MOST])}{more}"
    return Finding(severity, rule, Where(file), f"{what} See {named}.", mend)


def _broken(figure: FigureStatement, interface: Interface) -> Iterator[tuple[str, str]]:
    if not figure.values and not figure.claims:
        yield "gallery/nothing-published", f"figure {figure.slug}"
    for value in figure.values:
        place = f"{value.label} of figure {figure.slug}"
        if _lacks_unit(value, interface):
            yield "gallery/value-without-unit", place
        if _asks_for_bits(value):
            yield "gallery/tolerance-zero", place
        if not value.source:
            yield "gallery/no-source", place
        if not value.reason:
            yield "gallery/no-reason", place
    for claim in figure.claims:
        place = f"product {claim.label} of figure {figure.slug}"
        if not claim.source:
            yield "gallery/no-source", place
        if not claim.tolerances.reason:
            yield "gallery/no-reason", place


def _lacks_unit(value: Published, interface: Interface) -> bool:
    output = interface.output(value.output)
    number = isinstance(value.published, int | float) and not isinstance(value.published, bool)
    return bool(number and output and output.unit and not value.unit and not value.column)


def _asks_for_bits(value: Published) -> bool:
    return isinstance(value.published, float) and not value.allowed and value.places is None
