"""Whether a product fits the parameter that is to take it."""

from catalogue.domain.interface import Output, Parameter
from catalogue.domain.quantity import BadValueError, scale
from ontology.domain import terms
from ontology.domain.kinds import ParameterKind, ProductKind

SCALARS = {
    ParameterKind.FLOAT: frozenset({ProductKind.NUMBER}),
    ParameterKind.INTEGER: frozenset({ProductKind.NUMBER}),
    ParameterKind.BOOLEAN: frozenset({ProductKind.BOOLEAN}),
    ParameterKind.STRING: frozenset({ProductKind.TEXT}),
}
TABLES = ("text/csv", "application/x-ecsv", "text/tab-separated-values")
MEDIA = {
    ProductKind.PICTURE: ("image/", "application/pdf"),
    ProductKind.TABLE: (*TABLES, "application/fits", "application/x-votable+xml", "text/plain"),
    ProductKind.IMAGE: ("application/fits",),
    ProductKind.SPECTRUM: ("application/fits", *TABLES),
    ProductKind.LIGHT_CURVE: ("application/fits", *TABLES),
    ProductKind.STRUCTURE: ("application/json",),
    ProductKind.TEXT: ("text/",),
    ProductKind.NUMBER: ("application/json",),
    ProductKind.BOOLEAN: ("application/json",),
}


def misfit(parameter: Parameter, output: Output) -> str:
    """Why an output cannot feed a parameter, a sentence; empty when it can.

    Terms decide where both have one: a narrower one fits, as a mosaic where an image is wanted.
    Otherwise the kinds must agree. Numbers need units that convert.
    """
    if parameter.kind is not ParameterKind.PRODUCT:
        return _scalar_misfit(parameter, output)
    if parameter.term and output.term:
        if _is_narrower(output.term, parameter.term):
            return ""
        return f"It takes {_a(parameter.term)}, and {output.name} is {_a(output.term)}."
    if parameter.product in (None, ProductKind.BINARY, output.kind):
        return ""
    wanted = parameter.product.value if parameter.product else "product"
    return f"It takes {_a(wanted)}, and {output.name} is {_a(output.kind.value)}."


def misfit_of_media(parameter: Parameter, media_type: str) -> str:
    """Why bytes of a media type, whose origin is not known, cannot feed a parameter."""
    kinds = SCALARS.get(parameter.kind) or {parameter.product or ProductKind.BINARY}
    allowed = [prefix for kind in kinds for prefix in MEDIA.get(kind, ("",))]
    if any(media_type.startswith(prefix) for prefix in allowed):
        return ""
    wanted = parameter.term or min(kinds).value
    return f"It takes {_a(wanted)}, and the product is of the type {media_type}."


def default_output(parameter: Parameter, outputs: tuple[Output, ...]) -> Output | None:
    """The one output that fits when none is named; None when there are several or none."""
    fitting = [item for item in outputs if not misfit(parameter, item)]
    return fitting[0] if len(fitting) == 1 else None


def _is_narrower(name: str, than: str) -> bool:
    return name == than or terms.is_narrower(name, than)


def _scalar_misfit(parameter: Parameter, output: Output) -> str:
    if output.kind not in SCALARS.get(parameter.kind, frozenset()):
        return f"It takes {_a(parameter.kind.value)}, and {output.name} is {_a(output.kind.value)}."
    if parameter.kind in (ParameterKind.BOOLEAN, ParameterKind.STRING):
        return ""
    if bool(output.unit) == bool(parameter.unit) and _converts(output.unit, parameter.unit):
        return ""
    here, there = parameter.unit or "no unit", output.unit or "no unit"
    return f"It has {here}, and {output.name} has {there}: they do not convert."


def _converts(unit: str | None, target: str | None) -> bool:
    try:
        return not unit or bool(scale(unit, target))
    except BadValueError:
        return False


def _a(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
