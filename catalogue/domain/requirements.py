"""What an author asks for in requirements.txt, before it is locked."""

import re

from catalogue.domain.lock import MARKER
from ontology.domain.findings import Finding, Severity, Where

PLAIN = re.compile(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._ -]+\])?\s*"
    r"((===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*!+_-]+\s*,?\s*)*" + MARKER + r"\Z",
    re.ASCII,
)
LINES_AT_MOST = 500
LINE_AT_MOST = 300


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
        _finding(file, number, f"{line[:80]!r} is not a package with versions.")
        for number, line in bare
        if line and not (len(line) <= LINE_AT_MOST and PLAIN.match(line))
    )


def _finding(file: str, line: int | None, what: str) -> Finding:
    mend = (
        "Write a package and its versions, such as numpy>=2.4; options and addresses are not taken."
    )
    return Finding(Severity.MUST, "catalogue/requirements", Where(file, line=line), what, mend)
