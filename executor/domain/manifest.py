"""The manifest that the runner leaves behind, read as what it is: a stranger's JSON."""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

FORMAT = "reprise.manifest/1"
BYTES_AT_MOST = 4 * 1024 * 1024
NAME_AT_MOST = 200
MEDIA_TYPES = {
    ".json": "application/json", ".ecsv": "text/csv", ".csv": "text/csv", ".txt": "text/plain",
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml",
    ".pdf": "application/pdf", ".fits": "application/fits", ".vot": "application/x-votable+xml",
    ".gif": "image/gif", ".webp": "image/webp", ".xml": "application/xml",
    ".ipynb": "application/x-ipynb+json", ".zip": "application/zip",
}  # fmt: skip


class BadManifestError(ValueError):
    """The manifest is not one; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the notebook did not come to its end.

    Attributes:
        kind: type of the exception.
        message: its message.
        cell: number of the cell, from 1; None outside cells.
        line: line in the cell; None when unknown.
        traceback: the cell frames of the traceback.
        place: what failed where there are no cells, such as ``Step image``.
    """

    kind: str
    message: str
    cell: int | None
    line: int | None
    traceback: str
    place: str = ""

    def __str__(self) -> str:
        place = f"Cell {self.cell}" if self.cell else self.place or "The notebook"
        line = f", line {self.line}" if self.line else ""
        message = f": {self.message}" if self.message else ""
        return f"{place}{line} raised {self.kind}{message}"


@dataclass(frozen=True, slots=True)
class Made:
    """A file that the runner saved for an output."""

    name: str
    file: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run left behind.

    Attributes:
        outputs: the files saved, one an output.
        plots: name of a picture's file → name of the file with its plotted arrays.
        missing: outputs that the notebook did not give.
        fault: why it did not come to its end; None when it did.
        packages: what was installed, as ``name==version``.
        python: version of Python.
    """

    outputs: tuple[Made, ...] = ()
    plots: dict[str, str] | None = None
    missing: tuple[str, ...] = ()
    fault: Fault | None = None
    packages: tuple[str, ...] = ()
    python: str = ""


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest, believing nothing of it.

    Raises:
        BadManifestError: not a manifest, or it names files that are not plain names.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise BadManifestError("the manifest is not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadManifestError(f"the manifest is not of the form {FORMAT}")
    return Manifest(
        outputs=tuple(_made(item) for item in _dicts(content, "outputs")),
        plots={
            _plain(item.get("file")): _plain(item.get("data")) for item in _dicts(content, "plots")
        },
        missing=tuple(_text(name, NAME_AT_MOST) for name in _list(content, "missing")),
        fault=_fault(content.get("error")),
        packages=tuple(_text(name, NAME_AT_MOST) for name in _list(content, "packages"))[:2000],
        python=_text(content.get("python", ""), 40),
    )


def media_type(file: str) -> str:
    """The media type that the ending of a file's name stands for."""
    return MEDIA_TYPES.get(PurePosixPath(file).suffix.lower(), "application/octet-stream")


def suffix_of(file: str, type_: str) -> str:
    """The ending for a copy of a product: that of its own name, else one of its media type."""
    own = PurePosixPath(file).suffix.lower()
    if own[1:].isalnum() and len(own) <= 10:  # noqa: PLR2004 -- as endings are
        return own
    return next((suffix for suffix, known in MEDIA_TYPES.items() if known == type_), "")


def _made(item: dict[str, Any]) -> Made:
    file = _plain(item.get("file"))
    return Made(
        name=_text(item.get("name", ""), NAME_AT_MOST), file=file, media_type=media_type(file)
    )


def _fault(item: Any) -> Fault | None:  # noqa: ANN401 -- any JSON value
    if not isinstance(item, dict):
        return None
    cell, line = item.get("cell"), item.get("line")
    return Fault(
        kind=_text(item.get("type", "Error"), 100),
        message=_text(item.get("message", ""), 2000),
        cell=cell if isinstance(cell, int) else None,
        line=line if isinstance(line, int) else None,
        traceback=_text(item.get("traceback", ""), 20_000),
        place=_text(item.get("place", ""), NAME_AT_MOST),
    )


def _plain(name: Any) -> str:  # noqa: ANN401 -- any JSON value
    text = str(name)
    if (
        not 0 < len(text) <= NAME_AT_MOST
        or "/" in text
        or text.startswith(".")
        or not text.isprintable()
    ):
        raise BadManifestError(f"the manifest names {text[:60]!r}, which is no plain file name")
    return text


def _text(value: Any, most: int) -> str:  # noqa: ANN401 -- any JSON value
    # Half a surrogate pair and NUL are JSON, but no database takes them.
    return str(value)[:most].encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _list(content: dict[str, Any], name: str) -> list[Any]:
    value = content.get(name)
    return value if isinstance(value, list) else []


def _dicts(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [item for item in _list(content, name) if isinstance(item, dict)]
