"""The form of a version: each parameter with what stands in its field, and what that changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from catalogue.domain.interface import Interface, Parameter
from catalogue.domain.normalise import normalise, typed_value
from catalogue.domain.quantity import BadValueError
from catalogue.domain.query import is_reference, spelled
from ontology.domain.kinds import ParameterKind

AUTHORS = object()
"""Stands where nothing else than the author's own value was published."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: its parameter, what stands in it, and what is wrong with that.

    Attributes:
        parameter: what it is a field of.
        shown: what stands in it.
        changed: whether that is another value than the published one.
        fault: what is wrong with it; empty when nothing is.
        stated: the published value, where it is not the author's.
    """

    parameter: Parameter
    shown: Any
    changed: bool
    fault: str
    stated: Any = AUTHORS

    @property
    def text(self) -> str:
        """What stands in the field."""
        if self.shown is None:
            return ""
        return spelled(self.shown)

    @property
    def default(self) -> str:
        """The author's value, as it would stand in the field; of a product, the files of it."""
        if self.is_product:
            files = self.parameter.default or []
            return ", ".join(map(str, files)) if isinstance(files, list) else str(files)
        return spelled(self.parameter.default)

    @property
    def published(self) -> str:
        """What stands in the field when nothing is changed."""
        value = self.parameter.default if self.stated is AUTHORS else self.stated
        if value is None or (self.is_product and self.stated is AUTHORS):
            return ""
        return spelled(value)

    @property
    def unchanged(self) -> str:
        """The published value in words."""
        if self.published or not self.is_product:
            return self.published or "empty"
        return self.default or "none"

    @property
    def is_product(self) -> bool:
        """Whether it takes a product instead of a value."""
        return self.parameter.kind is ParameterKind.PRODUCT

    @property
    def is_reference(self) -> bool:
        """Whether it is a plain value that another run shall give."""
        return isinstance(self.shown, str) and is_reference(self.parameter, self.shown)

    @property
    def has_range(self) -> bool:
        """Whether a slider can stand beside it: a number with both limits."""
        item = self.parameter
        numeric = item.kind in (ParameterKind.INTEGER, ParameterKind.FLOAT)
        low, high = item.minimum, item.maximum
        return numeric and not item.choices and low is not None and high is not None and low < high

    @property
    def wanted(self) -> str:
        """What sort of product it takes, as people say it."""
        kind = self.parameter.product
        return self.parameter.term or (kind.value if kind else "product")

    @property
    def lines(self) -> int:
        """The height of a field for several products."""
        return min(8, max(3, self.text.count("\n") + 1))

    @property
    def limits(self) -> str:
        """The limits in words; empty when there are none."""
        low, high = self.parameter.minimum, self.parameter.maximum
        if low is not None and high is not None:
            return f"from {low:g} to {high:g}"
        if low is not None:
            return f"at least {low:g}"
        return f"at most {high:g}" if high is not None else ""

    @property
    def step(self) -> str:
        """The step of a number field."""
        return "1" if self.parameter.kind.value == "integer" else "any"


def fields_of(
    interface: Interface, query: Mapping[str, str], stated: Mapping[str, Any] | None = None
) -> list[Field]:
    """Every field of the form.

    Args:
        interface: the parameters there are.
        query: name → text that stands in its field; names of no parameter are passed over.
        stated: name → published value, where it is not the author's.
    """
    known = _known(interface, stated or {})
    given = {name: text for name, text in query.items() if interface.parameter(name)}
    texts = known | given
    bound = {item.name for item in interface.parameters if _is_bound(item, texts.get(item.name))}
    plain = {name: value for name, value in texts.items() if name not in bound}
    inputs, faults = normalise(interface, plain, bound=bound)
    found = []
    for item in interface.parameters:
        if item.name in bound:
            found.append(_bound_field(item, given, known))
            continue
        fault = faults.get(item.name, "")
        shown = texts.get(item.name, item.default) if fault else inputs.values[item.name]
        changed = not fault and inputs.typed[item.name] != _published(item, known)
        told = fault if item.name in given else ""
        found.append(Field(item, shown, changed, told, known.get(item.name, AUTHORS)))
    return found


def address_of(fields: list[Field]) -> str:
    """The query string that holds what is not as the author has it, and what is changed back."""
    kept = {
        field.parameter.name: field.text
        for field in fields
        if field.changed or field.fault or field.stated is not AUTHORS
    }
    return urlencode(kept)


def _known(interface: Interface, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The published values as they stand in their fields; what is no value is passed over."""
    found: dict[str, Any] = {}
    for name, value in stated.items():
        item = interface.parameter(name)
        if item is None:
            continue
        if _is_bound(item, spelled(value)):
            found[name] = spelled(value)
            continue
        try:
            found[name] = typed_value(item, value)["value"]
        except BadValueError:
            continue
    return found


def _published(item: Parameter, known: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return typed_value(item, known.get(item.name, item.default))
    except BadValueError:
        return None


def _is_bound(item: Parameter, text: Any) -> bool:  # noqa: ANN401 -- any JSON value
    """Whether a field names a product, or another run's output."""
    named = isinstance(text, str) and is_reference(item, text)
    return item.kind is ParameterKind.PRODUCT or named


def _bound_field(item: Parameter, given: Mapping[str, str], known: Mapping[str, Any]) -> Field:
    """A field that names products; whether there are such is said when a run is asked for."""
    published = known.get(item.name, AUTHORS)
    before = "" if published is AUTHORS else spelled(published)
    text = given.get(item.name, before).strip()
    return Field(item, text, text != before, "", published)
