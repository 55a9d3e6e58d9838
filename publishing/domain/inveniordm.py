"""A record in the words of InvenioRDM (its records API and the vocabularies that come with it).

Everything that the repository would refuse is found here first, by the fields of our own form.
Sources: InvenioRDM, "Metadata reference"; its vocabularies of relation types, resource types and
roles are DataCite's words in small letters.
"""

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlsplit

from publishing.domain.credits import licence_address
from publishing.domain.faults import faults_of
from publishing.domain.licences import licence_spelled
from publishing.domain.orcid import orcid_spelled, ror_spelled
from publishing.domain.record import AUTHOR, Contributor, Funding, Record, Related
from publishing.errors import RefusedError

Json = dict[str, Any]
KEY_SCHEME = "urn"
TITLE_AT_LEAST = 3
RESOURCE_TYPE = "dataset"
LICENCES = frozenset(
    {
        "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0", "MIT", "ISC",
        "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "EPL-2.0", "Unlicense",
        "ODbL-1.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later",
        "LGPL-3.0-only", "LGPL-3.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later",
    }
)  # fmt: skip
"""Licences that every InvenioRDM knows by their SPDX identifier; others go with title and link."""
KINDS = {
    "JournalArticle": "publication-article", "Preprint": "publication-preprint",
    "DataPaper": "publication-datapaper", "Book": "publication-book",
    "Report": "publication-report", "Dataset": "dataset", "Software": "software",
    "ComputationalNotebook": "software-computationalnotebook", "Workflow": "workflow",
    "Image": "image", "Model": "model", "Event": "event", "Other": "other",
}  # fmt: skip
LANGUAGES = {
    "en": "eng", "fr": "fra", "de": "deu", "it": "ita", "es": "spa", "da": "dan", "sv": "swe",
    "uk": "ukr", "ru": "rus", "nl": "nld", "pt": "por",
}  # fmt: skip
"""ISO 639-1 to 639-3."""
SCHEMES = {
    "doi": "doi", "arxiv": "arxiv", "bibcode": "ads", "url": "url", "handle": "handle",
    "urn": "urn", "swhid": "url",
}  # fmt: skip
ARCHIVE = "https://archive.softwareheritage.org/"


def content_of(  # noqa: PLR0913 -- a record knows neither key nor page
    record: Record, *, key: str, page: str, published: str, publisher: str, version: str = ""
) -> Json:
    """The body of a draft.

    Args:
        record: what a release says of itself.
        key: names the deposit there, as a URN; the draft is known again by it.
        page: address of the release's landing page here.
        published: date of publication, ISO: the repository would take its own today.
        publisher: name of the repository.
        version: of the release; empty for none.

    Raises:
        RefusedError: the repository would not accept it; by field of our form.
    """
    check(record, published)
    known: Json = {
        "resource_type": {"id": RESOURCE_TYPE},
        "title": record.title,
        "creators": [_creator(person) for person in record.creators],
        "contributors": _contributors(record.contributors),
        "description": _paragraphs(record.description),
        "publisher": publisher,
        "publication_date": published,
        "version": version,
        "rights": _rights(record),
        "subjects": [{"subject": word} for word in record.keywords],
        "languages": _languages(record.language),
        "funding": [_funding(item) for item in record.funding],
        "identifiers": [{"scheme": KEY_SCHEME, "identifier": key}],
        "related_identifiers": [*map(_related, record.related), _landing(page)],
    }
    return {
        "access": _access(record),
        "files": {"enabled": True},
        "custom_fields": {},
        "metadata": {name: value for name, value in known.items() if value},
    }


def publisher_at(url: str) -> str:
    """Name of a repository where the operator gave none: Zenodo's own, else its host."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return "Zenodo" if host == "zenodo.org" or host.endswith(".zenodo.org") else host


def check(record: Record, published: str) -> None:
    """See that a repository takes what a release says; raises RefusedError by field."""
    faults = {item.field: str(item) for item in faults_of(record, date.fromisoformat(published))}
    if len(record.title.strip()) < TITLE_AT_LEAST:
        faults.setdefault("title", "The title is too short. Write at least three letters.")
    if not record.creators:
        faults.setdefault("people", "There is no author. Name at least one.")
    if not record.licence:
        faults.setdefault("licence", "There is no licence. Choose one.")
    if faults:
        raise RefusedError(" ".join(faults.values()), errors=faults)


def _creator(person: Contributor) -> Json:
    known = {"person_or_org": _person(person), "affiliations": _affiliations(person)}
    return {name: value for name, value in known.items() if value}


def _contributors(people: Iterable[Contributor]) -> list[Json]:
    """Who had other parts; who had several stands there for each."""
    return [
        _creator(person) | {"role": {"id": role.lower()}}
        for person in people
        for role in dict.fromkeys(person.roles)
        if role != AUTHOR
    ]


def _person(person: Contributor) -> Json:
    if _is_organisation(person):
        ror = ror_spelled(person.ror).rpartition("/")[2]
        return {
            "type": "organizational",
            "name": person.name,
            **({"identifiers": [{"scheme": "ror", "identifier": ror}]} if ror else {}),
        }
    orcid = orcid_spelled(person.orcid).rpartition("/")[2]
    known: Json = {
        "type": "personal",
        "given_name": person.given,
        # Who has one name has it as the family name: that is the one that must be there.
        "family_name": person.family or person.given,
        "identifiers": [{"scheme": "orcid", "identifier": orcid}] if orcid else [],
    }
    if not person.family:
        del known["given_name"]
    return {name: value for name, value in known.items() if value}


def _is_organisation(person: Contributor) -> bool:
    return not (person.given or person.orcid or person.affiliation)


def _affiliations(person: Contributor) -> list[Json]:
    if _is_organisation(person):
        return []
    ror = ror_spelled(person.ror).rpartition("/")[2]
    if ror:
        return [{"id": ror}]
    return [{"name": person.affiliation}] if person.affiliation else []


def _rights(record: Record) -> list[Json]:
    """The licence of the whole first, then those of parts that have another."""
    parts = (record.licences.code, record.licences.data, record.licences.text)
    given = [licence_spelled(text) or text for text in (record.licence, *parts) if text]
    return [_licence(name) for name in dict.fromkeys(given)]


def _licence(name: str) -> Json:
    if name in LICENCES:
        return {"id": name.lower()}
    link = licence_address(name)
    return {"title": {"en": name}, **({"link": link} if link else {})}


def _languages(language: str) -> list[Json]:
    known = LANGUAGES.get(language.partition("-")[0].lower())
    return [{"id": known}] if known else []


def _funding(item: Funding) -> Json:
    ror = ror_spelled(item.ror).rpartition("/")[2]
    title = item.title or item.number
    award: Json = {
        "number": item.number or item.title,
        "title": {"en": title} if title else {},
        "identifiers": [{"scheme": "url", "identifier": item.url}] if item.url else [],
    }
    known = {name: value for name, value in award.items() if value}
    funder = {"id": ror} if ror else {"name": item.funder}
    return {"funder": funder, **({"award": known} if title else {})}


def _related(item: Related) -> Json:
    kind = KINDS.get(item.kind)
    return {
        "identifier": _identifier(item),
        "scheme": SCHEMES[item.scheme],
        "relation_type": {"id": item.relation.lower()},
        **({"resource_type": {"id": kind}} if kind else {}),
    }


def _identifier(item: Related) -> str:
    if item.scheme == "swhid":
        return f"{ARCHIVE}{item.identifier}"
    if item.scheme == "arxiv":
        return f"arXiv:{item.identifier.removeprefix('arXiv:')}"
    return item.identifier


def _landing(page: str) -> Json:
    """Our page, where everything can be run again; the DOI itself leads to the repository."""
    return {
        "identifier": page,
        "scheme": "url",
        "relation_type": {"id": "isdescribedby"},
        "resource_type": {"id": "other"},
    }


def _paragraphs(text: str) -> str:
    """Plain text as HTML that shows it and no more."""
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return "".join(f"<p>{_lines(part)}</p>" for part in parts if part)


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _access(record: Record) -> Json:
    if record.embargo is None:
        return {"record": "public", "files": "public"}
    embargo: Json = {"active": True, "until": record.embargo.isoformat()}
    if record.embargo_reason:
        embargo["reason"] = record.embargo_reason
    return {"record": "public", "files": "restricted", "embargo": embargo}
