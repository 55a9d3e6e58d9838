"""Parameters that take products: their own files are there, and the place of others is free."""

from collections.abc import Collection, Iterable, Mapping

from catalogue.domain.interface import Interface, Parameter
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.kinds import ParameterKind

INPUTS = "inputs"
"""The folder in which a run puts the products that it is given."""


def check_taken(
    interface: Interface,
    places: Mapping[str, Where],
    files: Collection[str],
    data: Collection[str],
) -> tuple[Finding, ...]:
    """Findings for every default that names no file, and every file that stands in the way.

    Args:
        interface: the parameters; only those that take a product are looked at.
        places: name of a parameter → where it stands.
        files: paths of the entry's files.
        data: names of its data files, which a run puts into ``data/``.
    """
    taking = [item for item in interface.parameters if item.kind is ParameterKind.PRODUCT]
    if not taking:
        return ()
    known = {*files, *(f"data/{name}" for name in data)}
    absent = [(item, path) for item in taking for path in _paths(item) if path not in known]
    in_the_way = [path for path in files if path.split("/", 1)[0] == INPUTS]
    return (
        *(_absent(item, path, places) for item, path in absent),
        *(_in_the_way(path) for path in in_the_way),
    )


def _paths(item: Parameter) -> Iterable[str]:
    named = item.default if isinstance(item.default, list) else [item.default]
    return (path for path in named if isinstance(path, str))


def _absent(item: Parameter, path: str, places: Mapping[str, Where]) -> Finding:
    return Finding(
        Severity.MUST,
        "catalogue/default-file-missing",
        places.get(item.name, Where("")),
        f"{item.name} takes a product, and its default {path[:60]!r} is no file of the entry.",
        "Add the file, name it as it is written in the entry, or write None for no default.",
    )


def _in_the_way(path: str) -> Finding:
    return Finding(
        Severity.MUST,
        "catalogue/reserved-name",
        Where(path),
        f"{path} is needed by the run itself: products that it is given are put into {INPUTS}/.",
        "Rename the file.",
    )
