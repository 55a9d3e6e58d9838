"""From a CWL document to an Interface, with a Finding for all that is not understood.

Inputs become parameters and outputs become outputs. What a value means is said beside it by the
predicates that annotations of notebooks use, under a prefix that ``$namespaces`` declares:
``reprise:term: oda:Energy``, ``reprise:unit: keV``.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogue.domain.cwl_document import Document, read_document, rows, short, where
from catalogue.domain.cwl_requirements import Allowed, check_requirements
from catalogue.domain.cwl_types import BadTypeError, Type, Types, declared_types
from catalogue.domain.interface import Interface, Output, Parameter, Value
from catalogue.domain.reading import Reading
from catalogue.domain.yaml_text import Table
from ontology.domain.annotation import Annotation, parse_output, parse_parameter
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.kinds import ParameterKind, ProductKind
from ontology.domain.namespaces import PREFIXES
from ontology.domain.predicates import FIELDS, Field

NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]{0,79}\Z", re.ASCII)
TEXT_AT_MOST = 1000
SUFFIXES = {
    ".png": ProductKind.PICTURE, ".jpg": ProductKind.PICTURE, ".jpeg": ProductKind.PICTURE,
    ".svg": ProductKind.PICTURE, ".pdf": ProductKind.PICTURE, ".csv": ProductKind.TABLE,
    ".ecsv": ProductKind.TABLE, ".vot": ProductKind.TABLE, ".fits": ProductKind.IMAGE,
    ".txt": ProductKind.TEXT, ".json": ProductKind.STRUCTURE,
}  # fmt: skip
# EDAM and IANA, the two vocabularies that CWL documents take their formats from.
FORMATS = {
    "format_3464": ProductKind.STRUCTURE, "format_3603": ProductKind.PICTURE,
    "format_3604": ProductKind.PICTURE, "format_3579": ProductKind.PICTURE,
    "format_3508": ProductKind.PICTURE, "format_3752": ProductKind.TABLE,
    "format_2330": ProductKind.TEXT, "png": ProductKind.PICTURE, "jpeg": ProductKind.PICTURE,
    "svg+xml": ProductKind.PICTURE, "csv": ProductKind.TABLE, "fits": ProductKind.IMAGE,
    "json": ProductKind.STRUCTURE, "plain": ProductKind.TEXT, "x-votable+xml": ProductKind.TABLE,
}  # fmt: skip


def read_cwl(files: Mapping[str, bytes], main: str, allowed: Allowed) -> Reading:
    """Read the CWL document ``main`` of an entry.

    Args:
        files: the files of the entry, by path.
        main: path of the document.
        allowed: what it may ask for on this service.
    """
    document = read_document(files, main)
    found = [*document.findings, *check_requirements(document, allowed)]
    reader = _Reader(document, Types(declared_types(document.processes)), main, found)
    interface = reader.interface() if document.main is not None else Interface()
    return Reading(interface, (), reader.places, tuple(found))


@dataclass(slots=True)
class _Reader:
    document: Document
    types: Types
    file: str
    findings: list[Finding]
    places: dict[str, Where] = field(default_factory=dict)

    def interface(self) -> Interface:
        main = self.document.main or Table(self.file, 1)
        self._check_version(main)
        parameters = [self._parameter(item) for item in rows(main.get("inputs"), "id", "type")]
        given = rows(main.get("outputs"), "id", "type")
        outputs = [self._output(item, main) for item in given]
        return Interface(tuple(filter(None, parameters)), tuple(filter(None, outputs)))

    def _check_version(self, main: Table) -> None:
        if main.get("cwlVersion") is None:
            self._fault(where(main), "cwl-version", "It does not say its cwlVersion.",
                        "Write cwlVersion: v1.2 at its top.")  # fmt: skip

    def _fault(self, place: Where, rule: str, what: str, mend: str) -> None:
        self.findings.append(Finding(Severity.MUST, f"catalogue/{rule}", place, what, mend))

    def _place(self, item: Table, name: str) -> Where | None:
        place = where(item)
        if not NAME.match(name):
            self._fault(place, "cwl-name", f"{name[:80]!r} cannot be a name here.", "Use letters, "
                        "digits, _, - and . for at most 80 characters.")  # fmt: skip
            return None
        return self.places.setdefault(name, place)

    def _type(self, item: Table, place: Where) -> Type | None:
        try:
            return self.types.read(item.get("type"))
        except BadTypeError as error:
            mend = "Use a type of the CWL standard."
            self._fault(place, "cwl-type", f"{short(item.get('id'))}: {error}", mend)
            return None

    def _annotation(self, item: Table, place: Where, *, taken: bool) -> Annotation:
        """What the predicates beside an input or output say of it."""
        comment = self._comment(item)
        parse = parse_parameter if taken else parse_output
        annotation, findings = parse(comment, place)
        self.findings.extend(findings)
        return annotation

    def _comment(self, item: Table) -> str:
        terms, others = [], []
        for key, value in item.items():
            prefix, colon, name = key.partition(":")
            space = self.document.namespaces.get(prefix) if colon else None
            meant = FIELDS.get(f"{space}{name}") if space else FIELDS.get(key)
            if meant is Field.TERM:
                terms.append(self._iri(str(value)))
            elif meant:
                values = value if isinstance(value, list) else [value]
                iri = f"{space}{name}" if space else key
                others.append(f"<{iri}> {', '.join(json.dumps(part) for part in values)}")
        return " ; ".join([*terms, *others])

    def _iri(self, text: str) -> str:
        prefix, colon, name = text.partition(":")
        space = self.document.namespaces.get(prefix) if colon else None
        if space and space != PREFIXES.get(prefix):
            return f"<{space}{name}>"
        return text

    def _parameter(self, item: Table) -> Parameter | None:
        name = short(item.get("id"))
        place = self._place(item, name)
        type_ = self._type(item, place) if place else None
        if place is None or type_ is None:
            return None
        annotation = self._annotation(item, place, taken=True)
        kind = type_.parameter_kind()
        if annotation.kind is ParameterKind.TIME and type_.name in {"string", "float", "double"}:
            kind = ParameterKind.TIME
        is_product = kind is ParameterKind.PRODUCT
        if type_.holds_files and not is_product:
            self._of_the_entry(name, place)
        default = self._default(item, kind)
        literal = is_product and item.get("default") is not None and default is None
        product = annotation.kind if isinstance(annotation.kind, ProductKind) else None
        return Parameter(
            name=name, kind=kind, default=default, term=annotation.term, iri=annotation.iri,
            unit=annotation.unit, time_format=annotation.time_format,
            time_scale=annotation.time_scale, minimum=annotation.minimum,
            maximum=annotation.maximum, choices=type_.symbols or annotation.choices,
            # Null takes the default in CWL: it is a value of its own only where there is none.
            optional=literal or ((type_.optional or type_.name == "null") and default is None),
            product=product if is_product else None, many=is_product and type_.is_files,
            label=annotation.label or _text(item.get("label")),
            description=annotation.description or _text(item.get("doc")), group=annotation.group,
        )  # fmt: skip

    def _of_the_entry(self, name: str, place: Where) -> None:
        what = f"{name} holds folders or files in a structure: it takes files of the entry alone."
        mend = "Use inputs of the types File or File[] for what other runs give."
        self.findings.append(Finding(Severity.MAY, "catalogue/cwl-type", place, what, mend))

    def _default(self, item: Table, kind: ParameterKind) -> Value:
        given = item.get("default")
        if kind is not ParameterKind.PRODUCT:
            return _plain(given)
        if isinstance(given, list):
            names = [self._path(one, item.file) for one in given]
            return list(names) if all(names) else None
        return self._path(given, item.file)

    def _path(self, given: Any, file: str) -> str | None:  # noqa: ANN401 -- any JSON value
        """The path of a file of the entry; None for a file written out, or with others beside."""
        if not isinstance(given, dict) or set(given) - {"class", "location", "path", "basename"}:
            return None
        name = given.get("location", given.get("path"))
        if not isinstance(name, str) or "://" in name:
            return None
        return posixpath.normpath(posixpath.join(posixpath.dirname(file), name))

    def _output(self, item: Table, main: Table) -> Output | None:
        name = short(item.get("id"))
        place = self._place(item, name)
        type_ = self._type(item, place) if place else None
        if place is None or type_ is None:
            return None
        annotation = self._annotation(item, place, taken=False)
        said = annotation.kind if isinstance(annotation.kind, ProductKind) else None
        kind = type_.product_kind()
        if type_.is_file and not self._has_others(item, main):
            kind = said or self._kind_of_file(item, type_, main)
        return Output(
            name=name, kind=kind, term=annotation.term, iri=annotation.iri, unit=annotation.unit,
            label=annotation.label or _text(item.get("label")),
            description=annotation.description or _text(item.get("doc")),
        )  # fmt: skip

    def _origin(self, item: Table, process: Table) -> tuple[Table, Table] | None:
        """The output of a step that an output of a workflow is."""
        source = item.get("outputSource")
        source = source[0] if isinstance(source, list) and len(source) == 1 else source
        if not isinstance(source, str):
            return None
        step, _slash, name = source.rpartition("#")[2].rpartition("/")
        run = self.document.runs.get(id(process), {}).get(short(step))
        outputs = rows(run.get("outputs"), "id", "type") if run is not None else []
        found = next((one for one in outputs if short(one.get("id")) == name), None)
        return (found, run) if found is not None and run is not None else None

    def _has_others(self, item: Table, process: Table, depth: int = 0) -> bool:
        origin = self._origin(item, process) if depth < 20 else None  # noqa: PLR2004 -- a circle
        return bool(item.get("secondaryFiles")) or (
            origin is not None and self._has_others(*origin, depth + 1)
        )

    def _kind_of_file(
        self, item: Table, type_: Type, process: Table, depth: int = 0
    ) -> ProductKind:
        origin = self._origin(item, process) if depth < 20 else None  # noqa: PLR2004 -- a circle
        format_ = re.split(r"[/#:]", str(item.get("format") or ""))[-1]
        if format_ in FORMATS:
            return FORMATS[format_]
        if origin is not None:
            try:
                inner = self.types.read(origin[0].get("type"))
            except BadTypeError:
                return ProductKind.BINARY
            return self._kind_of_file(origin[0], inner, origin[1], depth + 1)
        binding = item.get("outputBinding")
        written = process.get(type_.name) if type_.name in {"stdout", "stderr"} else (
            binding.get("glob") if isinstance(binding, dict) else None
        )  # fmt: skip
        suffix = posixpath.splitext(written)[1].lower() if isinstance(written, str) else ""
        return SUFFIXES.get(suffix, ProductKind.BINARY)


def _text(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    lines = value if isinstance(value, list) else [value]
    return "\n".join(str(line) for line in lines if line is not None).strip()[:TEXT_AT_MOST]


def _plain(value: Any) -> Value:  # noqa: ANN401 -- any JSON value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
