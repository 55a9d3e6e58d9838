"""A release for search engines: schema.org Dataset as JSON-LD inside its page."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.domain.entry import Person
from publishing.domain.credits import (
    is_group,
    licence_address,
    licence_entity,
    orcid_of,
    service_entity,
    web_address,
)

UNSAFE = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@dataclass(frozen=True, slots=True)
class Landing:
    """What the page of a release says.

    Attributes:
        service: address of this service.
        page: address of the page.
        cite_as: address that its DOI leads to.
        doi: the DOI itself.
        title: one line.
        description: some sentences.
        licence: SPDX identifier, or words.
        people: the authors.
        keywords: words to find it by.
        references: addresses of the papers it repeats.
        published: when it was published.
        crate: address of its crate.
        size: bytes of the crate.
        digest: sha256 of the crate.
    """

    service: str
    page: str
    cite_as: str
    doi: str
    title: str
    description: str
    licence: str
    people: tuple[Person, ...]
    keywords: tuple[str, ...]
    references: tuple[str, ...]
    published: datetime
    crate: str
    size: int
    digest: str


def dataset(landing: Landing) -> dict[str, Any]:
    """The release as a schema.org Dataset."""
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": landing.cite_as,
        "identifier": {"@type": "PropertyValue", "propertyID": "doi", "value": landing.doi},
        "url": landing.page,
        "name": landing.title,
        "description": landing.description or landing.title,
        "license": licence_address(landing.licence) or licence_entity(landing.licence)["name"],
        "creator": [_person(person) for person in landing.people],
        "publisher": service_entity(landing.service) | {"@id": landing.service},
        "datePublished": landing.published.date().isoformat(),
        "isAccessibleForFree": True,
        "distribution": {
            "@type": "DataDownload",
            "contentUrl": landing.crate,
            "encodingFormat": "application/zip",
            "contentSize": str(landing.size),
            "sha256": landing.digest,
        },
    }
    lists: dict[str, Any] = {
        "keywords": ", ".join(landing.keywords),
        "citation": [item for item in landing.references if web_address(item)],
    }
    return about | {name: value for name, value in lists.items() if value}


def script_text(value: dict[str, Any]) -> str:
    """JSON that nothing in it can end the script element it stands in (HTML 4.12.1.3)."""
    return json.dumps(value, ensure_ascii=False, indent=1).translate(UNSAFE)


def _person(person: Person) -> dict[str, Any]:
    orcid = orcid_of(person)
    about: dict[str, Any] = {
        "@type": "Organization" if is_group(person) else "Person",
        "name": person.name,
    }
    if person.affiliation:
        about["affiliation"] = {"@type": "Organization", "name": person.affiliation}
    return about | ({"@id": orcid} if orcid else {})
