"""Writing a statement back: figures as the content of a paper.toml, and content as TOML."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gallery.domain.claims import Claim
from gallery.domain.comparison.tolerance import Tolerance
from gallery.domain.paper.published import Published

BARE = re.compile(r"^[A-Za-z0-9_-]+\Z")
DELETE = chr(127)  # the one control character that JSON lets through and TOML does not


def content_of_value(value: Published) -> dict[str, Any]:
    """A published value as a [[figure.value]]."""
    return _said(
        {
            "output": value.output, "label": value.label, "published": value.published,
            "error": value.error, "unit": value.unit, "places": value.places,
            "column": value.column, "row": dict(value.row),
        },
        tolerance={value.tolerance: value.allowed}, reason=value.reason, source=value.source,
        doi=value.doi, given=value.given or None,
    )  # fmt: skip


def content_of_claim(claim: Claim) -> dict[str, Any]:
    """A published product as a [[figure.product]]; its file is named by its digest."""
    tolerances = claim.tolerances
    return _said(
        {"output": claim.output, "label": claim.label, "file": claim.file},
        tolerance=_tolerance(tolerances.default),
        columns={name: _tolerance(item) for name, item in tolerances.columns.items()},
        keys=list(tolerances.keys), errors=dict(tolerances.errors),
        ignore=list(tolerances.ignore), radius=tolerances.radius, reason=tolerances.reason,
        source=claim.source, doi=claim.doi, given=claim.given or None,
    )  # fmt: skip


def toml_of(content: Mapping[str, Any]) -> str:
    """Content as TOML 1.0: ``[[figure]]`` and ``[[figure.value]]`` spread out, all else inline.

    Raises:
        ValueError: it holds what TOML has no form for, such as null.
    """
    return "\n".join(_lines(content, "")).strip() + "\n" if content else ""


def _said(first: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What is said at all: no empty texts, tables and lists, and no None."""
    return {
        key: value for key, value in (first | more).items()
        if (value is not None and value not in ("", {}, [])) or key == "published"
    }  # fmt: skip


def _tolerance(tolerance: Tolerance) -> dict[str, float]:
    parts = {
        "absolute": tolerance.absolute or None, "relative": tolerance.relative or None,
        "sigma": tolerance.sigmas,
    }  # fmt: skip
    return {name: allowed for name, allowed in parts.items() if allowed is not None}


def _lines(table: Mapping[str, Any], prefix: str) -> Iterator[str]:
    spread = [key for key, value in table.items() if _is_spread(value)]
    for key, value in table.items():
        if key not in spread:
            yield f"{_key(key)} = {_inline(value)}"
    for key in spread:
        name = f"{prefix}{_key(key)}"
        for item in table[key]:
            yield ""
            yield f"[[{name}]]"
            yield from _lines(item, f"{name}.")


def _is_spread(value: Any) -> bool:  # noqa: ANN401 -- any JSON value
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _inline(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_inline(one)}" for key, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace(DELETE, "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    raise ValueError(f"TOML has no form for {value!r}")


def _key(key: str) -> str:
    return key if BARE.match(key) else _inline(key)
