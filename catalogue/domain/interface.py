"""The Interface of a Version: its typed Parameters and Outputs."""

from dataclasses import asdict, dataclass
from typing import Any

from ontology.domain.kinds import ParameterKind, ProductKind

Scalar = str | int | float | bool
Value = Scalar | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a reader may change.

    Attributes:
        name: the variable of the notebook.
        kind: how its value is read and compared.
        default: the author's value; None when there is none.
        term: name of the Term that says what it is; empty when none is known.
        iri: the class as the author wrote it; empty when none was given.
        unit: unit of the value, in astropy's spelling; None for plain numbers and text.
        time_format: ``isot``, ``mjd``, …, for times.
        time_scale: ``utc``, ``tt``, …, for times.
        minimum: least value allowed, in ``unit``.
        maximum: largest value allowed, in ``unit``.
        choices: the only values allowed; empty for any.
        optional: whether None is a value too.
        product: for a parameter that takes a product: how its bytes are decoded; None when any
            product will do, and for every other kind.
        many: whether it takes a list of products instead of one.
        label: a short name for people.
        description: a sentence for people.
        group: heading under which a form shows it.
    """

    name: str
    kind: ParameterKind
    default: Value = None
    term: str = ""
    iri: str = ""
    unit: str | None = None
    time_format: str | None = None
    time_scale: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Scalar, ...] = ()
    optional: bool = False
    product: ProductKind | None = None
    many: bool = False
    label: str = ""
    description: str = ""
    group: str = ""

    @property
    def title(self) -> str:
        """What a form calls it."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Output:
    """One product that a run gives.

    Attributes:
        name: the variable of the notebook.
        kind: how its bytes are decoded and compared.
        term: name of the Term that says what it is; empty when none is known.
        iri: the class as the author wrote it; empty when none was given.
        unit: unit of a number; None when it has none.
        label: a short name for people.
        description: a sentence for people.
    """

    name: str
    kind: ProductKind
    term: str = ""
    iri: str = ""
    unit: str | None = None
    label: str = ""
    description: str = ""

    @property
    def title(self) -> str:
        """What a page calls it."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Interface:
    """The parameters and outputs of a Version, in the author's order."""

    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[Output, ...] = ()

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of this name, or None."""
        return next((item for item in self.parameters if item.name == name), None)

    def output(self, name: str) -> Output | None:
        """The output of this name, or None."""
        return next((item for item in self.outputs if item.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """The interface as plain JSON values."""
        return {
            "parameters": [asdict(item) for item in self.parameters],
            "outputs": [asdict(item) for item in self.outputs],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Interface":
        """The interface that ``to_json`` wrote."""
        return cls(
            parameters=tuple(_parameter(item) for item in value.get("parameters", ())),
            outputs=tuple(_output(item) for item in value.get("outputs", ())),
        )


def _parameter(item: dict[str, Any]) -> Parameter:
    kind, product = ParameterKind(item["kind"]), item.get("product")
    read = {
        "kind": kind,
        "choices": tuple(item.get("choices", ())),
        "product": ProductKind(product) if product else None,
    }
    return Parameter(**item | read)


def _output(item: dict[str, Any]) -> Output:
    return Output(**item | {"kind": ProductKind(item["kind"])})
