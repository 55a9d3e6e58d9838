"""What an author asks for in pyproject.toml (PEP 621); nothing is built to find out."""

import tomllib
from collections.abc import Mapping
from typing import Any

from catalogue.domain.requirements import Asked, is_plain, not_plain
from ontology.domain.findings import Finding, Severity, Where

TEXT_AT_MOST = 200_000
DYNAMIC = {"dependencies", "requires-python"}
# Tools that keep dependencies in tables of their own: (table, what to do).
ELSEWHERE = (
    (("tool", "poetry", "dependencies"), "Write them to dependencies below [project]."),
    (("tool", "pdm", "dependencies"), "Write them to dependencies below [project]."),
    (("tool", "uv", "sources"), "Name packages of the index only, without [tool.uv.sources]."),
    (("tool", "uv", "index"), "Remove it: the operator of the service names the index."),
)


def states_needs(text: str) -> bool:
    """Whether a pyproject.toml says which packages an entry needs, or is for tools alone."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError):
        return True  # then read_pyproject says what is wrong
    return "project" in content or any(_at(content, path) for path, _mend in ELSEWHERE)


def read_pyproject(text: str, file: str) -> tuple[Asked, tuple[Finding, ...]]:
    """The dependencies and the Python of ``[project]``; every fault is a finding.

    Args:
        text: the file.
        file: its path, for findings.
    """
    if len(text) > TEXT_AT_MOST:
        what = f"{file} is longer than {TEXT_AT_MOST:,} characters."
        return Asked(), (_fault(file, None, what, "Make it shorter."),)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        what = f"{file} is not TOML: {str(error)[:200]}."
        return Asked(), (_fault(file, None, what, "Correct it."),)
    project = content.get("project", {})
    if not isinstance(project, dict):
        return Asked(), (_fault(file, None, "[project] is not a table.", "Write [project]."),)
    findings = (*_elsewhere(content, text, file), *_built(content, project, text, file))
    asked, faults = _asked(project, text, file)
    return asked, (*findings, *faults)


def _asked(project: Mapping[str, Any], text: str, file: str) -> tuple[Asked, tuple[Finding, ...]]:
    wanted, python = project.get("dependencies", []), project.get("requires-python", "")
    if not isinstance(wanted, list) or not all(isinstance(item, str) for item in wanted):
        where = _line_of(text, "dependencies")
        mend = 'Write dependencies = ["numpy>=2.4"].'
        return Asked(), (_fault(file, where, "dependencies is not a list of texts.", mend),)
    if not isinstance(python, str):
        where = _line_of(text, "requires-python")
        mend = 'Write requires-python = ">=3.11".'
        return Asked(), (_fault(file, where, "requires-python is not a text.", mend),)
    faults = tuple(
        not_plain(file, _line_of(text, item), item) for item in wanted if not is_plain(item)
    )
    plain = tuple(item for item in wanted if is_plain(item))
    return Asked(plain, python, _line_of(text, "requires-python")), faults


def _elsewhere(content: Mapping[str, Any], text: str, file: str) -> tuple[Finding, ...]:
    return tuple(
        _fault(file, _line_of(text, ".".join(path[:2])), f"[{'.'.join(path)}] is not read.", mend)
        for path, mend in ELSEWHERE
        if _at(content, path)
    )


def _built(
    content: Mapping[str, Any], project: Mapping[str, Any], text: str, file: str
) -> tuple[Finding, ...]:
    """Findings for what only a build would tell."""
    dynamic = project.get("dynamic", [])
    unknown = DYNAMIC & {item for item in dynamic if isinstance(item, str)}
    faults = tuple(
        _fault(
            file, _line_of(text, "dynamic"),
            f"{name} is dynamic: only a build would tell it, and nothing is built here.",
            f"Write {name} below [project] and take it out of dynamic.",
        )
        for name in sorted(unknown)
    )  # fmt: skip
    if "build-system" not in content:
        return faults
    where = Where(file, line=_line_of(text, "[build-system]"))
    what = "The project is not built or installed; its dependencies are, and its files lie beside."
    mend = "Import its modules from the folder of the entry, not from src/."
    return (*faults, Finding(Severity.MAY, "catalogue/pyproject-built", where, what, mend))


def _at(content: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 -- whatever TOML holds
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _line_of(text: str, words: str) -> int | None:
    """The first line that holds some words: TOML's reader does not tell where it read them."""
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if words in line), None)


def _fault(file: str, line: int | None, what: str, mend: str) -> Finding:
    return Finding(Severity.MUST, "catalogue/pyproject-unread", Where(file, line=line), what, mend)
