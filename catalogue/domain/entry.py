"""An entry as its author wrote it: a small folder around one notebook or CWL document."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from lib import digest
from ontology.domain.findings import Finding, Severity, Where

VERSION_FORMAT = "reprise.version/1"
FILES_AT_MOST = 200
FILE_BYTES_AT_MOST = 16 * 1024 * 1024
ENTRY_BYTES_AT_MOST = 32 * 1024 * 1024
PATH_AT_MOST = 200
TEXT_AT_MOST = 200_000
URL = re.compile(r"^https?://[!-~]{1,2000}\Z")
DOCUMENTS = ("main.cwl", "workflow.cwl")
RESERVED = frozenset(
    {
        ".home",
        ".job.json",
        ".notebook_runner.py",
        ".exact_runner.py",
        ".cwl_runner.py",
        ".cwl",
        "outputs",
    }
)
IGNORED_PARTS = frozenset(
    {".git", ".ipynb_checkpoints", "__pycache__", ".venv", "node_modules", "__MACOSX", ".DS_Store"}
)


@dataclass(frozen=True, slots=True)
class Person:
    """An author: names, ORCID (as IRI) and affiliation; empty where unknown."""

    given: str = ""
    family: str = ""
    orcid: str = ""
    affiliation: str = ""

    @property
    def name(self) -> str:
        """Given and family name together."""
        return " ".join(part for part in (self.given, self.family) if part)


@dataclass(frozen=True, slots=True)
class About:
    """What CITATION.cff says of an entry (Citation File Format 1.2.0)."""

    title: str = ""
    abstract: str = ""
    version: str = ""
    licence: str = ""
    people: tuple[Person, ...] = ()
    keywords: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFile:
    """A remote file that an entry needs, named by its checksum."""

    name: str
    sha256: str
    size: int | None
    url: str
    licence: str = ""
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The files of an entry: path relative to its folder → bytes."""

    files: Mapping[str, bytes]

    @property
    def notebook(self) -> str | None:
        """Path of the one notebook: at the top, not a test; None when there is none."""
        names = sorted(name for name in self.files if name.endswith(".ipynb") and "/" not in name)
        chosen = [name for name in names if not name.startswith("test_")]
        return chosen[0] if chosen else None

    @property
    def document(self) -> str | None:
        """Path of the CWL document at the top: main.cwl, workflow.cwl, or the only one there is."""
        names = sorted(name for name in self.files if name.endswith(".cwl") and "/" not in name)
        known = next((name for name in DOCUMENTS if name in names), None)
        return known or (names[0] if len(names) == 1 else None)

    def text(self, name: str) -> str:
        """The text of a file; empty when it is not there or not UTF-8."""
        try:
            return self.files.get(name, b"").decode()
        except UnicodeDecodeError:
            return ""

    def licence_file(self) -> str | None:
        """Path of the licence text, or None."""
        return next(
            (name for name in self.files if name.upper().startswith(("LICEN", "COPYING"))), None
        )


def version_digest(files: Mapping[str, str], lock: str) -> str:
    """Digest of a Version: its files (path → sha256) and the text of its environment lock."""
    return digest.of_value(
        {"format": VERSION_FORMAT, "files": dict(files), "lock": digest.of_bytes(lock.encode())}
    )


def safe_path(path: str) -> bool:
    """Whether a path stays inside its folder and is spelled plainly."""
    parts = PurePosixPath(path).parts
    return (
        0 < len(path) <= PATH_AT_MOST
        and bool(parts)
        and not path.startswith("/")
        and "\\" not in path
        and path.isprintable()
        and str(PurePosixPath(path)) == path
        and all(part not in {"", ".", ".."} for part in parts)
    )


def ignored(path: str) -> bool:
    """Whether a file is left out of every entry, such as what git or Jupyter keeps for itself."""
    return any(part in IGNORED_PARTS for part in PurePosixPath(path).parts)


def reserved_names(files: Mapping[str, bytes], data: Collection[str]) -> tuple[Finding, ...]:
    """Findings for every file whose place a run needs for itself.

    Args:
        files: the files of the entry, by path.
        data: names of its data files, which a run puts into ``data/``.
    """
    taken = {f"data/{name}" for name in data}
    return tuple(
        _finding("catalogue/reserved-name", Where(path), f"{path} is needed by the run itself.",
                 "Rename the file.", Severity.MUST)
        for path in files
        if path.split("/", 1)[0] in RESERVED or path == "data" or path in taken
    )  # fmt: skip


def read_about(text: str) -> tuple[About, tuple[Finding, ...]]:
    """Read CITATION.cff; what is not understood becomes a finding."""
    if not text.strip():
        return About(), (_unread(None, "no-citation-file", "There is no CITATION.cff."),)
    if len(text) > TEXT_AT_MOST:
        long = f"CITATION.cff is longer than {TEXT_AT_MOST:,} characters."
        return About(), (_unread(None, "citation-file-syntax", long),)
    try:
        # Text alone is read: version 1.10 is no number, and no value can raise.
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- it makes only text
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        return About(), (_unread(line, "citation-file-syntax", "CITATION.cff is not YAML."),)
    if not isinstance(content, dict):
        return About(), (_unread(1, "citation-file-syntax", "CITATION.cff holds no mapping."),)
    return _about(content), ()


def _unread(line: int | None, rule: str, what: str) -> Finding:
    mend = "Title, people and licence are read from it: write it in the Citation File Format."
    return _finding(f"catalogue/{rule}", Where("CITATION.cff", line=line), what, mend)


def _about(content: dict[Any, Any]) -> About:
    return About(
        title=_line(content.get("title")),
        abstract=_line(content.get("abstract")),
        version=_line(content.get("version")),
        licence=_line(content.get("license")),
        people=tuple(_person(item) for item in _dicts(content.get("authors"))),
        keywords=tuple(_line(word) for word in _list(content.get("keywords")) if _line(word)),
        references=tuple(filter(None, map(_reference, _dicts(content.get("references"))))),
    )


def _reference(item: dict[Any, Any]) -> str:
    doi = _line(item.get("doi")).removeprefix("https://doi.org/")
    return f"https://doi.org/{doi}" if doi else _line(item.get("url"))


def _person(item: dict[Any, Any]) -> Person:
    family = _line(item.get("family-names")) or _line(item.get("name"))
    return Person(
        given=_line(item.get("given-names")),
        family=family,
        orcid=_line(item.get("orcid")),
        affiliation=_line(item.get("affiliation")),
    )


def _dicts(value: Any) -> list[dict[Any, Any]]:  # noqa: ANN401 -- any YAML value
    return [item for item in _list(value) if isinstance(item, dict)]


def _list(value: Any) -> list[Any]:  # noqa: ANN401 -- any YAML value
    return value if isinstance(value, list) else []


def _line(value: Any) -> str:  # noqa: ANN401 -- any YAML value
    if not isinstance(value, str) or value in {"~", "null"}:
        return ""
    # YAML and TOML can spell NUL and half of a surrogate pair, which no database keeps.
    plain = value.replace("\0", "").encode("utf-8", "ignore").decode()
    return " ".join(plain.split())[:4000]


def read_data(text: str) -> tuple[tuple[DataFile, ...], tuple[Finding, ...]]:
    """Read data.toml, the registry of an entry's remote files."""
    if not text.strip():
        return (), ()
    if len(text) > TEXT_AT_MOST:
        return (), (_data_finding(f"data.toml is longer than {TEXT_AT_MOST:,} characters."),)
    try:
        items = tomllib.loads(text).get("file", [])
    except (ValueError, RecursionError) as error:
        return (), (_data_finding(f"data.toml is not TOML: {error}."),)
    if not isinstance(items, list):
        return (), (_data_finding("data.toml has a file that is no [[file]] table."),)
    return _data_files(items)


def _data_files(items: list[Any]) -> tuple[tuple[DataFile, ...], tuple[Finding, ...]]:
    found: dict[str, DataFile] = {}
    findings = []
    for number, item in enumerate(items, start=1):
        fault = _data_fault(item) or ("has the name of another" if item["name"] in found else "")
        if fault:
            findings.append(_data_finding(f"File {number} of data.toml {fault}."))
        else:
            found[item["name"]] = _data_file(item)
    return tuple(found.values()), tuple(findings)


def _data_file(item: dict[str, Any]) -> DataFile:
    return DataFile(
        name=item["name"], sha256=item["sha256"].lower(), size=item.get("bytes"),
        url=item["url"], licence=_line(item.get("licence")), cite=_line(item.get("cite")),
    )  # fmt: skip


def _data_fault(item: Any) -> str:  # noqa: ANN401 -- any TOML value
    if not isinstance(item, dict):
        return "is not a table"
    name, sha, size = item.get("name"), item.get("sha256"), item.get("bytes")
    if not isinstance(name, str) or not safe_path(name) or "/" in name:
        return "needs a plain name"
    if not isinstance(sha, str) or len(sha) != 64 or set(sha.lower()) - set("0123456789abcdef"):  # noqa: PLR2004 -- sha256
        return "needs its sha256, 64 hexadecimal digits"
    if not URL.match(str(item.get("url"))):
        return "needs its url, such as https://host/file"
    if size is not None and (type(size) is not int or size < 0):
        return "has bytes that are no number"
    return ""


def _data_finding(what: str) -> Finding:
    mend = "Each file has name, sha256, bytes, url and licence."
    return _finding("catalogue/data-registry", Where("data.toml"), what, mend, Severity.MUST)


def _finding(
    rule: str, where: Where, what: str, mend: str, severity: Severity = Severity.SHOULD
) -> Finding:
    return Finding(severity, rule, where, what, mend)
