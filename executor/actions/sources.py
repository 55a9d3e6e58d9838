"""Where the products of a request come from: each looked up once, and checked to fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from catalogue.domain.interface import Interface, Output, Parameter
from executor.domain.asked import Given, Node, One, Taken, inside, parts_of
from executor.domain.asker import Asker
from executor.domain.binding import default_output, misfit, misfit_of_media
from executor.domain.plan import Source
from executor.models import Output as Kept
from executor.models import Product, Run
from ontology.domain.kinds import ParameterKind

AT_ONCE = 400  # rows asked for in one question
Found = tuple[str, str, str]
"""Address of a run and name of its output, or the digest of a product; the others are empty."""


class UnfitError(ValueError):
    """A product cannot be had, or does not fit the parameter that is to take it.

    Attributes:
        where: its place in the request.
        fault: a sentence.
    """

    def __init__(self, where: str, fault: str) -> None:
        super().__init__(fault)
        self.where, self.fault = where, fault


@dataclass(slots=True)
class Sources:
    """The products and runs that a request names by digest or address."""

    products: dict[str, Product] = field(default_factory=dict)
    origins: dict[str, list[Output]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[Node]) -> "Sources":
        """Look up everything that some nodes name, in a question for each kind of thing."""
        parts = [part for node in nodes for item in node.bound.values() for part in parts_of(item)]
        given = {part.digest: None for part in parts if isinstance(part, Given)}
        taken = {part.run: None for part in parts if isinstance(part, Taken)}
        found = cls()
        for some in _portions(list(given)):
            found.products |= Product.objects.in_bulk(some)
            found.add_origins(some)
        for some in _portions(list(taken)):
            known = Run.objects.select_related("version__workflow")
            found.runs |= known.in_bulk(some, field_name="address")
        return found

    def add_origins(self, digests: list[str]) -> None:
        """Remember as what the runs that gave these products declare them."""
        made = Kept.objects.filter(product_id__in=digests, role="output")
        for kept in made.select_related("run__version"):
            declared = kept.run.interface.output(kept.name)
            if declared:
                self.origins.setdefault(kept.product_id, []).append(declared)

    def given(self, where: str, parameter: Parameter, part: Given) -> Found:
        """A product named by its digest."""
        product = self.products.get(part.digest)
        if product is None:
            raise UnfitError(where, f"No product has the digest {part.digest}: upload it first.")
        if parameter.kind is not ParameterKind.PRODUCT:
            raise UnfitError(where, "Write the value itself: a digest stands for a product.")
        origins = self.origins.get(part.digest, [])
        faults = [misfit(parameter, origin) for origin in origins] or [
            misfit_of_media(parameter, product.media_type)
        ]
        if all(faults):
            raise UnfitError(where, faults[0])
        return "", "", part.digest

    def run(self, where: str, part: Taken) -> Run:
        """The run at an address."""
        run = self.runs.get(part.run)
        if run is None:
            raise UnfitError(where, f"No run has the address {part.run}.")
        return run


@dataclass(frozen=True, slots=True)
class Feeding:
    """What feeds the nodes of one request.

    Attributes:
        known: what it names by digest or address.
        asker: who asks, for how many products one list may hold.
        made: name of each node that was planned already → its address and Interface.
    """

    known: Sources
    asker: Asker
    made: Mapping[str, tuple[str, Interface]]

    def of_node(
        self, node: Node, interface: Interface
    ) -> tuple[dict[str, tuple[Source, ...]], dict[str, str]]:
        """The sources of every bound parameter, and a sentence for each place that is wrong."""
        found: dict[str, tuple[Source, ...]] = {}
        faults: dict[str, str] = {}
        for name, binding in node.bound.items():
            parameter = interface.parameter(name)
            if parameter is None:  # only what the Interface names was read as a product
                raise ValueError(name)
            place = inside(node.where, name)
            many = isinstance(binding, tuple)
            found[name] = self._sources(place, parameter, parts_of(binding), faults, many=many)
        return found, faults

    def _sources(
        self, where: str, parameter: Parameter, parts: tuple[One, ...], faults: dict[str, str],
        *, many: bool,
    ) -> tuple[Source, ...]:  # fmt: skip
        refusal = self._refusal(len(parts))
        if refusal:
            faults[where] = refusal
            return ()
        sources = []
        for position, part in enumerate(parts):
            place = f"{where}[{position}]" if many else where
            try:
                sources.append(
                    Source(parameter.name, position, *self._source(place, parameter, part))
                )
            except UnfitError as error:
                faults[error.where] = error.fault
        return tuple(sources)

    def _refusal(self, number: int) -> str:
        most = self.asker.fan_out
        if not number:
            return "The list is empty: give a product."
        if most is not None and number > most:
            return (
                f"You may give {most:,} products in one list, and these are {number:,}: ask the "
                "operator for more."
            )
        return ""

    def _source(self, where: str, parameter: Parameter, part: One) -> Found:
        if isinstance(part, Given):
            return self.known.given(where, parameter, part)
        if isinstance(part, Taken):
            run = self.known.run(where, part)
            return run.address, _output(where, parameter, run.interface, part.output).name, ""
        address, interface = self.made[part.node]
        return address, _output(where, parameter, interface, part.output).name, ""


def _output(where: str, parameter: Parameter, interface: Interface, name: str) -> Output:
    """The output of this name, or the one that fits when none is named."""
    names = ", ".join(item.name for item in interface.outputs)
    output = interface.output(name) if name else default_output(parameter, interface.outputs)
    if output is None and name:
        raise UnfitError(where, f"There is no output {name[:60]!r}; the outputs are: {names}.")
    if output is None:
        raise UnfitError(where, f"Name the output to take, one of: {names}.")
    fault = misfit(parameter, output)
    if fault:
        raise UnfitError(where, fault)
    return output


def _portions(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
