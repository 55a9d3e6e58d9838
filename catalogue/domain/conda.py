"""What an author asks for in environment.yml: its pip part, and nothing of conda."""

import re
from collections.abc import Iterator

import yaml

from catalogue.domain.requirements import Asked, is_plain, not_plain
from ontology.domain.findings import Finding, Severity, Where

TEXT_AT_MOST = 100_000
TOOLS = frozenset({"pip", "setuptools", "wheel"})  # every environment is made without them
UNREAD = frozenset({"variables", "prefix"})
SPEC = re.compile(
    r"^([A-Za-z0-9_./-]+::)?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[.*\])?"
    r"(?P<version>[\s=<>!~].*)?$",
    re.ASCII,
)


def read_conda(text: str, file: str) -> tuple[Asked, tuple[Finding, ...]]:
    """The pip part of an environment.yml; every package of conda's own is a finding."""
    if len(text) > TEXT_AT_MOST:
        return Asked(), (
            _syntax(file, None, f"{file} is longer than {TEXT_AT_MOST:,} characters."),
        )
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        return Asked(), (_syntax(file, mark.line + 1 if mark else None, f"{file} is not YAML."),)
    if not isinstance(root, yaml.MappingNode):
        return Asked(), (_syntax(file, 1, f"{file} is not a list of names with values."),)
    return _read(root, file)


def _read(root: yaml.MappingNode, file: str) -> tuple[Asked, tuple[Finding, ...]]:
    parts = {key.value: value for key, value in root.value if isinstance(key, yaml.ScalarNode)}
    findings = [
        Finding(
            Severity.SHOULD, "catalogue/conda-ignored", Where(file, line=_line(node)),
            f"{name} is not read.", "Remove it: code reads no variables of the environment here.",
        )
        for name, node in parts.items() if name in UNREAD
    ]  # fmt: skip
    found: list[tuple[str, int]] = []
    python, line = "", None
    for kind, spec, number in _dependencies(parts.get("dependencies")):
        if kind == "pip" and is_plain(spec):
            found.append((spec, number))
        elif kind == "pip":
            findings.append(not_plain(file, number, spec))
        elif kind == "odd":
            findings.append(_syntax(file, number, "This is neither a package nor a list for pip."))
        elif _name(spec) == "python":
            python, line = _versions(spec), number
        elif _name(spec) not in TOOLS:
            findings.append(_conda_only(file, number, spec))
    return Asked(tuple(spec for spec, _number in found), python, line), tuple(findings)


def _dependencies(node: yaml.Node | None) -> Iterator[tuple[str, str, int]]:
    """Each dependency as kind (conda, pip or odd), text, and line."""
    if node is None:
        return
    if not isinstance(node, yaml.SequenceNode):
        yield "odd", "", _line(node)
        return
    for item in node.value:
        if isinstance(item, yaml.ScalarNode):
            yield "conda", item.value.strip(), _line(item)
        else:
            yield from _pip(item)


def _pip(item: yaml.Node) -> Iterator[tuple[str, str, int]]:
    pairs = item.value if isinstance(item, yaml.MappingNode) else []
    lists = [value for key, value in pairs if key.value == "pip"]
    if len(pairs) != 1 or len(lists) != 1 or not isinstance(lists[0], yaml.SequenceNode):
        yield "odd", "", _line(item)
        return
    for requirement in lists[0].value:
        plain = isinstance(requirement, yaml.ScalarNode)
        yield ("pip", requirement.value.strip(), _line(requirement)) if plain else (
            "odd", "", _line(requirement),
        )  # fmt: skip


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _name(spec: str) -> str:
    found = SPEC.match(spec)
    return found["name"].lower() if found else ""


def _versions(spec: str) -> str:
    """The versions of a specification of conda's as pip writes them.

    ``=3.11`` and ``3.11.*`` mean any 3.11; a build string after a second ``=`` or a space is
    left out.
    """
    found = SPEC.match(spec)
    text = (found["version"] or "").strip() if found else ""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return ",".join(filter(None, map(_version, parts)))


def _version(part: str) -> str:
    sign, version = re.match(r"^([=<>!~]*)\s*(.*)$", part).groups()  # type: ignore[union-attr]  # it matches any line
    version = re.split(r"[=\s]", version, maxsplit=1)[0]
    if sign in {"", "="}:
        base = version.rstrip(".*")
        return f"=={base}.*" if base else ""
    return f"{sign}{version}"


def _conda_only(file: str, line: int, spec: str) -> Finding:
    name, versions = _name(spec), _versions(spec)
    mend = (
        f"Move it to the list below pip: as {name}{versions}, if it is on PyPI. A program that is "
        "not there cannot be installed here."
        if name
        else "Remove it."
    )
    what = f"{spec[:80]!r} is a package of conda, which is not used here."
    return Finding(Severity.MUST, "catalogue/conda-package", Where(file, line=line), what, mend)


def _syntax(file: str, line: int | None, what: str) -> Finding:
    mend = "Write dependencies: with a list, and in it pip: with a list of packages."
    return Finding(Severity.MUST, "catalogue/conda-syntax", Where(file, line=line), what, mend)
