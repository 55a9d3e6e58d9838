"""Values as a form and a query string write them."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from catalogue.domain.interface import Parameter, Value
from ontology.domain.kinds import ParameterKind

SEED = "reprise-seed"
FIGURE = "reprise-figure"
"""Names the figure whose published parameters a form is held against."""
REFERENCES = frozenset({"workflow", "node", "run", "product"})
BOUND = frozenset(
    {
        ParameterKind.FLOAT, ParameterKind.INTEGER, ParameterKind.BOOLEAN, ParameterKind.STRING,
    }
)  # fmt: skip


def spelled(value: Value) -> str:
    """A value as it stands in a field: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def query(values: Mapping[str, Value]) -> str:
    """The query string that fills the form of a workflow with these values."""
    return urlencode({name: spelled(value) for name, value in values.items()})


def query_again(
    typed: Mapping[str, Mapping[str, Any]], values: Mapping[str, Value], seed: int = 0
) -> str:
    """The query string that fills the form with what a run was asked.

    Args:
        typed: name → typed form of every parameter; it says which are products.
        values: name → value of every parameter.
        seed: seed of the random numbers.
    """
    fields = {
        name: spelled_product(form["value"])
        if form.get("type") == ParameterKind.PRODUCT
        else spelled(values.get(name, form["value"]))
        for name, form in typed.items()
    }
    # An empty field means the author's own product, and so does none: the address stays short.
    kept = {name: text for name, text in fields.items() if text or not _is_product(typed[name])}
    return urlencode(kept | ({SEED: str(seed)} if seed else {}))


def spelled_product(value: Value) -> str:
    """A product as a field takes it, several on a line each; empty for the author's own files.

    >>> spelled_product({"run": "ab" * 32, "output": "image"})[:12]
    '/runs/ababab'
    """
    if isinstance(value, list):
        return "\n".join(filter(None, map(spelled_product, value)))
    if isinstance(value, dict) and "run" in value:
        return f"/runs/{value['run']}#{value.get('output') or ''}"
    if isinstance(value, dict):
        return str(value.get("digest") or "")
    return str(value or "")


def is_reference(parameter: Parameter, text: str) -> bool:
    """Whether the text of a plain parameter's field names another run's output, as JSON."""
    if parameter.kind not in BOUND or not text.lstrip().startswith("{"):
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool(REFERENCES & set(value))


def _is_product(form: Mapping[str, Any]) -> bool:
    return form.get("type") == ParameterKind.PRODUCT
