"""What the fake InvenioRDM accepts as metadata: its vocabularies and the rules of its fields."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

VOCABULARIES = {
    "resourcetypes": {
        "dataset", "software", "software-computationalnotebook", "workflow", "publication",
        "publication-article", "publication-preprint", "publication-thesis", "publication-report",
        "publication-datapaper", "publication-softwaredocumentation", "publication-book",
        "publication-other", "image", "image-plot", "image-figure", "image-photo", "image-other",
        "model", "lesson", "project", "instrument", "event", "video", "other",
    },
    "licenses": {
        "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc0-1.0", "bsd-3-clause", "bsd-2-clause",
        "mit", "apache-2.0", "gpl-3.0-only", "gpl-3.0-or-later", "gpl-2.0-only",
        "gpl-2.0-or-later", "lgpl-3.0-only", "lgpl-3.0-or-later", "mpl-2.0", "agpl-3.0-only",
        "agpl-3.0-or-later", "isc", "unlicense", "odbl-1.0", "epl-2.0", "cc-by-3.0",
    },
    "relationtypes": {
        "iscitedby", "cites", "issupplementto", "issupplementedby", "iscontinuedby", "continues",
        "isdescribedby", "describes", "hasmetadata", "ismetadatafor", "hasversion", "isversionof",
        "isnewversionof", "ispreviousversionof", "ispartof", "haspart", "ispublishedin",
        "isreferencedby", "references", "isdocumentedby", "documents", "iscompiledby", "compiles",
        "isvariantformof", "isoriginalformof", "isidenticalto", "isreviewedby", "reviews",
        "isderivedfrom", "issourceof", "requires", "isrequiredby", "obsoletes", "isobsoletedby",
        "iscollectedby", "collects",
    },
    "contributorsroles": {
        "contactperson", "datacollector", "datacurator", "datamanager", "distributor", "editor",
        "hostinginstitution", "producer", "projectleader", "projectmanager", "projectmember",
        "registrationagency", "registrationauthority", "relatedperson", "researcher",
        "researchgroup", "rightsholder", "sponsor", "supervisor", "workpackageleader", "other",
    },
    "descriptiontypes": {
        "abstract", "methods", "series-information", "table-of-contents", "technical-info",
        "notes", "other",
    },
    "datetypes": {
        "accepted", "available", "collected", "copyrighted", "created", "issued", "other",
        "submitted", "updated", "valid", "withdrawn",
    },
    "languages": {"eng", "fra", "deu", "ita", "spa", "dan", "swe", "ukr", "rus", "nld", "por"},
}  # fmt: skip
SCHEMES = {
    "ark", "arxiv", "ads", "crossreffunderid", "doi", "ean13", "eissn", "grid", "handle", "igsn",
    "isbn", "isni", "issn", "istc", "lissn", "lsid", "pmid", "purl", "swh", "upc", "url", "urn",
    "w3id", "other",
}  # fmt: skip
FIELDS = {
    "resource_type", "creators", "title", "additional_titles", "publisher", "publication_date",
    "subjects", "contributors", "dates", "languages", "identifiers", "related_identifiers",
    "sizes", "formats", "version", "rights", "copyright", "description",
    "additional_descriptions", "locations", "funding", "references",
}  # fmt: skip
ROR = re.compile(r"0[a-z0-9]{6}\d{2}")
EDTF = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?")
MISSING = "Missing data for required field."


def unknown_word(metadata: dict[str, Any]) -> str:
    """The first id that is in no vocabulary; empty when all are known."""
    return next((word for vocabulary, word in _ids(metadata) if not _known(vocabulary, word)), "")


def _known(vocabulary: str, word: str) -> bool:
    if vocabulary == "ror":
        return bool(ROR.fullmatch(word))
    return word in VOCABULARIES[vocabulary]


def _ids(metadata: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids of a record's metadata, each with its vocabulary."""
    yield from _id_of("resourcetypes", metadata.get("resource_type"))
    for name, vocabulary in (("rights", "licenses"), ("languages", "languages")):
        for item in metadata.get(name) or []:
            yield from _id_of(vocabulary, item)
    for item in metadata.get("related_identifiers") or []:
        yield from _id_of("relationtypes", item.get("relation_type"))
        yield from _id_of("resourcetypes", item.get("resource_type"))
    for item in [*(metadata.get("creators") or []), *(metadata.get("contributors") or [])]:
        yield from _id_of("contributorsroles", item.get("role"))
        for place in item.get("affiliations") or []:
            yield from _id_of("ror", place)
    for item in metadata.get("funding") or []:
        yield from _id_of("ror", item.get("funder"))
    for item in metadata.get("additional_descriptions") or []:
        yield from _id_of("descriptiontypes", item.get("type"))
    for item in metadata.get("dates") or []:
        yield from _id_of("datetypes", item.get("type"))


def _id_of(vocabulary: str, item: Any) -> Iterator[tuple[str, str]]:
    if isinstance(item, dict) and "id" in item:
        yield vocabulary, str(item["id"])


def metadata_faults(metadata: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a record's metadata: field and message."""
    for name in sorted(set(metadata) - FIELDS):
        yield f"metadata.{name}", "Unknown field."
    for name in ("resource_type", "creators", "title", "publication_date"):
        if not metadata.get(name):
            yield f"metadata.{name}", MISSING
    if 0 < len(metadata.get("title") or "") < 3:
        yield "metadata.title", "Shorter than minimum length 3."
    if metadata.get("publication_date") and not EDTF.fullmatch(metadata["publication_date"]):
        yield (
            "metadata.publication_date",
            "Please provide a valid date or interval.",
        )
    yield from _people_faults("creators", metadata.get("creators") or [])
    yield from _people_faults("contributors", metadata.get("contributors") or [])
    yield from _identifier_faults(metadata)
    for number, item in enumerate(metadata.get("funding") or []):
        title = (item.get("award") or {}).get("title")
        if title is not None and not isinstance(title, dict):
            yield f"metadata.funding.{number}.award.title", "Not a valid mapping type."


def _people_faults(name: str, people: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for number, person in enumerate(people):
        who, field = person.get("person_or_org") or {}, f"metadata.{name}.{number}"
        if who.get("type") not in {"personal", "organizational"}:
            yield f"{field}.person_or_org.type", "Invalid value."
        needed = "family_name" if who.get("type") == "personal" else "name"
        if not who.get(needed):
            yield f"{field}.person_or_org.{needed}", f"{needed} cannot be blank."
        for place, item in enumerate(who.get("identifiers") or []):
            if item.get("scheme") == "orcid" and not orcid_fits(item.get("identifier", "")):
                where = f"{field}.person_or_org.identifiers.{place}.identifier"
                yield where, "Invalid ORCID identifier."
        if name == "contributors" and not (person.get("role") or {}).get("id"):
            yield f"{field}.role", MISSING


def _identifier_faults(metadata: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(metadata.get("identifiers") or []):
        if item.get("scheme", "other") not in SCHEMES:
            yield f"metadata.identifiers.{number}.scheme", "Invalid scheme."
    for number, item in enumerate(metadata.get("related_identifiers") or []):
        field = f"metadata.related_identifiers.{number}"
        if item.get("scheme") not in SCHEMES:
            yield f"{field}.scheme", "Invalid scheme."
        if not item.get("identifier"):
            yield f"{field}.identifier", MISSING
        if not item.get("relation_type"):
            yield f"{field}.relation_type", MISSING


def access_faults(access: dict[str, Any], today: date) -> Iterator[tuple[str, str]]:
    """What is wrong with the embargo of a record."""
    embargo = access.get("embargo") or {}
    if not embargo.get("active"):
        return
    until = str(embargo.get("until") or "")
    if not until or until <= today.isoformat():
        yield "access.embargo.until", "Embargo end date must be set to a future date."


def orcid_fits(text: str) -> bool:
    """Whether the last digit of an ORCID fits (ISO 7064, 11-2)."""
    digits = text.removeprefix("https://orcid.org/").replace("-", "")
    if not re.fullmatch(r"\d{15}[\dX]", digits):
        return False
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return digits[-1] == ("X" if rest == 10 else str(rest))
