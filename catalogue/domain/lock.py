"""Environment locks: every package pinned to one version and to the hashes of its files."""

import re

from ontology.domain.findings import Finding, Severity, Where

# The marker after a semicolon compares names with texts: it holds no option, address or variable.
MARKER = r"(\s*;(?!.*\s-)[\w\s.,'\"()<>=!~*+-]*)?"
PINNED = re.compile(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?==[A-Za-z0-9.!+_-]+" + MARKER + r"\Z",
    re.ASCII,
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
LOCK_AT_MOST = 2_000_000


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


def _pinned(line: str) -> bool:
    requirement, _space, hashes = line.partition(" --hash")
    rest = HASH.sub("", f"--hash{hashes}").strip()
    return bool(PINNED.match(requirement.strip())) and not rest


def _finding(file: str, line: int | None, what: str) -> Finding:
    mend = "Make the lock with `uv pip compile --generate-hashes`."
    return Finding(Severity.MUST, "catalogue/lock", Where(file, line=line), what, mend)
