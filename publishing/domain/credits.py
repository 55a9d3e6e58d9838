"""People, licences and services as entities of linked data (schema.org)."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from catalogue.domain.entry import Person
from publishing.domain.record import Contributor

Entity = dict[str, Any]
Somebody = Person | Contributor
ORCID = re.compile(r"^(?:https?://orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])$")
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


def orcid_of(person: Somebody) -> str:
    """The ORCID of a person as an address; empty when there is none or it is misspelled."""
    found = ORCID.match(person.orcid.strip())
    return f"https://orcid.org/{found[1]}" if found else ""


def is_group(person: Somebody) -> bool:
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


def people_entities(people: Iterable[Somebody], page: str) -> tuple[list[str], list[Entity]]:
    """The identifiers of people in order, and the entities of them and their affiliations.

    Args:
        people: in order; who is named twice is one.
        page: the page that names them, given as the address of an organisation without one.
    """
    names: list[str] = []
    entities: dict[str, Entity] = {}
    for number, person in enumerate(people, start=1):
        name = orcid_of(person) or f"#person-{number}"
        names.append(name)
        entities.setdefault(name, _person(name, person, page))
        if person.affiliation or _ror(person):
            group = organisation(person.affiliation, _ror(person), page)
            entities.setdefault(group["@id"], group)
    return list(dict.fromkeys(names)), list(entities.values())


def organisation(name: str, ror: str, page: str) -> Entity:
    """An organisation by its ROR or address, else by its name."""
    # Some write the address of a register of organisations instead of a name.
    address = web_address(ror) or web_address(name)
    about: Entity = {"@id": address, "@type": "Organization", "name": name or ror, "url": address}
    return about if address else about | {"@id": f"#organisation-{_short(name)}"} | _nowhere(page)


def _nowhere(page: str) -> Entity:
    return {"url": page, "description": "No address of it is known here; this page names it."}


def _ror(person: Somebody) -> str:
    return person.ror if isinstance(person, Contributor) else ""


def _person(name: str, person: Somebody, page: str) -> Entity:
    about: Entity = {"@id": name, "@type": "Person", "name": person.name or "unnamed"}
    if is_group(person):
        about |= {"@type": "Organization"} | _nowhere(page)
    if person.given:
        about |= {"givenName": person.given, "familyName": person.family}
    if person.affiliation or _ror(person):
        group = organisation(person.affiliation, _ror(person), page)
        about["affiliation"] = ref(group["@id"])
    return about


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
