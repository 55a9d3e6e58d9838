"""People, places, licences and grants as schema.org says them; for CodeMeta and JSON-LD alike."""

from typing import Any

from publishing.domain.credits import licence_address, web_address
from publishing.domain.formats.wording import (
    address_of,
    canonical_doi,
    is_organisation,
    line,
    once,
    orcid_iri,
    ror_iri,
)
from publishing.domain.record import Contributor, Funding, Related

Json = dict[str, Any]
PAPERS = frozenset({"JournalArticle", "Preprint", "ConferencePaper", "DataPaper"})
TYPES = {
    "Dataset": "Dataset", "Software": "SoftwareSourceCode", "Book": "Book",
    "Workflow": "SoftwareSourceCode", "ComputationalNotebook": "SoftwareSourceCode",
}  # fmt: skip


def person(someone: Contributor) -> Json:
    """A Person, or an Organization."""
    if is_organisation(someone):
        known = {"@type": "Organization", "@id": ror_iri(someone.ror), "name": line(someone.name)}
        return filled(known)
    known = {
        "@type": "Person",
        "@id": orcid_iri(someone.orcid),
        "name": line(someone.name),
        "givenName": line(someone.given),
        "familyName": line(someone.family),
    }
    place = line(someone.affiliation)
    at = {"@type": "Organization", "@id": ror_iri(someone.ror), "name": place}
    return filled(known) | ({"affiliation": filled(at)} if place else {})


def licences(*names: str) -> list[str]:
    """Addresses of licences, each once; words where they have no address."""
    return once(licence_address(line(name)) or line(name) for name in names if line(name))


def grant(item: Funding) -> Json:
    """A Grant with its funder."""
    funder = {"@type": "Organization", "@id": ror_iri(item.ror), "name": line(item.funder)}
    known = {
        "@type": "Grant",
        "identifier": line(item.number),
        "name": line(item.title),
        "url": web_address(item.url),
    }
    return filled(known) | {"funder": filled(funder)}


def work(related: Related) -> Json:
    """Another work, by its address; empty when it has none that can be written."""
    address = web_address(address_of(related))
    kind = TYPES.get(related.kind, "CreativeWork")
    known = {
        "@type": "ScholarlyArticle" if related.kind in PAPERS else kind,
        "@id": address,
        "identifier": canonical_doi(related.identifier) or line(related.identifier),
        "name": line(related.title),
        "url": address,
    }
    return filled(known) if address else {}


def filled(known: Json) -> Json:
    """What is known of it: no member without a value."""
    return {name: value for name, value in known.items() if value not in ("", [], {}, None)}
