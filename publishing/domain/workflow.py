"""The version of a crate as entities: notebook, files, parameters, outputs, data."""

import json
import math
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from catalogue.domain.interface import Interface, Output, Parameter, Value
from ontology.domain.kinds import ParameterKind
from publishing.domain.credits import Entity, licence_address, licence_entity, ref, web_address
from publishing.domain.facts import CrateFacts, DataFacts
from publishing.domain.layout import (
    LOCK,
    Member,
    data_path,
    identifier,
    is_cwl,
    media_type_of,
)

BIOSCHEMAS = "https://bioschemas.org/profiles"
PYTHON = "#python"
CWL = "#cwl"
TYPES = {
    ParameterKind.FLOAT: "Float",
    ParameterKind.INTEGER: "Integer",
    ParameterKind.STRING: "Text",
    ParameterKind.BOOLEAN: "Boolean",
    ParameterKind.LIST: "PropertyValue",
    ParameterKind.STRUCTURE: "PropertyValue",
    ParameterKind.PRODUCT: "File",
}
"""Data types of schema.org, as Workflow Run Crate 0.5 asks for ``additionalType``."""


def file_entity(member: Member, name: str) -> Entity:
    """A file of the crate with its size, checksum and media type."""
    return {
        "@id": identifier(member.path),
        "@type": "File",
        "name": name,
        "contentSize": str(member.size),
        "sha256": member.digest,
        "encodingFormat": media_type_of(member.path),
    }


def main_workflow(
    facts: CrateFacts, member: Member, authors: list[Entity], interface: Interface
) -> Entity:
    """The notebook or CWL document as main workflow (Workflow RO-Crate 1.0, Bioschemas 1.0)."""
    version = facts.version
    page = f"{facts.service}/workflows/{version.slug}/{version.number}"
    return file_entity(member, version.slug) | {
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "conformsTo": ref(f"{BIOSCHEMAS}/ComputationalWorkflow/1.0-RELEASE"),
        "name": facts.title,
        "description": facts.description or facts.title,
        "version": str(version.number),
        "url": page,
        "identifier": version.digest,
        "dateCreated": version.created.isoformat(timespec="milliseconds"),
        "programmingLanguage": ref(CWL if is_cwl(version.main) else PYTHON),
        "softwareRequirements": ref(LOCK),
        "codeRepository": [version.source] if web_address(version.source) else [],
        "input": [ref(parameter_id(item.name)) for item in interface.parameters],
        "output": [ref(output_id(item.name)) for item in interface.outputs],
        "creator": authors,
        "sdPublisher": ref(facts.service),
    }


def language_entity(facts: CrateFacts) -> Entity:
    """The language of the main workflow: CWL, or Python with the version that ran."""
    if is_cwl(facts.version.main):
        return {
            "@id": CWL,
            "@type": "ComputerLanguage",
            "name": "Common Workflow Language",
            "alternateName": "CWL",
            "url": ref("https://www.commonwl.org/"),
        }
    known = next((run.python for run in facts.runs if run.python), "")
    return {
        "@id": PYTHON,
        "@type": "ComputerLanguage",
        "name": "Python",
        "url": ref("https://www.python.org/"),
    } | ({"version": known} if known else {})


def formal_parameters(interface: Interface) -> list[Entity]:
    """One FormalParameter for every parameter and every output."""
    inputs = [_parameter(item) for item in interface.parameters]
    return inputs + [_output(item) for item in interface.outputs]


def concepts(interface: Interface) -> list[Entity]:
    """The terms that parameters and outputs speak of, each once."""
    both: list[Parameter | Output] = [*interface.parameters, *interface.outputs]
    found = {item.iri: item.term for item in both if web_address(item.iri)}
    return [
        {
            "@id": iri,
            "@type": "DefinedTerm",
            "name": term or iri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1],
        }
        for iri, term in sorted(found.items())
    ]


def parameter_id(name: str) -> str:
    """The ``@id`` of a parameter."""
    return f"#parameter-{quote(name)}"


def output_id(name: str) -> str:
    """The ``@id`` of an output."""
    return f"#output-{quote(name)}"


def plain_value(value: Value) -> str | int | float | bool:
    """A value as linked data can hold it: what is not one plain value becomes its JSON text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def data_id(data: DataFacts) -> str:
    """The ``@id`` of a data file: its place in the crate, or its address when it is left out."""
    return identifier(data_path(data.file.name)) if data.included else web_address(data.file.url)


def data_entities(facts: CrateFacts) -> list[Entity]:
    """The data files; those without a place in the crate or on the web cannot be named."""
    ended = facts.runs[0].ended
    return [data_entity(item, data_id(item), ended) for item in facts.version.data if data_id(item)]


def data_licences(facts: CrateFacts) -> list[Entity]:
    """The licences of data files, in the words of whoever declared them."""
    return licence_of_data(facts.version.data)


def licence_of_data(data: Iterable[DataFacts]) -> list[Entity]:
    """The licences of some data files."""
    words = {item.file.licence for item in data if item.file.licence}
    return [_data_licence(text) for text in sorted(words)]


def _data_licence(text: str) -> Entity:
    if licence_address(text):
        return licence_entity(text)
    name = f"#data-licence-{quote(text[:60], safe='')}"
    return {"@id": name, "@type": "CreativeWork", "name": text, "description": text}


def data_entity(data: DataFacts, name: str, moment: datetime) -> Entity:
    """A data file under this ``@id``, as it was at this moment."""
    file, address = data.file, web_address(data.file.url)
    about: Entity = {
        "@id": name,
        "@type": "File",
        "name": file.name,
        "sha256": file.sha256,
        "encodingFormat": media_type_of(file.name),
    }
    if data.size is not None:
        about["contentSize"] = str(data.size)
    if address:
        about |= {
            "contentUrl": address,
            "sdDatePublished": moment.isoformat(timespec="milliseconds"),
        }
    if file.licence:
        about["license"] = ref(_data_licence(file.licence)["@id"])
    return about | ({"description": f"Cite as: {file.cite}"} if file.cite else {})


def _parameter(item: Parameter) -> Entity:
    times = (
        "Float"
        if (item.time_format or "isot") in {"mjd", "jd", "unix", "decimalyear"}
        else "DateTime"
    )
    return _formal(parameter_id(item.name), item, TYPES.get(item.kind, times)) | {
        "valueRequired": not item.optional,
        "defaultValue": plain_value(item.default),
    }


def _output(item: Output) -> Entity:
    return _formal(output_id(item.name), item, "File")


def _formal(name: str, item: Parameter | Output, kind: str) -> Entity:
    return {
        "@id": name,
        "@type": "FormalParameter",
        "conformsTo": ref(f"{BIOSCHEMAS}/FormalParameter/1.0-RELEASE"),
        "additionalType": kind,
        "name": item.name,
        "description": ". ".join(part for part in (item.label, item.description) if part)
        or item.name,
    } | ({"about": ref(item.iri)} if web_address(item.iri) else {})
