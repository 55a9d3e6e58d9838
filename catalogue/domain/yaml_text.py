"""YAML of a stranger, read as plain values that remember where they stood.

Only what JSON can hold comes out (YAML 1.2, core schema: ``yes`` is a text, not a truth value).
Tags build nothing, aliases are counted as if they were written out, and nothing here recurses.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

BYTES_AT_MOST = 1_000_000
NODES_AT_MOST = 50_000
DEPTH_AT_MOST = 60
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
NULL = frozenset({"", "~", "null", "Null", "NULL"})
TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
WHOLE = re.compile(r"[-+]?[0-9]+\Z", re.ASCII)
OTHER_BASE = re.compile(r"0(o[0-7]+|x[0-9a-fA-F]+)\Z", re.ASCII)
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z", re.ASCII)
DIGITS_AT_MOST = 400


class BadYamlError(ValueError):
    """A text is not YAML that is read here.

    Attributes:
        line: number of the line, from 1; None when it is the whole text.
    """

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


class Table(dict[str, Any]):
    """A mapping that remembers its file, its line and the line of each of its keys."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}


@dataclass(slots=True)
class _Open:
    """A mapping or a list whose end has not been read yet."""

    value: Table | list[Any]
    anchor: str | None
    nodes: int = 1
    height: int = 1
    key: str | None = None
    key_line: int = 0


@dataclass(slots=True)
class _Builder:
    file: str
    count: int = 0
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int, int] | None] = field(default_factory=dict)
    root: Any = None
    documents: int = 0

    def take(self, event: Any) -> None:  # noqa: ANN401 -- PyYAML's events share no useful type
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise BadYamlError("There is a second document in the file.", line)
        elif isinstance(event, yaml.ScalarEvent):
            self.put(_scalar(event), event.anchor, 1, 1, line)
        elif isinstance(event, yaml.AliasEvent):
            self.alias(event.anchor or "", line)
        elif isinstance(event, yaml.MappingStartEvent):
            self.open(Table(self.file, line), event.anchor, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.open([], event.anchor, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self.stack.pop()
            self.put(done.value, done.anchor, done.nodes, done.height, line, counted=True)

    def open(self, value: Table | list[Any], anchor: str | None, line: int) -> None:
        if self.stack and self.stack[-1].key is None and isinstance(self.stack[-1].value, Table):
            raise BadYamlError("A key is not a plain text.", line)
        self.add(1, line)
        if len(self.stack) >= DEPTH_AT_MOST:
            raise BadYamlError(f"It is nested more than {DEPTH_AT_MOST} deep.", line)
        if anchor:
            self.anchors[anchor] = None
        self.stack.append(_Open(value, anchor))

    def alias(self, anchor: str, line: int) -> None:
        known = self.anchors.get(anchor)
        if known is None:
            raise BadYamlError(f"The alias *{anchor[:40]} stands for nothing complete.", line)
        value, nodes, height = known
        if len(self.stack) + height > DEPTH_AT_MOST:
            raise BadYamlError(f"It is nested more than {DEPTH_AT_MOST} deep.", line)
        self.put(value, None, nodes, height, line)

    def put(  # noqa: PLR0913 -- a value and all that is known of it
        self, value: Any, anchor: str | None, nodes: int, height: int, line: int, *,  # noqa: ANN401
        counted: bool = False,
    ) -> None:  # fmt: skip
        if not counted:
            self.add(nodes, line)
        if anchor:
            self.anchors[anchor] = (value, nodes, height)
        if not self.stack:
            self.root = value
            return
        above = self.stack[-1]
        above.nodes += nodes
        above.height = max(above.height, height + 1)
        if isinstance(above.value, list):
            above.value.append(value)
        elif above.key is None:
            above.key, above.key_line = _key(value, above.value, line), line
        else:
            above.value[above.key] = value
            above.value.lines[above.key] = above.key_line
            above.key = None

    def add(self, nodes: int, line: int) -> None:
        self.count += nodes
        if self.count > NODES_AT_MOST:
            raise BadYamlError(f"It holds more than {NODES_AT_MOST:,} values.", line)


def read_yaml(data: bytes, file: str) -> Any:  # noqa: ANN401 -- any JSON value
    """Read YAML or JSON; mappings come as `Table`.

    Raises:
        BadYamlError: not YAML, not UTF-8, a key twice, too long, too deep, or too much in it.
    """
    if len(data) > BYTES_AT_MOST:
        raise BadYamlError(f"It is longer than {BYTES_AT_MOST:,} bytes.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise BadYamlError("It is not text in UTF-8.") from None
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYamlError(
            f"It is not YAML: {str(error.problem)[:200]}.", mark.line + 1 if mark else None
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, BadYamlError):
            raise
        raise BadYamlError(f"It is not YAML: {str(error).splitlines()[0][:200]}.") from None
    return builder.root


def _key(value: Any, table: Table, line: int) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, list | dict) or value == "<<":
        raise BadYamlError("A key is not a plain text.", line)
    key = _written(value)
    if key in table:
        raise BadYamlError(f"The key {key[:60]!r} stands there twice.", line)
    return key


def _written(value: Any) -> str:  # noqa: ANN401 -- any scalar
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scalar(event: yaml.ScalarEvent) -> Any:  # noqa: ANN401 -- any scalar
    text = event.value
    if event.style not in {None, ""} or event.tag not in {None, "?"} or len(text) > DIGITS_AT_MOST:
        return text
    if text in NULL:
        return None
    if text in TRUTH:
        return TRUTH[text]
    if WHOLE.match(text):
        return int(text)
    if OTHER_BASE.match(text):
        return int(text, 0)
    return float(text) if NUMBER.match(text) else text
