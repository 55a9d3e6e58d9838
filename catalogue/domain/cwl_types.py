"""Types of CWL inputs and outputs, as far as an Interface tells them apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalogue.domain.cwl_document import rows, short
from ontology.domain.kinds import ParameterKind, ProductKind

PLAIN = {
    "int": ParameterKind.INTEGER, "long": ParameterKind.INTEGER, "float": ParameterKind.FLOAT,
    "double": ParameterKind.FLOAT, "string": ParameterKind.STRING,
    "boolean": ParameterKind.BOOLEAN, "enum": ParameterKind.STRING,
}  # fmt: skip
MADE = {
    "int": ProductKind.NUMBER, "long": ProductKind.NUMBER, "float": ProductKind.NUMBER,
    "double": ProductKind.NUMBER, "string": ProductKind.TEXT, "enum": ProductKind.TEXT,
    "boolean": ProductKind.BOOLEAN,
}  # fmt: skip
STREAMS = frozenset({"stdin", "stdout", "stderr"})
NAMES = frozenset({*PLAIN, "File", "Directory", "Any", "null"} - {"enum"})
DEPTH_AT_MOST = 20
PARTS_AT_MOST = 20_000


class BadTypeError(ValueError):
    """A type is not one of CWL, or is not declared in the document."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type of CWL.

    Attributes:
        name: ``int``, ``File``, ``array``, ``enum``, ``record``, ``union``, ``stdout``, ….
        optional: whether null is a value too.
        parts: the items of an array, the fields of a record, the members of a union.
        symbols: the values of an enum.
    """

    name: str
    optional: bool = False
    parts: tuple["Type", ...] = ()
    symbols: tuple[str, ...] = ()

    @property
    def is_file(self) -> bool:
        """Whether it is exactly one file."""
        return self.name == "File" or self.name in STREAMS

    @property
    def is_files(self) -> bool:
        """Whether it is a list of files."""
        return self.name == "array" and self.parts[0].name == "File"

    @property
    def holds_files(self) -> bool:
        """Whether there are files or folders anywhere in it."""
        return self.is_file or self.name == "Directory" or any(p.holds_files for p in self.parts)

    def parameter_kind(self) -> ParameterKind:
        """How a value of it is read."""
        if self.is_file or self.is_files:
            return ParameterKind.PRODUCT
        if self.name == "array" and self.parts[0].name in PLAIN:
            return ParameterKind.LIST
        return PLAIN.get(self.name, ParameterKind.STRUCTURE)

    def product_kind(self) -> ProductKind:
        """How an output of it is kept, without a look at what its files hold."""
        if self.holds_files:
            return ProductKind.BINARY
        name = "" if self.optional else self.name
        return MADE.get(name, ProductKind.STRUCTURE)


class Types:
    """Reads types, those that the document declares among them.

    A type that means very much is refused: named types in named types grow without end.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self._left = PARTS_AT_MOST

    def read(self, value: Any, depth: int = 0) -> Type:  # noqa: ANN401 -- any JSON value
        """Read a type as CWL writes it.

        Args:
            value: a name with ``?`` or ``[]`` after it, a list of types, or a table with ``type``.
            depth: how many types it lies in.

        Raises:
            BadTypeError: it is none, or too large.
        """
        self._left -= 1
        if depth > DEPTH_AT_MOST or self._left < 0:
            raise BadTypeError("The type is nested too deep, or means too many types.")
        if isinstance(value, list):
            return _union([self.read(item, depth + 1) for item in value])
        if isinstance(value, dict):
            return self._table(value, depth + 1)
        if not isinstance(value, str):
            raise BadTypeError(f"{str(value)[:60]!r} is no type.")
        return self._named(value, depth + 1)

    def _named(self, value: str, depth: int) -> Type:
        if value.endswith("?"):
            return replace(self.read(value[:-1], depth), optional=True)
        if value.endswith("[]"):
            return Type("array", parts=(self.read(value[:-2], depth),))
        if value in NAMES or value in STREAMS:
            return Type(value, optional=value == "null")
        if short(value) not in self._known:
            raise BadTypeError(f"{value[:60]!r} is no type, nor declared in SchemaDefRequirement.")
        return self.read(self._known[short(value)], depth)

    def _table(self, value: dict[str, Any], depth: int) -> Type:
        name = value.get("type")
        if name == "array":
            return Type("array", parts=(self.read(value.get("items"), depth),))
        if name == "enum":
            symbols = value.get("symbols")
            listed = symbols if isinstance(symbols, list) else []
            return Type("enum", symbols=tuple(short(item) for item in listed))
        if name == "record":
            fields = rows(value.get("fields"), "name", "type")
            return Type(
                "record", parts=tuple(self.read(item.get("type"), depth) for item in fields)
            )
        return self.read(name, depth)


def declared_types(processes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The types that SchemaDefRequirement declares, by short name."""
    return {
        short(item["name"]): item
        for process in processes
        for group in ("requirements", "hints")
        for requirement in rows(process.get(group), "class", "value")
        if requirement.get("class") == "SchemaDefRequirement"
        for item in requirement.get("types") or ()
        if isinstance(item, dict) and "name" in item
    }


def _union(members: list[Type]) -> Type:
    rest = [item for item in members if item.name != "null"]
    optional = len(rest) < len(members) or any(item.optional for item in rest)
    if not rest:
        return Type("null", optional=True)
    if len(rest) == 1:
        return replace(rest[0], optional=optional)
    return Type("union", optional=optional, parts=tuple(rest))
