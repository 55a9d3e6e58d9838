"""Which packages an entry needs: the one file of it that says so, read and judged.

The first of these that is there is taken: requirements.lock, requirements.txt, pyproject.toml
with ``[project]``, environment.yml. A requirements.txt with hashes is a lock; anything else is
locked at registration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from catalogue.domain.choices import Runtime
from catalogue.domain.conda import read_conda
from catalogue.domain.lock import check_lock, name_of, pins
from catalogue.domain.pyproject import read_pyproject, states_needs
from catalogue.domain.requirements import Asked, check_requirements, has_hashes
from ontology.domain.findings import Finding, Severity, Where

LOCK = "requirements.lock"
TEXT = "requirements.txt"
PROJECT = "pyproject.toml"
CONDA = ("environment.yml", "environment.yaml")
SOURCES = (TEXT, PROJECT, *CONDA)
CWLTOOL = Path(__file__).parent.parent / "locks" / "cwltool.lock"
KERNEL = ("ipykernel", "nbclient")


@dataclass(frozen=True, slots=True)
class Needs:
    """What an entry needs.

    Attributes:
        file: the file that says so; empty when there is none.
        lock: its lock, when the author gave one.
        wanted: requirements still to be locked, one a line; empty when there is nothing to lock.
        findings: what is wrong with them.
    """

    file: str = ""
    lock: str = ""
    wanted: str = ""
    findings: tuple[Finding, ...] = ()


def read_needs(files: Mapping[str, bytes], *, runtime: Runtime, python: str) -> Needs:
    """What an entry needs, from its files.

    Args:
        files: the files of the entry, by path.
        runtime: how it is run: ``exact`` needs a Jupyter kernel too.
        python: version of the Python that runs entries here, such as ``3.11.7``.
    """
    present = [name for name in SOURCES if name in files and _states(name, files[name])]
    chosen = LOCK if LOCK in files else present[0] if present else ""
    needs = _read(chosen, files, python) if chosen else Needs()
    unread = tuple(_unread(name, present[0]) for name in present[1:])
    needs = replace(needs, findings=(*needs.findings, *unread))
    if runtime is Runtime.CWL:
        return _with_cwltool(needs)
    return _with_kernel(needs) if runtime is Runtime.EXACT else needs


def _states(name: str, data: bytes) -> bool:
    return name != PROJECT or states_needs(data.decode("utf-8", "replace"))


def _read(file: str, files: Mapping[str, bytes], python: str) -> Needs:
    try:
        text = files[file].decode()
    except UnicodeDecodeError:
        where = Where(file)
        what, mend = f"{file} is not text in UTF-8.", "Save it as UTF-8."
        return Needs(file, findings=(_must("catalogue/needs-unreadable", where, what, mend),))
    if file == LOCK or (file == TEXT and has_hashes(text)):
        return Needs(file, lock=text, findings=check_lock(text, file))
    if file == TEXT:
        return _asked(file, Asked((text,)), check_requirements(text, file), python)
    read = read_pyproject if file == PROJECT else read_conda
    return _asked(file, *read(text, file), python)


def _asked(file: str, asked: Asked, findings: tuple[Finding, ...], python: str) -> Needs:
    refusal = _refuse_python(file, asked, python)
    wanted = "\n".join(asked.requirements).strip()
    return Needs(file, wanted=wanted, findings=(*findings, *refusal))


def _refuse_python(file: str, asked: Asked, python: str) -> tuple[Finding, ...]:
    where = Where(file, line=asked.python_line)
    try:
        if SpecifierSet(asked.python).contains(python, prereleases=True):
            return ()
    except InvalidSpecifier:
        what = f"{asked.python[:80]!r} names no versions of Python."
        return (_must("catalogue/python-version", where, what, "Write such as >=3.11."),)
    what = f"It asks for Python {asked.python}; entries are run by Python {python} here."
    mend = "Let it take this Python too, if it can."
    return (_must("catalogue/python-version", where, what, mend),)


def _unread(name: str, first: str) -> Finding:
    what = f"{name} is not read: {first} says what the entry needs."
    mend = "Keep one of them, so that nobody wonders which holds."
    return Finding(Severity.MAY, "catalogue/needs-twice", Where(name), what, mend)


def _with_kernel(needs: Needs) -> Needs:
    """The same with a Jupyter kernel: asked for when we lock, missed when the author did."""
    if not needs.lock and needs.file != LOCK:
        asked = {name_of(line.strip()) for line in needs.wanted.splitlines()}
        more = [name for name in KERNEL if name not in asked]
        return replace(needs, wanted="\n".join([needs.wanted, *more]).strip())
    if any(finding.severity is Severity.MUST for finding in needs.findings):
        return needs
    held = {pin.name for pin in pins(needs.lock)}
    missing = [name for name in KERNEL if name not in held]
    if not missing:
        return needs
    what = f'The lock has no {" and no ".join(missing)}, which runtime = "exact" needs.'
    mend = f"Add {' and '.join(missing)} to the requirements and lock them again."
    finding = _must("catalogue/lock-kernel", Where(needs.file), what, mend)
    return replace(needs, findings=(*needs.findings, finding))


def _with_cwltool(needs: Needs) -> Needs:
    """The same with cwltool: our own lock of it where nothing else is needed."""
    if not needs.file:
        return replace(needs, lock=CWLTOOL.read_text())
    if not needs.lock and needs.file != LOCK:
        asked = {name_of(line.strip()) for line in needs.wanted.splitlines()}
        pinned = next(f"{pin.name}=={pin.version}" for pin in pins(CWLTOOL.read_text())
                      if pin.name == "cwltool")  # fmt: skip
        more = [] if "cwltool" in asked else [pinned]
        return replace(needs, wanted="\n".join([needs.wanted, *more]).strip())
    if any(finding.severity is Severity.MUST for finding in needs.findings):
        return needs
    if "cwltool" in {pin.name for pin in pins(needs.lock)}:
        return needs
    what = "The lock has no cwltool, which runs CWL documents."
    mend = "Add cwltool to the requirements and lock them again."
    finding = _must("catalogue/lock-cwltool", Where(needs.file), what, mend)
    return replace(needs, findings=(*needs.findings, finding))


def _must(rule: str, where: Where, what: str, mend: str) -> Finding:
    return Finding(Severity.MUST, rule, where, what, mend)
