"""Plans: what a request comes to, node by node, before anything is asked of a worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.domain.interface import Interface, Parameter, Value
from catalogue.domain.normalise import Inputs
from ontology.domain.kinds import ParameterKind


@dataclass(frozen=True, slots=True)
class Source:
    """Where the product of an input comes from: a run's output, or a digest.

    Attributes:
        name: the parameter.
        position: place in a list of products; 0 for a single one.
        run: address of the run that makes it; empty for a digest.
        output: name of that run's output.
        digest: digest of a product given as such; empty otherwise.
    """

    name: str
    position: int
    run: str = ""
    output: str = ""
    digest: str = ""

    def form(self) -> dict[str, str]:
        """How it stands in the typed form that the address is made of."""
        return {"run": self.run, "output": self.output} if self.run else {"digest": self.digest}


def typed_with(
    interface: Interface, inputs: Inputs, sources: Mapping[str, tuple[Source, ...]]
) -> dict[str, dict[str, Any]]:
    """The typed form of every parameter, in the author's order, products included.

    A bound number keeps its type and unit, so that the form says what it will be turned into.
    """
    typed: dict[str, dict[str, Any]] = {}
    for item in interface.parameters:
        if item.name in sources:
            typed[item.name] = _bound_form(item, sources[item.name])
        elif item.kind is ParameterKind.PRODUCT:
            typed[item.name] = {"type": "product", "value": default_form(item)}
        elif item.name in inputs.typed:
            typed[item.name] = inputs.typed[item.name]
    return typed


def default_form(item: Parameter) -> Value:
    """The author's own product: files of the entry, whose bytes the Version's digest names."""
    if item.default is None:
        return None
    if isinstance(item.default, list):
        return [{"file": str(path)} for path in item.default]
    return {"file": str(item.default)}


def resolved_form(
    typed: Mapping[str, Mapping[str, Any]],
    products: Mapping[str, tuple[str, ...]],
    scalars: Mapping[str, Mapping[str, Any]],
) -> dict[str, dict[str, Any]]:
    """The typed form with every source replaced by what it gave.

    Args:
        typed: the form that the address is made of.
        products: name → digests of the products, in order.
        scalars: name → typed form of a number, text or truth value that another run gave.
    """
    found = {name: dict(form) for name, form in typed.items()}
    for name, digests in products.items():
        forms: list[Value] = [{"digest": item} for item in digests]
        many = isinstance(typed[name]["value"], list)
        found[name] = {"type": "product", "value": forms if many else forms[0]}
    return found | {name: dict(form) for name, form in scalars.items()}


def _bound_form(item: Parameter, sources: tuple[Source, ...]) -> dict[str, Any]:
    forms = [source.form() for source in sources]
    if item.kind is ParameterKind.PRODUCT:
        return {"type": "product", "value": forms if item.many else forms[0]}
    unit = {"unit": item.unit} if item.unit else {}
    return {"type": item.kind.value, "value": forms[0]} | unit
