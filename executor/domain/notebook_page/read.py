"""A notebook file (nbformat 4), read as what it is: a stranger's JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

BYTES_AT_MOST = 48 * 1024 * 1024
CELLS_AT_MOST = 2000
OUTPUTS_AT_MOST = 200


class BadNotebookError(ValueError):
    """The bytes are no notebook; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        number: from 1.
        kind: ``code``, ``markdown`` or ``raw``.
        source: its text.
        count: the number of its execution; None when it was not executed.
        outputs: what it gave, as in the file.
        attachments: name → media type → base64.
    """

    number: int
    kind: str
    source: str
    count: int | None = None
    outputs: tuple[dict[str, Any], ...] = ()
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notebook:
    """Its cells, the language of its code, and how many cells are left out."""

    cells: tuple[Cell, ...]
    language: str
    left: int


def read_notebook(data: bytes) -> Notebook:
    """Read a notebook, believing nothing of it.

    Raises:
        BadNotebookError: it is none, or has too many bytes.
    """
    if len(data) > BYTES_AT_MOST:
        raise BadNotebookError(f"it has more than {BYTES_AT_MOST:,} bytes")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise BadNotebookError("it is not JSON") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise BadNotebookError("it has no list of cells, as notebooks of format 4 do")
    cells = content["cells"]
    found = [_cell(item, number) for number, item in enumerate(cells[:CELLS_AT_MOST], start=1)]
    return Notebook(tuple(found), _language(content), max(0, len(cells) - CELLS_AT_MOST))


def joined(value: object) -> str:
    """A text that may be written as a list of lines; anything else is empty."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _cell(item: object, number: int) -> Cell:
    given = item if isinstance(item, dict) else {}
    kind, count, outputs = (
        given.get("cell_type"),
        given.get("execution_count"),
        given.get("outputs"),
    )
    return Cell(
        number=number,
        kind=kind if kind in ("code", "markdown") else "raw",
        source=joined(given.get("source")),
        count=count if type(count) is int and 0 <= count < 10**9 else None,
        outputs=tuple(
            one for one in (outputs if isinstance(outputs, list) else [])[: OUTPUTS_AT_MOST + 1]
            if isinstance(one, dict)
        ),
        attachments=_attachments(given.get("attachments")),
    )  # fmt: skip


def _attachments(value: object) -> dict[str, dict[str, str]]:
    return {
        str(name): {str(kind): joined(data) for kind, data in kinds.items()}
        for name, kinds in (value.items() if isinstance(value, dict) else ())
        if isinstance(kinds, dict)
    }


def _language(content: dict[str, Any]) -> str:
    metadata = content.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    name = info.get("name") if isinstance(info, dict) else None
    return name if isinstance(name, str) else "python"
