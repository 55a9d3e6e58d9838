"""What WorkflowHub (SEEK) reads from a crate, and what its answers mean.

A crate is submitted by the address of its source and the name of its version, both in the root of
the crate: the same pair again changes nothing there, another version of the same source is added
to the workflow it knows. So the crate itself is the key, and submitting after any doubt is safe.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publishing.domain.formats.wording import canonical_doi, line
from publishing.domain.remote import Remote, Stage

FIELDS = {
    "title": "title", "description": "description", "license": "licence", "creators": "people",
    "other_creators": "people", "ro_crate": "crate", "tags": "keywords",
}  # fmt: skip
"""Fields there, as the last part of a JSON pointer → fields of our form; all others are the
operator's, such as the projects that a workflow belongs to."""
ADVICE = {
    "source url could not be determined": (
        "The crate does not say the address of its source: its root needs `isBasedOn` or `url`."
    ),
    "version could not be determined": "The crate does not say its version: its root needs it.",
    "did not specify a main workflow": "The crate has no `mainEntity`: pack a workflow crate.",
    "workflows found matching": (
        "Several workflows there have this source: have all but one of them deleted or given "
        "another source at WorkflowHub, then try again."
    ),
    "could not be read": "WorkflowHub could not read the crate; the validator tells what is wrong.",
    "cannot add ro-crate to remote": (
        "The workflow there follows a git repository: new versions come from there, not from here."
    ),
}
WORDS_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Identity:
    """How a crate names itself to WorkflowHub; parts that it does not say are empty.

    Attributes:
        source: address of what all versions are versions of.
        version: name of this one.
        doi: of the release.
        has_workflow: whether it has a main workflow.
    """

    source: str = ""
    version: str = ""
    doi: str = ""
    has_workflow: bool = False

    def faults(self) -> dict[str, str]:
        """What WorkflowHub would not accept, and what would be lost: field → sentence."""
        missing = []
        if not self.source:
            missing.append(ADVICE["source url could not be determined"])
        if not self.version:
            missing.append(ADVICE["version could not be determined"])
        if not self.has_workflow:
            missing.append(ADVICE["did not specify a main workflow"])
        if not self.doi:
            missing.append("The crate does not hold the DOI of the release: pack it with the DOI.")
        return {"crate": " ".join(missing)} if missing else {}


def identity_of(metadata: bytes) -> Identity:
    """How a crate names itself, from its ``ro-crate-metadata.json``; nothing where unread."""
    try:
        graph = json.loads(metadata)["@graph"]
        entities = {item["@id"]: item for item in graph}
        root = entities[entities["ro-crate-metadata.json"]["about"]["@id"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Identity()
    main = entities.get(_reference(root.get("mainEntity")), {})
    return Identity(
        source=_source(root, main).rstrip("/"),
        version=_text(root.get("version")),
        doi=_doi(root, entities),
        has_workflow=bool(main),
    )


def _source(root: Mapping[str, Any], main: Mapping[str, Any]) -> str:
    name = str(root.get("@id", ""))
    known = (
        name if name.startswith("http") else "", root.get("isBasedOn"), root.get("url"),
        main.get("url"),
    )  # fmt: skip
    # The first that is there counts, also one that is no address: it is not passed over there.
    return _text(next((item for item in known if item), ""))


def _doi(root: Mapping[str, Any], entities: Mapping[str, Any]) -> str:
    """The DOI among the identifiers of the root, however they are written."""
    given = root.get("identifier", [])
    for item in given if isinstance(given, list) else [given]:
        entity = entities.get(_reference(item), item if isinstance(item, dict) else {})
        for text in (_text(item), _reference(item), *map(_text, entity.values())):
            if canonical_doi(text):
                return canonical_doi(text)
    return ""


def _reference(value: object) -> str:
    return str(value.get("@id", "")) if isinstance(value, dict) else ""


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def faults(content: object) -> dict[str, str]:
    """What WorkflowHub does not accept, from its JSON:API errors: field of our form → sentence."""
    found: dict[str, str] = {}
    errors = content.get("errors") if isinstance(content, dict) else None
    for item in errors if isinstance(errors, list) else []:
        detail = line(str(item.get("detail") or item.get("title") or "")) if _is(item) else ""
        field = FIELDS.get(_pointer(item), "repository")
        sentence = _advised(detail[:WORDS_AT_MOST] or "WorkflowHub does not say what is wrong.")
        found[field] = " ".join(filter(None, (found.get(field, ""), sentence)))
    return found


def _is(item: object) -> bool:
    return isinstance(item, dict)


def _pointer(item: object) -> str:
    source = item.get("source") if isinstance(item, dict) else None
    pointer = source.get("pointer") if isinstance(source, dict) else ""
    return str(pointer).rpartition("/")[2]


def _advised(detail: str) -> str:
    for words, advice in ADVICE.items():
        if words in detail.lower():
            return f"{advice} (It said: {detail})"
    return detail


def is_unread_crate(content: object) -> bool:
    """Whether an answer of 500 says that the crate, and not WorkflowHub, is at fault."""
    title = content.get("title") if isinstance(content, dict) else ""
    return "ro-crate read error" in str(title).lower()


def numbers_of(content: object) -> list[int]:
    """The numbers of the versions of a workflow, newest first."""
    versions = _attributes(content).get("versions")
    found = [item.get("version") for item in versions] if isinstance(versions, list) else []
    return sorted({number for number in found if isinstance(number, int)}, reverse=True)


def workflow_id(content: object) -> str:
    """The id of the workflow that an answer tells of; empty when it tells of none."""
    data = content.get("data") if isinstance(content, dict) else None
    name = str(data.get("id", "")) if isinstance(data, dict) else ""
    return name if name.isdecimal() else ""


def remote_of(content: dict[str, Any], number: int, base: str) -> Remote:
    """One version of a workflow, as WorkflowHub tells of it; its DOI when one was minted there."""
    name = workflow_id(content)
    told = [
        item
        for item in _attributes(content).get("versions") or []
        if isinstance(item, dict) and item.get("version") == number
    ]
    doi = canonical_doi(str(told[0].get("doi") or "")) if told else ""
    return Remote(
        stage=Stage.PUBLISHED,
        id=f"{name}/{number}",
        parent=name,
        doi=doi,
        url=f"{base}/workflows/{name}?version={number}",
        metadata=_attributes(content),
        raw=content,
    )


def _attributes(content: object) -> dict[str, Any]:
    data = content.get("data") if isinstance(content, dict) else None
    attributes = data.get("attributes") if isinstance(data, dict) else None
    return attributes if isinstance(attributes, dict) else {}
