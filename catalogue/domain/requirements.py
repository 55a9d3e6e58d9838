"""What an author asks for in requirements.txt, before it is locked."""

import re
from dataclasses import dataclass

from catalogue.domain.lock import MARKER, logical_lines
from ontology.domain.findings import Finding, Severity, Where

PLAIN = re.compile(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._ -]+\])?\s*"
    r"((===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*!+_-]+\s*,?\s*)*" + MARKER + r"\Z",
    re.ASCII,
)
LINES_AT_MOST = 500
LINE_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file of an author asks for.

    Attributes:
        requirements: packages with versions, one a line, as in requirements.txt.
        python: versions of Python that it takes (PEP 440), such as ``>=3.11``; empty for any.
        python_line: the line that says so.
    """

    requirements: tuple[str, ...] = ()
    python: str = ""
    python_line: int | None = None


def check_requirements(text: str, file: str) -> tuple[Finding, ...]:
    """Findings for every line that is more than a package and its versions.

    Options, addresses and paths are refused: they would make the service read or download what
    a stranger names.
    """
    lines = text.splitlines()
    if len(lines) > LINES_AT_MOST:
        return (_finding(file, None, f"There are more than {LINES_AT_MOST} lines."),)
    bare = (
        (number, re.sub(r"(^|\s)#.*$", "", line).strip()) for number, line in enumerate(lines, 1)
    )
    return tuple(
        not_plain(file, number, line) for number, line in bare if line and not is_plain(line)
    )


def is_plain(requirement: str) -> bool:
    """Whether a requirement is a package and its versions, and nothing else."""
    return len(requirement) <= LINE_AT_MOST and bool(PLAIN.match(requirement))


def has_hashes(text: str) -> bool:
    """Whether any package of a requirements.txt has its hashes: then all must (pip says so too)."""
    return any("--hash" in line for _number, line in logical_lines(text))


def not_plain(file: str, line: int | None, requirement: str) -> Finding:
    """The finding for a requirement that is more than a package and its versions."""
    return _finding(file, line, f"{requirement[:80]!r} is not a package with versions.")


def _finding(file: str, line: int | None, what: str) -> Finding:
    mend = (
        "Write a package and its versions, such as numpy>=2.4; options and addresses are not taken."
    )
    return Finding(Severity.MUST, "catalogue/requirements", Where(file, line=line), what, mend)
