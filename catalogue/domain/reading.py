"""From the cells of a notebook to an Interface, with a Finding for all that is not understood."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.domain.interface import Interface, Output, Parameter, Value
from catalogue.domain.notebook import (
    Assignment,
    Cell,
    assignments,
    remarks,
    tagged,
    unread,
)
from ontology.domain.annotation import (
    Annotation,
    Statement,
    parse_output,
    parse_parameter,
    parse_statements,
)
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.kinds import ParameterKind, ProductKind

HINTS = {
    "float": ParameterKind.FLOAT,
    "int": ParameterKind.INTEGER,
    "str": ParameterKind.STRING,
    "bool": ParameterKind.BOOLEAN,
    "list": ParameterKind.LIST,
    "dict": ParameterKind.STRUCTURE,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a notebook.

    Attributes:
        interface: the typed parameters and outputs.
        statements: what comments say of the workflow as a whole.
        places: name of a parameter or output → where it stands.
        findings: what was not understood.
    """

    interface: Interface
    statements: tuple[Statement, ...]
    places: dict[str, Where]
    findings: tuple[Finding, ...]


def read_interface(cells: tuple[Cell, ...], file: str) -> Reading:
    """Read the ``parameters`` and ``outputs`` cells and the statements of a notebook."""
    findings: list[Finding] = []
    places: dict[str, Where] = {}
    parameters = [
        _parameter(item, _place(item, file, places), findings)
        for item in _assigned(cells, "parameters", file, findings)
    ]
    outputs = [
        _output(item, _place(item, file, places), findings)
        for item in _assigned(cells, "outputs", file, findings)
    ]
    statements, unread = parse_statements(_remarks(cells, file))
    interface = Interface(tuple(filter(None, parameters)), tuple(filter(None, outputs)))
    return Reading(interface, statements, places, (*findings, *unread))


def _remarks(cells: tuple[Cell, ...], file: str) -> Iterable[tuple[Where, str]]:
    return ((Where(file, item.cell, item.line), item.text) for item in remarks(cells))


def _place(item: Assignment, file: str, places: dict[str, Where]) -> Where:
    return places.setdefault(item.name, Where(file, item.cell, item.line))


def _assigned(
    cells: tuple[Cell, ...], tag: str, file: str, findings: list[Finding]
) -> list[Assignment]:
    chosen = tagged(cells, tag)
    if not chosen:
        findings.append(_no_cell(tag, file))
    found: dict[str, Assignment] = {}
    for cell in chosen:
        try:
            found |= {item.name: item for item in assignments(cell)}
            findings.extend(_not_read(line, text, cell, file) for line, text in unread(cell))
        except (SyntaxError, ValueError) as error:
            findings.append(_bad_syntax(error, cell, file))
    return list(found.values())


def _not_read(line: int, comment: str, cell: Cell, file: str) -> Finding:
    return Finding(
        Severity.SHOULD,
        "catalogue/assignment-not-read",
        Where(file, cell.number, line),
        f"The line does not give one name a value, so its comment {comment[:60]!r} is passed over.",
        "Write each name on a line of its own: name = value  # what it is.",
    )


def _no_cell(tag: str, file: str) -> Finding:
    severity = Severity.MUST if tag == "outputs" else Severity.SHOULD
    lost = "no product is kept" if tag == "outputs" else "nothing can be changed"
    return Finding(
        severity,
        f"catalogue/no-{tag}-cell",
        Where(file),
        f"No code cell has the tag {tag!r}, so {lost}.",
        f"Add the tag {tag!r} to the cell that assigns the {tag}.",
    )


def _bad_syntax(error: Exception, cell: Cell, file: str) -> Finding:
    line = getattr(error, "lineno", None)
    return Finding(
        Severity.MUST,
        "catalogue/cell-syntax",
        Where(file, cell.number, line),
        f"The cell is not Python: {str(error)[:200]}.",
        "Mend the line; magics and shell commands cannot stand in this cell.",
    )


def _parameter(item: Assignment, where: Where, findings: list[Finding]) -> Parameter | None:
    annotation, unread = parse_parameter(item.comment, where)
    findings.extend(unread)
    if not item.literal:
        findings.append(_no_literal(item, where))
        return None
    kind = _parameter_kind(item, annotation, where, findings)
    product = annotation.kind if isinstance(annotation.kind, ProductKind) else None
    return Parameter(
        name=item.name, kind=kind, default=item.value, term=annotation.term, iri=annotation.iri,
        product=product, many=product is not None and _takes_many(item),
        unit=annotation.unit, time_format=annotation.time_format, time_scale=annotation.time_scale,
        minimum=annotation.minimum, maximum=annotation.maximum, choices=annotation.choices,
        optional=annotation.optional or _hinted_optional(item), label=annotation.label,
        description=annotation.description, group=annotation.group,
    )  # fmt: skip


def _takes_many(item: Assignment) -> bool:
    return isinstance(item.value, list) or item.hint.startswith(("list", "List"))


def _no_literal(item: Assignment, where: Where) -> Finding:
    return Finding(
        Severity.SHOULD,
        "catalogue/default-not-literal",
        where,
        f"{item.name} is not given a literal value, so it cannot be offered as a parameter.",
        f"Write a plain number, text, list or True/False after {item.name} =, or move the line "
        "to another cell.",
    )


def _hinted_optional(item: Assignment) -> bool:
    return item.hint.startswith("Optional[") or "None" in item.hint.split(" | ")


def _parameter_kind(
    item: Assignment, annotation: Annotation, where: Where, findings: list[Finding]
) -> ParameterKind:
    if isinstance(annotation.kind, ProductKind):
        _check_files(item, where, findings)
        return ParameterKind.PRODUCT
    by_value = _kind_of_value(item.value)
    hinted = HINTS.get(item.hint.removeprefix("Optional[").rstrip("]").split("[")[0].split(" |")[0])
    declared = annotation.kind if isinstance(annotation.kind, ParameterKind) else None
    kind = declared or hinted or by_value or ParameterKind.STRING
    if item.value is not None and by_value and not _agrees(kind, by_value):
        findings.append(_disagrees(item, kind, by_value, where))
    return kind


def _check_files(item: Assignment, where: Where, findings: list[Finding]) -> None:
    names = item.value if isinstance(item.value, list) else [item.value]
    if item.value is None or all(isinstance(name, str) for name in names):
        return
    findings.append(
        Finding(
            Severity.MUST,
            "catalogue/default-of-other-kind",
            where,
            f"{item.name} takes a product but its default {item.value!r:.60} names no file.",
            "Write the path of a file of the entry, a list of them, or None.",
        )
    )


def _kind_of_value(value: Value) -> ParameterKind | None:
    # bool comes first because Python counts True among the integers.
    for python, kind in (
        (bool, ParameterKind.BOOLEAN), (int, ParameterKind.INTEGER), (float, ParameterKind.FLOAT),
        (str, ParameterKind.STRING), (list, ParameterKind.LIST), (dict, ParameterKind.STRUCTURE),
    ):  # fmt: skip
        if isinstance(value, python):
            return kind
    return None


def _agrees(kind: ParameterKind, by_value: ParameterKind) -> bool:
    allowed = {
        ParameterKind.FLOAT: {ParameterKind.FLOAT, ParameterKind.INTEGER},
        ParameterKind.TIME: {ParameterKind.STRING, ParameterKind.FLOAT, ParameterKind.INTEGER},
        ParameterKind.STRUCTURE: {
            ParameterKind.STRUCTURE,
            ParameterKind.LIST,
            ParameterKind.STRING,
        },
    }
    return by_value in allowed.get(kind, {kind})


def _disagrees(
    item: Assignment, kind: ParameterKind, by_value: ParameterKind, where: Where
) -> Finding:
    return Finding(
        Severity.MUST,
        "catalogue/default-of-other-kind",
        where,
        f"{item.name} is declared as {kind.value} but its default {item.value!r:.60} is "
        f"{by_value.value}.",
        "Change the annotation or the default so that both agree.",
    )


def _output(item: Assignment, where: Where, findings: list[Finding]) -> Output | None:
    annotation, unread = parse_output(item.comment, where)
    findings.extend(unread)
    kind = annotation.kind if isinstance(annotation.kind, ProductKind) else None
    return Output(
        name=item.name, kind=kind or _kind_of_output(item), term=annotation.term,
        iri=annotation.iri, unit=annotation.unit, label=annotation.label,
        description=annotation.description,
    )  # fmt: skip


def _kind_of_output(item: Assignment) -> ProductKind:
    if isinstance(item.value, bool):
        return ProductKind.BOOLEAN
    if isinstance(item.value, int | float):
        return ProductKind.NUMBER
    suffix = item.value.rsplit(".", 1)[-1].lower() if isinstance(item.value, str) else ""
    return {
        "png": ProductKind.PICTURE, "jpg": ProductKind.PICTURE, "svg": ProductKind.PICTURE,
        "pdf": ProductKind.PICTURE, "ecsv": ProductKind.TABLE, "csv": ProductKind.TABLE,
        "vot": ProductKind.TABLE, "fits": ProductKind.IMAGE, "txt": ProductKind.TEXT,
    }.get(suffix, ProductKind.STRUCTURE)  # fmt: skip
