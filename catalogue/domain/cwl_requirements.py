"""What a CWL document asks of the machine: known, allowed, or refused before anything runs."""

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.domain.cwl_document import CLASSES, VERSIONS, Document, rows, tables, where
from catalogue.domain.yaml_text import Table
from ontology.domain.findings import Finding, Severity

MEBIBYTE = 1024 * 1024
ALLOWED = frozenset(
    {
        "EnvVarRequirement", "InlineJavascriptRequirement", "InitialWorkDirRequirement",
        "InplaceUpdateRequirement", "LoadListingRequirement", "MultipleInputFeatureRequirement",
        "NetworkAccess", "ResourceRequirement", "ScatterFeatureRequirement",
        "SchemaDefRequirement", "ShellCommandRequirement", "StepInputExpressionRequirement",
        "SubworkflowFeatureRequirement", "ToolTimeLimit", "WorkReuse",
    }
)  # fmt: skip
SILENT_HINTS = ALLOWED | {"SoftwareRequirement"}


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a document may ask for on this service.

    Attributes:
        network: whether the entry declares hosts in ``reprise.toml``.
        node: whether ``node`` is installed, which evaluates JavaScript.
        memory_mb: memory of a run, in MiB.
        folder_mb: size of its work folder, in MiB.
        cores: processors of the machine.
        seconds: how long a run may last.
    """

    network: bool = False
    node: bool = True
    memory_mb: float = 4096
    folder_mb: float = 1024
    cores: float = 1
    seconds: float = 300


def check_requirements(document: Document, allowed: Allowed) -> tuple[Finding, ...]:
    """Findings for all that the processes of a document require and cannot have here."""
    return tuple(
        finding
        for process in document.processes
        for finding in (
            *_of_process(process),
            *_required(process, allowed),
            *_hinted(process),
            *(item for step in rows(process.get("steps"), "id", "run")
              for item in (*_required(step, allowed), *_hinted(step))),
            *_files(process, document),
        )
    )  # fmt: skip


def _of_process(process: Table) -> Iterator[Finding]:
    version, class_ = process.get("cwlVersion"), process.get("class")
    if version is not None and version not in VERSIONS:
        yield _must(process, "cwlVersion", "cwl-version", f"cwlVersion {str(version)[:40]!r} is "
                    "not understood.", f"Write one of {', '.join(VERSIONS)}.")  # fmt: skip
    if class_ not in CLASSES:
        yield _must(process, "class", "cwl-class", f"The class {str(class_)[:60]!r} cannot be "
                    "run.", f"Write one of {', '.join(CLASSES)}.")  # fmt: skip


def _required(table: Table, allowed: Allowed) -> Iterator[Finding]:
    for item in rows(table.get("requirements"), "class", "value"):
        name = str(item.get("class"))
        # What a workflow asks for is what its steps get that ask for nothing themselves.
        inherited = name == "ResourceRequirement" and table.get("class") == "Workflow"
        if name not in ALLOWED:
            yield _refused(item, name)
        elif name in CHECKS and not inherited:
            yield from CHECKS[name](item, allowed)


def _refused(item: Table, name: str) -> Finding:
    what, mend = REFUSALS.get(
        name.rpartition(":")[2],
        (f"The requirement {name[:80]} is not known here.", "Leave it out, or make it a hint."),
    )
    return _must(item, "class", "cwl-requirement", what, mend)


REFUSALS = {
    "DockerRequirement": (
        "DockerRequirement cannot be met: nothing runs in containers here.",
        "Put the packages into requirements.txt and make it a hint.",
    ),
    "SoftwareRequirement": (
        "SoftwareRequirement is met by no installer here.",
        "Put the packages into requirements.txt and make it a hint.",
    ),
}


def _hinted(table: Table) -> Iterator[Finding]:
    for item in rows(table.get("hints"), "class", "value"):
        name = str(item.get("class"))
        if name == "DockerRequirement":
            what = "The hint DockerRequirement is passed over: nothing runs in containers here."
            mend = "See that requirements.txt names all that the image would bring."
            yield _finding(Severity.SHOULD, item, "class", "cwl-hint", (what, mend))
        elif name not in SILENT_HINTS:
            what = f"The hint {name[:80]} is not known here and is passed over."
            yield _finding(Severity.MAY, item, "class", "cwl-hint", (what, ""))


def _javascript(item: Table, allowed: Allowed) -> Iterator[Finding]:
    if not allowed.node:
        yield _must(item, "class", "cwl-requirement", "InlineJavascriptRequirement needs node, "
                    "which is not installed here.", "Use parameter references such as "
                    "$(inputs.x) alone, or ask the operator for node.")  # fmt: skip


def _network(item: Table, allowed: Allowed) -> Iterator[Finding]:
    if item.get("networkAccess") is not False and not allowed.network:
        yield _must(item, "networkAccess", "cwl-requirement", "NetworkAccess is asked for, but "
                    "the entry declares no hosts.", 'Write network = ["host"] into '
                    "reprise.toml.")  # fmt: skip


def _resources(item: Table, allowed: Allowed) -> Iterator[Finding]:
    limits = {
        "ram": (allowed.memory_mb, "MiB of memory"), "cores": (allowed.cores, "processors"),
        "tmpdir": (allowed.folder_mb, "MiB on disk"), "outdir": (allowed.folder_mb, "MiB on disk"),
    }  # fmt: skip
    for name, (most, unit) in limits.items():
        asked: Any = item.get(f"{name}Min", item.get(f"{name}Max"))
        if _is_number(asked) and asked > most:
            yield _must(item, f"{name}Min", "cwl-requirement", f"ResourceRequirement asks for "
                        f"{asked:g} {unit}; a run has {most:g} here.", "Ask for less.")  # fmt: skip


def _time(item: Table, allowed: Allowed) -> Iterator[Finding]:
    asked: Any = item.get("timelimit")
    if _is_number(asked) and asked > allowed.seconds:
        what = f"ToolTimeLimit grants {asked:g} s; a run is stopped after {allowed.seconds:g} s."
        yield _finding(Severity.SHOULD, item, "timelimit", "cwl-requirement", (what, ""))


def _work_folder(item: Table, _allowed: Allowed) -> Iterator[Finding]:
    for table in tables(item.get("listing")):
        name = table.get("entryname")
        if isinstance(name, str) and _leaves(name):
            what = f"InitialWorkDirRequirement puts {name[:80]!r} outside the work folder."
            yield _must(table, "entryname", "cwl-requirement", what, "Give it a plain name.")


CHECKS: Mapping[str, Callable[[Table, Allowed], Iterator[Finding]]] = {
    "InlineJavascriptRequirement": _javascript,
    "NetworkAccess": _network,
    "ResourceRequirement": _resources,
    "ToolTimeLimit": _time,
    "InitialWorkDirRequirement": _work_folder,
}


def _files(process: Table, document: Document) -> Iterator[Finding]:
    """Findings for files that the document names and the entry has not."""
    others = [run for runs in document.runs.values() for run in runs.values()]
    skipped = {id(item) for item in others if item is not process}
    for table in tables(process):
        if id(table) in skipped or table.get("class") not in ("File", "Directory"):
            continue
        for key in ("location", "path"):
            name = table.get(key)
            if isinstance(name, str) and "$(" not in name and "${" not in name and _leaves(name):
                yield _must(table, key, "cwl-elsewhere", f"{name[:100]!r} is no file of the "
                            "entry.", "Put the file into the entry.")  # fmt: skip


def _leaves(name: str) -> bool:
    # The document may lie in a folder of the entry, so that one way up may still be inside.
    path = posixpath.normpath(name)
    return "://" in name or name.startswith(("/", "file:")) or path.startswith("../..")


def _is_number(value: Any) -> bool:  # noqa: ANN401 -- any JSON value
    return isinstance(value, int | float) and not isinstance(value, bool)


def _must(table: Table, key: str, rule: str, what: str, mend: str) -> Finding:
    return _finding(Severity.MUST, table, key, rule, (what, mend))


def _finding(
    severity: Severity, table: Table, key: str, rule: str, said: tuple[str, str]
) -> Finding:
    return Finding(severity, f"catalogue/{rule}", where(table, key), *said)
