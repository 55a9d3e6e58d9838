"""A crate in the words of RO-Crate 1.3, where these are others than those of 1.1.

What changes: identifiers are entities, profiles are called so, parameters have a type of
schema.org too, every file has a description, names are spelled in UTF-8, and whoever publishes
can be reached. Organisations are told by their kind, since the plain type is for those whom the
register of research organisations (ROR) knows.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from publishing.domain.credits import Entity, ref
from publishing.domain.facts import OLDER
from publishing.domain.profiles import Crate, types_of

BIOSCHEMAS = "https://bioschemas.org/profiles/"
CONTACT = "#contact"
NOT_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
LANGUAGES = {"#cwl": "1.2", "#python": "3", "#request-language": "1"}
"""What the version of a language is when the run did not tell: the newest that a runner reads."""
ROR = "https://ror.org/"


def newer(crate: Crate) -> Crate:
    """The same crate in the words of RO-Crate 1.3; a crate of 1.1 is given back as it is."""
    if crate.ro_crate == OLDER:
        return crate
    page = str(crate.root.get("url", ""))
    publisher = str(crate.root["publisher"]["@id"])
    named = _renamed(page)
    root, identifiers = _root(crate.root)
    root = _mentioning(root, crate.others)
    others = [_spoken(item, publisher, page) for item in crate.others if not _is_page(item)]
    reached = [_contact(publisher), *_reached(others, publisher)]
    more = [*identifiers, *reached, *_conformed(crate.data, others)]
    return replace(
        crate,
        root=_through(root, named),
        data=tuple(_through(_told(item), named) for item in crate.data),
        others=tuple(_through(item, named) for item in (*others, *more)),
    )


def _is_page(entity: Entity) -> bool:
    """Whether it is the preview, which is no part of what 1.3 describes."""
    return str(entity["@id"]) == "ro-crate-preview.html"


def _root(root: Entity) -> tuple[Entity, list[Entity]]:
    """The root with its identifier as an entity, as Science on Schema.org spells identifiers."""
    doi = root.get("identifier")
    if not doi:
        return root, []
    about: Entity = {
        "@id": "#doi", "@type": "PropertyValue", "name": "DOI", "url": doi, "value": doi,
        "propertyID": "https://registry.identifiers.org/registry/doi",
    }  # fmt: skip
    return root | {"identifier": ref("#doi")}, [about]


def _mentioning(root: Entity, others: Iterable[Entity]) -> Entity:
    """The root with what organised a composed run among what it mentions."""
    mentions = root.get("mentions", [])
    known = mentions if isinstance(mentions, list) else [mentions]
    more = [ref(item["@id"]) for item in others if types_of(item) == ["OrganizeAction"]]
    return root | {"mentions": [*known, *more]} if more else root


def _told(entity: Entity) -> Entity:
    """A file or folder with some words on what it is."""
    return {"description": str(entity.get("name") or entity["@id"])} | entity


def _spoken(entity: Entity, publisher: str, page: str) -> Entity:
    kinds = types_of(entity)
    changes: dict[str, Callable[[Entity], Entity]] = {
        "FormalParameter": lambda item: item | {
            "@type": ["FormalParameter", "PropertyValueSpecification"]},
        "ComputerLanguage": _language,
        "SoftwareApplication": _application,
        "ParameterConnection": _connection,
        "Organization": lambda item: _organisation(item, publisher, page),
        "CreativeWork": _work,
    }  # fmt: skip
    for kind, change in changes.items():
        if kind in kinds:
            return change(entity)
    return entity


def _application(entity: Entity) -> Entity:
    told = {name: value for name, value in entity.items() if name != "softwareVersion"}
    return told | {"version": entity.get("version") or entity.get("softwareVersion", "1")}


def _connection(entity: Entity) -> Entity:
    ends = (entity["sourceParameter"]["@id"], entity["targetParameter"]["@id"])
    return entity | {
        "@type": ["ParameterConnection", "Intangible"],
        "name": " to ".join(end.lstrip("#") for end in ends),
    }


def _language(entity: Entity) -> Entity:
    url = entity.get("url", "")
    known = {"version": LANGUAGES.get(str(entity["@id"]), "1")} | entity
    return known | {"url": url["@id"] if isinstance(url, dict) else url}


def _organisation(entity: Entity, publisher: str, page: str) -> Entity:
    name = str(entity["@id"])
    if name == publisher:
        return entity | {"contactPoint": ref(CONTACT)}
    if name.startswith(ROR):
        return entity | {"contactPoint": ref(f"{name}#contact")}
    kind = "ArchiveOrganization" if page.startswith(name) else "ResearchOrganization"
    return entity | {"@type": kind}


def _work(entity: Entity) -> Entity:
    if "w3id.org" in str(entity["@id"]):
        return entity | {"@type": ["CreativeWork", "Profile"]}
    return {"description": str(entity.get("name") or entity["@id"])} | entity


def _contact(publisher: str) -> Entity:
    return {
        "@id": CONTACT, "@type": "ContactPoint", "name": "Where the publisher is found",
        "contactType": "publisher", "url": publisher,
    }  # fmt: skip


def _reached(others: Iterable[Entity], publisher: str) -> list[Entity]:
    """How organisations of the register are reached: their entry there says."""
    return [
        {
            "@id": f"{item['@id']}#contact", "@type": "ContactPoint", "name": item["name"],
            "contactType": "entry in the register of research organisations", "url": item["@id"],
        }
        for item in others
        if types_of(item) == ["Organization"] and item["@id"] != publisher
    ]  # fmt: skip


def _conformed(data: Iterable[Entity], others: Iterable[Entity]) -> list[Entity]:
    """The profiles of Bioschemas that single entities keep."""
    kept = (item.get("conformsTo", {}) for item in (*data, *others))
    names = {item["@id"] for item in kept if isinstance(item, dict) and "@id" in item}
    return [
        {
            "@id": name, "@type": ["CreativeWork", "Profile"],
            "name": name.removeprefix(BIOSCHEMAS).replace("/", " "),
        }
        for name in sorted(names)
        if name.startswith(BIOSCHEMAS)
    ]  # fmt: skip


def _renamed(page: str) -> Callable[[str], str]:
    """How a name is spelled: in UTF-8, and a licence without an address by the crate's page."""

    def rename(name: str) -> str:
        if name.startswith(("#licence-", "#data-licence-")):
            return f"{page}{name}"
        return NOT_ASCII.sub(lambda found: unquote(found[0]), name)

    return rename


def _through(value: Any, rename: Callable[[str], str]) -> Any:  # noqa: ANN401 -- any JSON value
    if isinstance(value, list):
        return [_through(item, rename) for item in value]
    if isinstance(value, dict):
        return {
            name: rename(item) if name == "@id" else _through(item, rename)
            for name, item in value.items()
        }
    return value
