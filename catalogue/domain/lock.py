"""Environment locks: every package pinned to one version and to the hashes of its files."""

import re
from dataclasses import dataclass

from ontology.domain.findings import Finding, Severity, Where

# The marker after a semicolon compares names with texts: it holds no option, address or variable.
MARKER = r"(\s*;(?!.*\s-)[\w\s.,'\"()<>=!~*+-]*)?"
PINNED = re.compile(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?==[A-Za-z0-9.!+_-]+" + MARKER + r"\Z",
    re.ASCII,
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
LOCK_AT_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock.

    Attributes:
        name: the package, as `normalised` writes it.
        version: its only version.
        marker: when it is installed, such as ``sys_platform == "linux"``; empty for always.
        hashes: sha256 of each of its files.
        text: the whole line, with its continuations.
    """

    name: str
    version: str
    marker: str
    hashes: frozenset[str]
    text: str


def logical_lines(text: str) -> list[tuple[int, str]]:
    """The requirements of a lock with the number of the line each starts on."""
    found: list[tuple[int, str]] = []
    start = 1
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not parts:
            start = number
        bare = re.sub(r"(^|\s)#.*$", "", line)
        parts.append(bare.rstrip("\\").strip())
        if not bare.rstrip().endswith("\\"):
            found.append((start, " ".join(parts).strip()))
            parts = []
    # A last line that ends in a backslash is still a requirement.
    found.append((start, " ".join(parts).strip()))
    return [(number, line) for number, line in found if line]


def check_lock(text: str, file: str) -> tuple[Finding, ...]:
    """Findings for every line that is not a package pinned with its hashes.

    Options (``--index-url``), addresses and local paths are refused: they would let an entry
    choose where the service downloads from.
    """
    if len(text) > LOCK_AT_MOST:
        return (_finding(file, None, "The lock is longer than 2 MB."),)
    return tuple(
        _finding(file, number, f"{line[:80]!r} is not a package pinned with hashes.")
        for number, line in logical_lines(text)
        if not _pinned(line)
    )


def packages(text: str) -> tuple[str, ...]:
    """The packages of a lock, as ``name==version``, in its order."""
    return tuple(re.split(r"[\s;]", line, maxsplit=1)[0] for _number, line in logical_lines(text))


def pins(text: str) -> tuple[Pin, ...]:
    """The packages of a lock that `check_lock` had nothing against, in its order."""
    return tuple(_pin(line) for _number, line in logical_lines(text))


def normalised(name: str) -> str:
    """The name of a package as all its spellings give it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    """The normalised name of the package that a requirement starts with; empty for none."""
    found = NAME.match(requirement)
    return normalised(found[0]) if found else ""


def _pin(line: str) -> Pin:
    requirement, _space, _hashes = line.partition(" --hash")
    package, _semicolon, marker = requirement.partition(";")
    _name, _equals, version = package.partition("==")
    hashes = frozenset(HASH.findall(line))
    return Pin(name_of(package), version.strip(), marker.strip(), hashes, line)


def _pinned(line: str) -> bool:
    requirement, _space, hashes = line.partition(" --hash")
    rest = HASH.sub("", f"--hash{hashes}").strip()
    return bool(PINNED.match(requirement.strip())) and not rest


def _finding(file: str, line: int | None, what: str) -> Finding:
    mend = "Make the lock with `uv pip compile --generate-hashes`."
    return Finding(Severity.MUST, "catalogue/lock", Where(file, line=line), what, mend)
