"""A CWL document with all that it refers to, put together from the files of an entry.

Read by the Common Workflow Language standards v1.0 to v1.2 (https://www.commonwl.org/v1.2/).
Nothing is executed and no expression is evaluated.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogue.domain.yaml_text import BadYamlError, Table, read_yaml
from ontology.domain.findings import Finding, Severity, Where

CLASSES = ("CommandLineTool", "Workflow", "ExpressionTool")
VERSIONS = ("v1.0", "v1.1", "v1.2")
PROCESSES_AT_MOST = 500
FILES_AT_MOST = 100
WEIGHT_AT_MOST = 4_000_000  # bytes, with all that is imported


@dataclass(frozen=True, slots=True)
class Document:
    """What a CWL document says.

    Attributes:
        main: the process that is run; None when there is none to be found.
        processes: it and every process that it runs, each once.
        runs: ``id()`` of a workflow's table → name of a step → the process that it runs.
        namespaces: prefix → IRI.
        findings: what could not be read or is not in the entry.
    """

    main: Table | None
    processes: tuple[Table, ...]
    runs: Mapping[int, Mapping[str, Table]]
    namespaces: Mapping[str, str]
    findings: tuple[Finding, ...]


def read_document(files: Mapping[str, bytes], main: str) -> Document:
    """Put together the document whose main file is ``main``."""
    reader = _Reader(files)
    root = reader.load(main, Where(main))
    process = reader.chosen(root, main) if isinstance(root, Table) else None
    if process is None and not reader.findings:
        reader.fault(Where(main), "cwl-no-process", "It holds no process with the id main.",
                     f"Write one with class: {' or '.join(CLASSES)}.")  # fmt: skip
    if process is not None:
        reader.follow(process)
    namespaces = root.get("$namespaces") if isinstance(root, Table) else None
    known = namespaces if isinstance(namespaces, dict) else {}
    return Document(
        process,
        tuple(reader.processes),
        reader.runs,
        {str(prefix): str(iri) for prefix, iri in known.items()},
        tuple(reader.findings),
    )


def short(name: object) -> str:
    """The last part of an identifier: ``x`` of ``x``, ``#x``, ``#main/x`` or ``a.cwl#main/x``."""
    return str(name).rpartition("#")[2].rpartition("/")[2]


def rows(value: object, key: str, plain: str) -> list[Table]:
    """A list of tables, also where CWL allows a mapping by ``key`` to a table or to ``plain``."""
    if isinstance(value, Table):
        return [_row(value, name, item, key, plain) for name, item in value.items()]
    return [item for item in value if isinstance(item, Table)] if isinstance(value, list) else []


def where(table: Table, key: str = "") -> Where:
    """Where a table, or one of its keys, stands."""
    return Where(table.file, line=table.lines.get(key, table.line))


def _row(above: Table, name: str, item: Any, key: str, plain: str) -> Table:  # noqa: ANN401
    line = above.lines.get(name, above.line)
    if isinstance(item, Table):
        row = Table(item.file, line)
        row.update(item)
        row.lines = item.lines
    else:
        row = Table(above.file, line)
        row[plain] = item
    row[key] = name
    return row


def tables(value: Any) -> Iterator[Table]:  # noqa: ANN401 -- any JSON value
    """Every table in a value, itself first, each once."""
    waiting, seen = [value], set[int]()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, Table):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


@dataclass(slots=True)
class _Reader:
    files: Mapping[str, bytes]
    findings: list[Finding] = field(default_factory=list)
    loaded: dict[str, Any] = field(default_factory=dict)
    loading: list[str] = field(default_factory=list)
    processes: list[Table] = field(default_factory=list)
    runs: dict[int, dict[str, Table]] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    def fault(self, place: Where, rule: str, what: str, mend: str = "") -> None:
        self.findings.append(Finding(Severity.MUST, f"catalogue/{rule}", place, what, mend))

    def load(self, file: str, asked: Where) -> Any:  # noqa: ANN401 -- any JSON value
        if file in self.loaded:
            return self.loaded[file]
        if file in self.loading or len(self.loaded) >= FILES_AT_MOST:
            self.fault(asked, "cwl-circle", f"{file} refers to itself, or to too many files.")
            return None
        self.loading.append(file)
        self.weights[file] = len(self.files[file])
        try:
            value = self.resolved(read_yaml(self.files[file], file), file)
        except BadYamlError as error:
            self.fault(Where(file, line=error.line), "cwl-unreadable", str(error))
            value = None
        self.loading.pop()
        self.loaded[file] = value
        return value

    def resolved(self, value: Any, file: str) -> Any:  # noqa: ANN401 -- any JSON value
        """The value with what it imports and includes in its place."""
        if isinstance(value, list):
            found = [self.resolved(item, file) for item in value]
            return [
                part
                for item, whole in zip(value, found, strict=True)
                for part in (whole if _imports(item) and isinstance(whole, list) else [whole])
            ]
        if not isinstance(value, Table):
            return value
        if "$mixin" in value:
            self.fault(where(value, "$mixin"), "cwl-mixin", "$mixin is not read here.",
                       "Write out what it stands for.")  # fmt: skip
        if _imports(value):
            return self.imported(value)
        if set(value) == {"$include"}:
            target = self.target(value["$include"], value, "$include")
            return self.files[target].decode("utf-8", "replace") if target else ""
        for key, item in value.items():
            value[key] = self.resolved(item, file)
        return value

    def imported(self, table: Table) -> Any:  # noqa: ANN401 -- any JSON value
        target = self.target(table["$import"], table, "$import")
        found = self.load(target, where(table)) if target else None
        # What is imported twice counts twice: files that import files grow without end.
        self.weights[table.file] += self.weights.get(target or "", 0)
        if self.weights[table.file] > WEIGHT_AT_MOST:
            self.fault(where(table), "cwl-too-many", "The document is too large with all that it "
                       "imports.", "Divide it into several entries.")  # fmt: skip
            return None
        return found

    def target(self, name: object, table: Table, key: str) -> str | None:
        """The file of the entry that a reference means; a finding and None when there is none."""
        written = str(name).partition("#")[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(table.file), written))
        if written and "://" not in written and path in self.files:
            return path
        what = f"{key} names {str(name)[:100]!r}, which is no file of the entry."
        self.fault(where(table, key), "cwl-elsewhere", what, "Put the file into the entry.")
        return None

    def chosen(self, root: Table, file: str, name: str = "") -> Table | None:
        """The process of a file, or the one of this name in its ``$graph``."""
        if "$graph" not in root:
            return root if "class" in root else None
        graph = [item for item in root["$graph"] or () if isinstance(item, Table)]
        version = root.get("cwlVersion")
        for item in graph:
            if version is not None:
                item.setdefault("cwlVersion", version)
        named = {str(item.get("id", "")).rpartition("#")[2]: item for item in graph}
        found = named.get(name or "main") or named.get(f"{posixpath.basename(file)}/{name}")
        return found or (graph[0] if len(graph) == 1 and not name else None)

    def follow(self, process: Table) -> None:
        """Add a process and all that its steps run."""
        waiting = [process]
        while waiting and len(self.processes) < PROCESSES_AT_MOST:
            item = waiting.pop(0)
            if any(item is known for known in self.processes):
                continue
            self.processes.append(item)
            for step in rows(item.get("steps"), "id", "run"):
                found = self.run_of(step)
                if found is not None:
                    self.runs.setdefault(id(item), {})[short(step.get("id"))] = found
                    waiting.append(found)
        if waiting:
            self.fault(where(process), "cwl-too-many", f"It runs more than {PROCESSES_AT_MOST} "
                       "processes.", "Divide it into several entries.")  # fmt: skip

    def run_of(self, step: Table) -> Table | None:
        run = step.get("run")
        if isinstance(run, Table):
            return run
        if not isinstance(run, str):
            self.fault(where(step, "run"), "cwl-no-run", f"The step {short(step.get('id'))!r} "
                       "names nothing to run.", "Write run: and a file of the entry.")  # fmt: skip
            return None
        inside = run.startswith("#")
        file = step.file if inside else self.target(run, step, "run")
        root = self.load(file, where(step, "run")) if file else None
        found = self.chosen(root, file or "", run.partition("#")[2]) if isinstance(
            root, Table
        ) else None  # fmt: skip
        if found is None and file and root is not None:
            self.fault(where(step, "run"), "cwl-elsewhere", f"There is no process {run[:100]!r}.")
        return found


def _imports(value: object) -> bool:
    return isinstance(value, Table) and set(value) == {"$import"}
