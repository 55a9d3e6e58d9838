"""What other runs, or digests, give a run: products to read and values to take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.domain.interface import Parameter, Value
from catalogue.domain.normalise import typed_value
from executor.domain.manifest import suffix_of
from executor.errors import PlatformFailedError
from executor.models import Output, Product, Run, RunInput
from executor.queries import scalar
from lib import store
from ontology.domain.kinds import ParameterKind


@dataclass(frozen=True, slots=True)
class Feed:
    """One input of a run with what it is given.

    Attributes:
        edge: the input.
        parameter: the parameter it is for.
        output: what another run gave; None for a product named by its digest.
    """

    edge: RunInput
    parameter: Parameter
    output: Output | None

    @property
    def is_product(self) -> bool:
        """Whether the code reads it as a file; otherwise it is a plain value."""
        return self.parameter.kind is ParameterKind.PRODUCT

    @property
    def product(self) -> Product:
        """The product that is taken.

        Raises:
            PlatformFailedError: it is not there any more.
        """
        found = self.output.product if self.output else self.edge.product
        if found is None:
            raise PlatformFailedError("input-gone", gone(self.edge.name))
        return found

    def typed(self) -> dict[str, Any]:
        """The typed form of a value that another run gave, in the parameter's own unit.

        Raises:
            ValueError: the parameter does not take this value.
        """
        if self.output is None:
            raise ValueError(f"{self.edge.name} is a value and no product")
        declared = self.output.run.interface.output(self.output.name)
        unit = declared.unit if declared else None
        value = scalar(self.output)
        return typed_value(self.parameter, {"value": value, "unit": unit} if unit else value)


@dataclass(frozen=True, slots=True)
class Fed:
    """The inputs of a run in place.

    Attributes:
        files: path in the work folder → digest.
        values: parameter → path, list of paths, or the value that another run gave.
    """

    files: Mapping[str, str]
    values: Mapping[str, Value]


def gone(name: str) -> str:
    """That the bytes of an input are gone, a sentence."""
    return f"The bytes of the input {name} are gone: ask for it again."


def feeds(run: Run) -> list[Feed]:
    """Every input of a run whose sources have finished, lists in their order.

    Raises:
        ValueError: a source did not give the output that is taken.
    """
    edges = list(run.inputs.select_related("product"))
    outputs = _outputs(run) if any(edge.source_id for edge in edges) else {}
    interface = run.interface
    found = []
    for edge in edges:
        parameter = interface.parameter(edge.name)
        output = outputs.get((edge.source_id, edge.output)) if edge.source_id else None
        if parameter is None or (edge.source_id and output is None):
            raise ValueError(f"the run that feeds {edge.name} gave no {edge.output!r}")
        found.append(Feed(edge, parameter, output))
    return found


def fed_with(run: Run) -> Fed:
    """Where each product is put for the code, and what the code is told.

    Raises:
        PlatformFailedError: the bytes of a product are gone.
    """
    files: dict[str, str] = {}
    values: dict[str, Value] = {}
    many: dict[str, list[Value]] = {}
    for feed in feeds(run):
        name = feed.edge.name
        if not feed.is_product:
            values[name] = feed.typed()["value"]
            continue
        path = _path(feed)
        files[path] = feed.product.digest
        if feed.parameter.many:
            many.setdefault(name, []).append(path)
        else:
            values[name] = path
    return Fed(files, values | many)


def _path(feed: Feed) -> str:
    product, name = feed.product, feed.edge.name
    if not store.has(product.digest):
        raise PlatformFailedError("input-gone", gone(name))
    suffix = suffix_of(feed.output.file if feed.output else _file_of(product), product.media_type)
    place = f"{name}/{feed.edge.position:04d}" if feed.parameter.many else name
    return f"inputs/{place}{suffix}"


def _outputs(run: Run) -> Mapping[tuple[int, str], Output]:
    sources = run.inputs.exclude(source=None).values("source")
    known = Output.objects.filter(run__in=sources, role="output")
    return {
        (output.run_id, output.name): output
        for output in known.select_related("product", "run__version")
    }


def _file_of(product: Product) -> str:
    if product.file:
        return product.file
    output = product.outputs.first()
    return output.file if output else ""
