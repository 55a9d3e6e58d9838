"""People, licences and services as entities of linked data (schema.org)."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from catalogue.domain.entry import Person

Entity = dict[str, Any]
ORCID = re.compile(r"^(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])$")
SPDX = re.compile(r"^[A-Za-z0-9][A-Za-z0-9.+-]{0,60}$")
ADDRESS = re.compile(r"^https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+$")
ADDRESS_AT_MOST = 2000


def ref(identifier: str) -> Entity:
    """A reference to an entity."""
    return {"@id": identifier}


def web_address(text: str) -> str:
    """The text when it is an absolute web address spelled plainly (RFC 3986), else empty."""
    if len(text) > ADDRESS_AT_MOST or not ADDRESS.match(text):
        return ""
    try:
        return text if urlsplit(text).hostname else ""
    except ValueError:
        return ""


def orcid_of(person: Person) -> str:
    """The ORCID of a person as an address; empty when there is none or it is misspelled."""
    found = ORCID.match(person.orcid.strip())
    return f"https://orcid.org/{found[1]}" if found else ""


def is_group(person: Person) -> bool:
    """Whether an author is an organisation: CITATION.cff gives those one name and no more."""
    return not (person.given or orcid_of(person) or person.affiliation)


def licence_address(licence: str) -> str:
    """The page of an SPDX identifier; empty when the text is none."""
    return f"https://spdx.org/licenses/{licence}" if SPDX.match(licence) else ""


def licence_entity(licence: str) -> Entity:
    """The licence as an entity: by SPDX address, else by its words, else as not given."""
    address = licence_address(licence)
    if address:
        what = f"The licence with the SPDX identifier {licence}."
        return {"@id": address, "@type": "CreativeWork", "name": licence, "description": what}
    name = licence or "No licence given"
    what = licence or "No licence was given: all rights remain with the authors."
    return {
        "@id": f"#licence-{_short(name)}",
        "@type": "CreativeWork",
        "name": name,
        "description": what,
    }


def service_entity(service: str) -> Entity:
    """This service, as publisher and as the agent of runs."""
    return {"@id": service, "@type": "Organization", "name": "Reprise", "url": service}


def people_entities(people: Iterable[Person]) -> tuple[list[str], list[Entity]]:
    """The identifiers of people in order, and the entities of them and their affiliations."""
    names: list[str] = []
    entities: dict[str, Entity] = {}
    for number, person in enumerate(people, start=1):
        name = orcid_of(person) or f"#person-{number}"
        names.append(name)
        entities.setdefault(name, _person(name, person))
        if person.affiliation:
            group = _organisation(person.affiliation)
            entities.setdefault(group["@id"], group)
    return list(dict.fromkeys(names)), list(entities.values())


def _person(name: str, person: Person) -> Entity:
    about: Entity = {"@id": name, "@type": "Person", "name": person.name or "unnamed"}
    if is_group(person):
        about["@type"] = "Organization"
    if person.given:
        about |= {"givenName": person.given, "familyName": person.family}
    if person.affiliation:
        about["affiliation"] = ref(_organisation(person.affiliation)["@id"])
    return about


def _organisation(name: str) -> Entity:
    if web_address(name):  # some write the address of a register of organisations (ROR)
        return {"@id": name, "@type": "Organization", "name": name, "url": name}
    return {"@id": f"#organisation-{_short(name)}", "@type": "Organization", "name": name}


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
