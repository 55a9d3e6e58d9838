"""Where everything lies in a crate; every path is made of checked names only.

    README.md  rerun.py  rerun.json  requirements.lock  notebook_runner.py or cwl_runner.py
    workflow/<the author's files>   data/<name>   outputs/<file>

With several runs, each has a folder of its own under ``outputs/``.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from catalogue.domain.entry import safe_path
from executor.domain.manifest import media_type
from publishing.domain.facts import CrateFacts, ProductFacts, RunFacts
from publishing.domain.wheels import wheel_files

LOCK = "requirements.lock"
README = "README.md"
RECIPE = "rerun.json"
RERUN = "rerun.py"
RUNNER = "notebook_runner.py"
CWL_RUNNER = "cwl_runner.py"
MEDIA_TYPES = {
    ".py": "text/x-python", ".md": "text/markdown", ".toml": "application/toml",
    ".cff": "application/yaml", ".yaml": "application/yaml", ".yml": "application/yaml",
    ".lock": "text/plain", ".tex": "application/x-tex", ".bib": "application/x-bibtex",
}  # fmt: skip


def is_cwl(main: str) -> bool:
    """Whether the main file of a version is a CWL document."""
    return main.endswith(".cwl")


def runner_of(main: str) -> str:
    """Path in the crate of the program that runs this main file."""
    return CWL_RUNNER if is_cwl(main) else RUNNER


class UnsafeNameError(ValueError):
    """A name that would leave its folder, or that is not one name."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the crate: bytes of the store by digest, or the bytes themselves."""

    path: str
    digest: str
    size: int
    data: bytes | None = None


def written(path: str, data: bytes) -> Member:
    """A file whose bytes are at hand."""
    return Member(path, hashlib.sha256(data).hexdigest(), len(data), data)


def workflow_path(path: str) -> str:
    """Where a file of the author lies.

    Raises:
        UnsafeNameError: the path would leave its folder.
    """
    if not safe_path(path):
        raise UnsafeNameError(path)
    return f"workflow/{path}"


def data_path(name: str) -> str:
    """Where a data file lies; UnsafeNameError as above."""
    return f"data/{one_name(name)}"


def product_path(facts: CrateFacts, run: RunFacts, product: ProductFacts) -> str:
    """Where a product lies; UnsafeNameError as above."""
    folder = "outputs" if len(facts.runs) == 1 else f"outputs/{run.address[:12]}"
    return f"{folder}/{one_name(product.file)}"


def identifier(path: str) -> str:
    """The ``@id`` of a file: its path as a relative reference (RFC 3986)."""
    return quote(path, safe="/")


def media_type_of(path: str) -> str:
    """The media type that the ending of a path stands for."""
    ending = "." + path.rsplit(".", 1)[-1].lower()
    if path.rsplit("/", 1)[-1].upper().startswith(("LICEN", "COPYING")):
        return "text/plain"
    return MEDIA_TYPES.get(ending) or media_type(path)


def members(facts: CrateFacts) -> tuple[Member, ...]:
    """The files of the crate that the facts name, sorted by path.

    Raises:
        UnsafeNameError: a name would leave its folder, or two files want the same place.
    """
    version = facts.version
    found = [Member(workflow_path(item.path), item.digest, item.size) for item in version.files]
    found += [
        Member(data_path(item.file.name), item.file.sha256, item.size or 0)
        for item in version.data
        if item.included
    ]
    found += [
        Member(product_path(facts, run, item), item.digest, item.size)
        for run in facts.runs
        for item in run.products
    ]
    found += [written(path, data) for path, data in facts.tools.items()]
    found += [Member(*item) for item in wheel_files(facts.wheels)]
    found.append(written(LOCK, version.lock.encode()))
    return tuple(sorted(once(found), key=lambda member: member.path))


def once(found: list[Member]) -> list[Member]:
    """The files, each once; UnsafeNameError when two want the same place."""
    known: dict[str, Member] = {}
    for member in found:
        # Names that differ in case alone would overwrite each other on some machines.
        twin = known.setdefault(member.path.casefold(), member)
        if twin.path != member.path or twin.digest != member.digest:
            raise UnsafeNameError(member.path)
    return list(known.values())


def one_name(name: str) -> str:
    """The name of a file without any folder; UnsafeNameError when it is more or less."""
    if not safe_path(name) or "/" in name:
        raise UnsafeNameError(name)
    return name
