"""DataCite 4.5 as JSON, as its schema of that version asks.

Terms that 4.5 does not have are said in the nearest that it has, so that the result is valid
whatever a release says: a SWHID is given by its address, an unknown relation is a reference.
"""

import json
from typing import Any

from publishing.domain.credits import licence_address, web_address
from publishing.domain.formats.described import Described
from publishing.domain.formats.wording import (
    address_of,
    canonical_doi,
    is_organisation,
    language,
    line,
    named,
    once,
    orcid_iri,
    paragraphs,
    ror_iri,
)
from publishing.domain.record import AUTHOR, Contributor, Funding, Related

Json = dict[str, Any]
SCHEMA = "http://datacite.org/schema/kernel-4"
UNKNOWN = "(:unav)"
"""What DataCite asks for where a mandatory value is unavailable (appendix 3 of 4.5)."""
SCHEMES = {
    "doi": "DOI", "arxiv": "arXiv", "bibcode": "bibcode", "url": "URL", "handle": "Handle",
    "urn": "URN", "swhid": "URL",
}  # fmt: skip
ROLES = frozenset(
    {
        "ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor",
        "HostingInstitution", "Producer", "ProjectLeader", "ProjectManager", "ProjectMember",
        "RegistrationAgency", "RegistrationAuthority", "RelatedPerson", "Researcher",
        "ResearchGroup", "RightsHolder", "Sponsor", "Supervisor", "WorkPackageLeader", "Other",
    }
)  # fmt: skip
KINDS = frozenset(
    {
        "Audiovisual", "Book", "BookChapter", "Collection", "ComputationalNotebook",
        "ConferencePaper", "ConferenceProceeding", "DataPaper", "Dataset", "Dissertation",
        "Event", "Image", "Instrument", "InteractiveResource", "Journal", "JournalArticle",
        "Model", "OutputManagementPlan", "PeerReview", "PhysicalObject", "Preprint", "Report",
        "Service", "Software", "Sound", "Standard", "StudyRegistration", "Text", "Workflow",
        "Other",
    }
)  # fmt: skip
RELATIONS = frozenset(
    {
        "IsCitedBy", "Cites", "IsCollectedBy", "Collects", "IsSupplementTo", "IsSupplementedBy",
        "IsContinuedBy", "Continues", "IsDescribedBy", "Describes", "HasMetadata",
        "IsMetadataFor", "HasVersion", "IsVersionOf", "IsNewVersionOf", "IsPartOf",
        "IsPreviousVersionOf", "IsPublishedIn", "HasPart", "IsReferencedBy", "References",
        "IsDocumentedBy", "Documents", "IsCompiledBy", "Compiles", "IsVariantFormOf",
        "IsOriginalFormOf", "IsIdenticalTo", "IsReviewedBy", "Reviews", "IsDerivedFrom",
        "IsSourceOf", "IsRequiredBy", "Requires", "IsObsoletedBy", "Obsoletes",
    }
)  # fmt: skip


def content(described: Described) -> Json:
    """The release as DataCite 4.5; lists that have nothing are left out."""
    record = described.record
    creators = [_person(person) for person in named(record.creators)]
    known: Json = {
        "schemaVersion": SCHEMA,
        "doi": canonical_doi(described.doi),
        "url": web_address(described.page),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Workflow Run RO-Crate"},
        "creators": creators or [{"name": UNKNOWN}],
        "titles": [{"title": line(record.title) or UNKNOWN, "lang": language(record.language)}],
        "publisher": {"name": described.published_by},
        "publicationYear": f"{described.issued.year:04}",
        "dates": _dates(described),
        "language": language(record.language),
        "version": str(described.version),
        "subjects": [{"subject": word} for word in once(map(line, record.keywords)) if word],
        "contributors": _contributors(record.contributors),
        "alternateIdentifiers": _other_names(described),
        "relatedIdentifiers": _related(described),
        "sizes": once(f"{file.size} bytes" for file in described.files),
        "formats": once(line(file.media_type) for file in described.files),
        "rightsList": _rights(described),
        "descriptions": _descriptions(described),
        "fundingReferences": once(_funding(item) for item in record.funding if line(item.funder)),
    }
    return {name: value for name, value in known.items() if value}


def text(described: Described) -> str:
    """The same as a JSON document."""
    return json.dumps(content(described), ensure_ascii=False, indent=2) + "\n"


def _person(person: Contributor) -> Json:
    group = is_organisation(person)
    names = {"givenName": line(person.given), "familyName": line(person.family)}
    known: Json = {
        "name": _filed(person),
        "nameType": "Organizational" if group else "Personal",
        **({} if group else names),
        "nameIdentifiers": _identifiers(person),
        "affiliation": _affiliation(person),
    }
    return {name: value for name, value in known.items() if value}


def _filed(person: Contributor) -> str:
    """The name as it is filed: family name first."""
    given, family = line(person.given), line(person.family)
    return f"{family}, {given}" if given and family else given or family


def _identifiers(person: Contributor) -> list[Json]:
    orcid, ror = orcid_iri(person.orcid), ror_iri(person.ror)
    if orcid:
        return [_identifier(orcid, "ORCID", "https://orcid.org")]
    # An organisation works nowhere: the identifier that it has is its own.
    return [_identifier(ror, "ROR", "https://ror.org")] if ror and is_organisation(person) else []


def _identifier(value: str, scheme: str, address: str) -> Json:
    return {"nameIdentifier": value, "nameIdentifierScheme": scheme, "schemeUri": address}


def _affiliation(person: Contributor) -> list[Json]:
    place, ror = line(person.affiliation), ror_iri(person.ror)
    if not place:
        return []
    more = {
        "affiliationIdentifier": ror,
        "affiliationIdentifierScheme": "ROR",
        "schemeUri": "https://ror.org",
    }
    return [{"name": place} | (more if ror else {})]


def _contributors(people: tuple[Contributor, ...]) -> list[Json]:
    return [
        _person(person) | {"contributorType": role}
        for person in named(people)
        for role in once(
            role if role in ROLES else "Other" for role in person.roles if role != AUTHOR
        )
    ]


def _dates(described: Described) -> list[Json]:
    known = [("Created", described.frozen, ""), ("Issued", described.issued, "")]
    if described.record.embargo:
        reason = line(described.record.embargo_reason)
        known.append(("Available", described.available, reason))
    if described.withdrawn:
        known.append(("Withdrawn", described.withdrawn, line(described.withdrawn_reason)))
    return [
        {"date": day.isoformat(), "dateType": kind} | ({"dateInformation": why} if why else {})
        for kind, day, why in known
    ]


def _other_names(described: Described) -> list[Json]:
    page = web_address(described.page)
    return [{"alternateIdentifier": page, "alternateIdentifierType": "URL"}] if page else []


def _related(described: Described) -> list[Json]:
    concept = canonical_doi(described.concept_doi)
    own: list[Json] = []
    if concept and concept != canonical_doi(described.doi):
        own.append(_relation(concept, "DOI", "IsVersionOf", ""))
    return once([*own, *(item for work in described.record.related if (item := _work(work)))])


def _work(work: Related) -> Json | None:
    scheme = SCHEMES.get(work.scheme, "URL")
    bare = {
        "DOI": canonical_doi(work.identifier),
        "URL": web_address(address_of(work)),
        "arXiv": f"arXiv:{line(work.identifier).removeprefix('arXiv:')}",
    }.get(scheme, line(work.identifier))
    return _relation(bare, scheme, work.relation, work.kind) if bare else None


def _relation(identifier: str, scheme: str, relation: str, kind: str) -> Json:
    known = {
        "relatedIdentifier": identifier,
        "relatedIdentifierType": scheme,
        "relationType": relation if relation in RELATIONS else "References",
    }
    return known | ({"resourceTypeGeneral": kind} if kind in KINDS else {})


def _rights(described: Described) -> list[Json]:
    record = described.record
    parts = (
        ("", record.licence), ("Code", record.licences.code), ("Data", record.licences.data),
        ("Text", record.licences.text),
    )  # fmt: skip
    return once(_right(part, line(licence)) for part, licence in parts if line(licence))


def _right(part: str, licence: str) -> Json:
    words = {"rights": f"{part}: {licence}" if part else licence}
    address = licence_address(licence)
    more = {
        "rightsUri": address,
        "rightsIdentifier": licence,
        "rightsIdentifierScheme": "SPDX",
        "schemeUri": "https://spdx.org/licenses/",
    }
    return words | (more if address else {})


def _descriptions(described: Described) -> list[Json]:
    record, code = described.record, described.code
    made = [line(code.language), line(code.runtime), line(code.repository), line(code.commit)]
    known = [
        ("Abstract", paragraphs(record.description)),
        ("TechnicalInfo", ", ".join(filter(None, made))),
        ("Other", _tombstone(described)),
    ]
    return [
        {"description": words, "descriptionType": kind, "lang": language(record.language)}
        for kind, words in known
        if words
    ]


def _tombstone(described: Described) -> str:
    if described.withdrawn is None:
        return ""
    return f"Withdrawn on {described.withdrawn}. {line(described.withdrawn_reason)}".strip()


def _funding(item: Funding) -> Json:
    ror, award = ror_iri(item.ror), web_address(item.url)
    known = {
        "funderName": line(item.funder),
        "funderIdentifier": ror,
        "funderIdentifierType": "ROR" if ror else "",
        "awardNumber": line(item.number),
        "awardUri": award,
        "awardTitle": line(item.title),
    }
    return {name: value for name, value in known.items() if value}
