"""A release for search engines: schema.org and the Dataset profile of Bioschemas, as JSON-LD."""

import json
from typing import Any

from publishing.domain.credits import web_address
from publishing.domain.formats import linked
from publishing.domain.formats.described import Described, DescribedFile
from publishing.domain.formats.wording import (
    ARCHIVE,
    canonical_doi,
    line,
    named,
    once,
    paragraphs,
    swhid,
)
from publishing.domain.record import AUTHOR, Contributor, Related

Json = dict[str, Any]
PROFILE = "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"
MEMBERS = {
    "IsSupplementTo": "citation", "Cites": "citation", "References": "citation",
    "IsDerivedFrom": "isBasedOn", "IsCompiledBy": "isBasedOn", "IsVariantFormOf": "isBasedOn",
    "IsPartOf": "isPartOf", "HasPart": "hasPart", "IsIdenticalTo": "sameAs",
}  # fmt: skip
UNSAFE = {
    ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026",
    0x2028: "\\u2028", 0x2029: "\\u2029",
}  # fmt: skip


def content(described: Described) -> Json:
    """The release as a schema.org Dataset; what is not known is left out."""
    record = described.record
    words = line(record.title) or "untitled"
    names = record.licences
    known = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": described.link,
        "http://purl.org/dc/terms/conformsTo": {"@id": PROFILE},
        "identifier": _identifiers(described),
        "url": line(described.page),
        "name": words,
        "description": paragraphs(record.description) or words,
        "license": linked.licences(record.licence, names.data, names.code, names.text),
        "creator": [linked.person(item) for item in named(record.creators)],
        "contributor": _roles(record.contributors),
        "publisher": {"@type": "Organization", "name": described.published_by},
        "includedInDataCatalog": _catalogue(described),
        "version": str(described.version),
        "inLanguage": line(record.language),
        "keywords": once(filter(None, map(line, record.keywords))),
        "dateCreated": described.frozen.isoformat(),
        "datePublished": described.issued.isoformat(),
        "creativeWorkStatus": "Withdrawn" if described.withdrawn else "Published",
        "isAccessibleForFree": True,
        "conditionsOfAccess": _access(described),
        "exampleOfWork": _concept(described),
        "funding": [linked.grant(item) for item in record.funding if line(item.funder)],
        "distribution": [_download(item) for item in described.files if web_address(item.url)],
        **_works(described),
    }  # fmt: skip
    return linked.filled(known)


def text(described: Described) -> str:
    """The same as a JSON document that may stand inside a script element."""
    return script_text(content(described)) + "\n"


def script_text(value: Json) -> str:
    """JSON that nothing in it can end the script element it stands in (HTML 4.12.1.3)."""
    return json.dumps(value, ensure_ascii=False, indent=1).translate(UNSAFE)


def _identifiers(described: Described) -> list[Json]:
    known = [("doi", canonical_doi(described.doi)), ("swhid", swhid(described.code.archived))]
    return [
        {"@type": "PropertyValue", "propertyID": kind, "value": value}
        for kind, value in known
        if value
    ]


def _roles(people: tuple[Contributor, ...]) -> list[Json]:
    return [
        {"@type": "Role", "roleName": line(role), "contributor": linked.person(person)}
        for person in named(people)
        for role in person.roles
        if role != AUTHOR
    ]


def _catalogue(described: Described) -> Json:
    return {"@type": "DataCatalog", "name": line(described.service), "url": described.service_url}


def _access(described: Described) -> str:
    if described.withdrawn:
        return f"Withdrawn on {described.withdrawn}. {line(described.withdrawn_reason)}".strip()
    if described.available > described.issued:
        why = line(described.record.embargo_reason)
        return f"Files are closed until {described.available}. {why}".strip()
    return ""


def _concept(described: Described) -> Json:
    address = described.link_of(described.concept_doi)
    if not address or address == described.link:
        return {}
    return {"@type": "Dataset", "@id": address, "name": line(described.record.title)}


def _download(file: DescribedFile) -> Json:
    return {
        "@type": "DataDownload",
        "name": line(file.name),
        "contentUrl": file.url,
        "encodingFormat": line(file.media_type),
        "contentSize": str(file.size),
        "sha256": line(file.sha256),
    }


def _works(described: Described) -> Json:
    found: dict[str, list[Json]] = {}
    for item in described.record.related:
        member, about = MEMBERS.get(item.relation, ""), linked.work(item)
        if member and about:
            found.setdefault(member, []).append(about)
    code = _code(described)
    if code:
        found.setdefault("isBasedOn", []).append(code)
    return {name: once(items) for name, items in found.items()}


def _code(described: Described) -> Json:
    code = described.code
    address = web_address(code.repository)
    if not address or any(_is_of(item, address) for item in described.record.related):
        return {}
    known = {
        "@type": "SoftwareSourceCode",
        "codeRepository": address,
        "version": line(code.commit),
        "sameAs": f"{ARCHIVE}{code.archived}" if swhid(code.archived) else "",
    }
    return linked.filled(known)


def _is_of(item: Related, address: str) -> bool:
    return item.relation == "IsCompiledBy" and item.identifier.startswith(address)
