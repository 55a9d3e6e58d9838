"""CITATION.cff: the Citation File Format 1.2.0, as YAML."""

import re
from typing import Any

import yaml

from publishing.domain.credits import licence_address, web_address
from publishing.domain.formats.described import Described
from publishing.domain.formats.wording import (
    address_of,
    canonical_doi,
    is_organisation,
    line,
    named,
    once,
    orcid_iri,
    paragraphs,
    ror_iri,
    swhid,
)
from publishing.domain.record import Contributor, Related

Json = dict[str, Any]
DOI = re.compile(
    r"10\.[0-9]{4,9}(?:\.[0-9]+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+"
)  # narrower than DOIs are
COMMIT = re.compile(r"[0-9a-f]{7,64}")
TYPES = {
    "JournalArticle": "article", "Preprint": "article", "ConferencePaper": "conference-paper",
    "Book": "book", "BookChapter": "book", "Dataset": "data", "DataPaper": "article",
    "Software": "software", "Workflow": "software", "ComputationalNotebook": "software",
    "Dissertation": "thesis", "Report": "report", "Standard": "standard",
}  # fmt: skip
MESSAGE = "Please cite this release, and the works it is based on, by their DOIs."
WORDS = {"IsVersionOf": "All versions of this release together."}


def content(described: Described) -> Json:
    """The release as the members of CITATION.cff; what is not known is left out."""
    record, code = described.record, described.code
    known: Json = {
        "cff-version": "1.2.0",
        "message": MESSAGE,
        "type": "dataset",
        "title": line(record.title) or "untitled",
        "abstract": paragraphs(record.description),
        "authors": [_person(item) for item in named(record.creators)] or [{"name": "anonymous"}],
        "contact": [_person(item) for item in named(record.contributors) if _is_contact(item)],
        "version": str(described.version),
        "doi": _doi(described.doi),
        "date-released": described.issued.isoformat(),
        **_licence(line(record.licence)),
        "url": web_address(described.page),
        "repository-code": web_address(code.repository),
        "commit": code.commit if COMMIT.fullmatch(code.commit) else "",
        "identifiers": _identifiers(described),
        "keywords": once(word for word in map(line, record.keywords) if word),
        "references": once(filter(None, map(_reference, record.related))),
    }
    return {name: value for name, value in known.items() if value}


def text(described: Described) -> str:
    """The same as a YAML document; every value that YAML could misread is quoted."""
    return yaml.safe_dump(
        content(described), sort_keys=False, allow_unicode=True, width=100, default_flow_style=False
    )


def _is_contact(person: Contributor) -> bool:
    return "ContactPerson" in person.roles


def _person(person: Contributor) -> Json:
    orcid = orcid_iri(person.orcid)
    if is_organisation(person):
        known = {"name": line(person.name), "website": ror_iri(person.ror)}
    else:
        known = {
            "family-names": line(person.family),
            "given-names": line(person.given),
            "orcid": orcid,
            "affiliation": line(person.affiliation),
        }
    return {name: value for name, value in known.items() if value}


def _licence(licence: str) -> Json:
    if licence_address(licence):
        return {"license": licence}
    return {"license-url": web_address(licence)}  # other words than SPDX have no place


def _doi(text: str) -> str:
    known = canonical_doi(text)
    return known if DOI.fullmatch(known) else ""


def _identifiers(described: Described) -> list[Json]:
    own, concept = _doi(described.doi), _doi(described.concept_doi)
    known = [
        ("doi", own, f"Version {described.version} of this release."),
        ("doi", concept if concept != own else "", WORDS["IsVersionOf"]),
        ("swh", swhid(described.code.archived), "The code that was run, as it is archived."),
    ]
    return [
        {"type": kind, "value": value, "description": words}
        for kind, value, words in known
        if value
    ]


def _reference(work: Related) -> Json | None:
    doi, address = _doi(work.identifier) if work.scheme == "doi" else "", address_of(work)
    where = {"doi": doi} if doi else {"url": web_address(address)}
    if not all(where.values()):
        return None
    return {
        "type": TYPES.get(work.kind, "generic"),
        "title": line(work.title) or line(work.identifier),
        # The format asks for authors; ours are known by the identifier alone.
        "authors": [{"name": "anonymous"}],
        "notes": work.relation,
        **where,
    }
