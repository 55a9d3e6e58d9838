"""What a run was asked and what it made, in the words and the order of a landing page."""

from collections.abc import Iterable, Iterator

from catalogue.domain.interface import Value
from catalogue.domain.query import spelled
from executor.models import Output, Run
from ontology.domain.kinds import ParameterKind
from ontology.domain.units import printed

PICTURE, TABLE, NUMBER, NOTEBOOK, REST = range(5)


def asked(run: Run) -> Iterator[tuple[str, str, str]]:
    """Name, value in words and unit of every parameter."""
    units = {item.name: printed(item.unit) for item in run.interface.parameters}
    typed = run.typed
    for name, value in run.values.items():
        is_product = typed.get(name, {}).get("type") == ParameterKind.PRODUCT
        yield name, _product(value) if is_product else spelled(value), units.get(name, "")


def _product(value: Value) -> str:
    """A product that was given: the output of another run, bytes, or a file of the author."""
    if isinstance(value, list):
        return ", ".join(map(_product, value))
    if not isinstance(value, dict):
        return spelled(value)
    if "run" in value:
        return f"{value.get('output')} of the run {str(value['run'])[:12]}"
    if "digest" in value:
        return f"the product {str(value['digest'])[:12]}"
    return f"the author\u2019s {value['file']}" if "file" in value else spelled(value)


def in_order(outputs: Iterable[Output]) -> list[Output]:
    """Pictures first, then tables, numbers, the notebook, and the plotted arrays."""
    return sorted(outputs, key=_place)


def _place(output: Output) -> int:
    if output.role != "output":
        return NOTEBOOK if output.role == "notebook" else REST
    kind = output.product.media_type
    if kind.startswith("image/"):
        return PICTURE
    return NUMBER if kind == "application/json" else TABLE
