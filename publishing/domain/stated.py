"""What a release says of others, as linked data: roles, funding, related works, its concept."""

from collections.abc import Iterable
from urllib.parse import quote

from publishing.domain.credits import (
    Entity,
    licence_entity,
    organisation,
    people_entities,
    ref,
    web_address,
)
from publishing.domain.facts import Stated
from publishing.domain.record import AUTHOR, Contributor, Related

RESOLVERS = {
    "doi": "https://doi.org/",
    "arxiv": "https://arxiv.org/abs/",
    "bibcode": "https://ui.adsabs.harvard.edu/abs/",
    "swhid": "https://archive.softwareheritage.org/",
    "handle": "https://hdl.handle.net/",
    "url": "",
}
ARTICLES = frozenset({"JournalArticle", "Preprint", "ConferencePaper", "DataPaper"})
PROPERTIES = {"IsPartOf": "isPartOf", "IsSourceOf": "subjectOf"}
"""Relation types of DataCite 4.5 that schema.org has words for; all others are citations.

Nothing else may be ``isBasedOn`` of the root: registries of workflows take it for the address of
the source, by which they know two crates for versions of one workflow."""
PLAIN = "/:;()._-=?&@+,~%#"


def address_of(work: Related) -> str:
    """The web address of a work; empty when it has none."""
    resolver = RESOLVERS.get(work.scheme)
    if resolver is None:
        return ""
    known = work.identifier if work.scheme == "url" else quote(work.identifier, safe=PLAIN)
    bare = known.removeprefix(resolver) if resolver else known
    return web_address(f"{resolver}{bare}")


def stated_root(stated: Stated) -> Entity:
    """What a release adds to the root of its crate; see :func:`stated_entities`."""
    record = stated.record
    about: Entity = {
        "contributor": [ref(name) for name in _role_names(record.contributors)],
        "funder": [ref(item["@id"]) for item in _funders(stated, "")],
        "funding": [ref(item["@id"]) for item in _grants(stated)],
        "inLanguage": record.language,
        "isBasedOn": stated.source,
        "exampleOfWork": [ref(_doi(stated.concept))] if stated.concept else [],
        "conditionsOfAccess": _embargo(stated),
    }
    if stated.operator:
        about["publisher"] = ref(_operator(stated, "")["@id"])
    for work in record.related:
        name = PROPERTIES.get(work.relation, "citation")
        known = about.setdefault(name, [])
        if address_of(work) and ref(address_of(work)) not in known:
            known.append(ref(address_of(work)))
    return {name: value for name, value in about.items() if value}


def stated_entities(stated: Stated, page: str) -> list[Entity]:
    """What :func:`stated_root` names; people and organisations without an address get ``page``."""
    record = stated.record
    licences = (record.licences.code, record.licences.data, record.licences.text)
    return [
        *([_operator(stated, page)] if stated.operator else []),
        *people_entities(record.contributors, page)[1],
        *_roles(record.contributors, page),
        *_funders(stated, page),
        *_grants(stated),
        *(licence_entity(item) for item in licences if item),
        *(work_entity(item) for item in record.related if address_of(item)),
        *_concept(stated),
    ]


def _operator(stated: Stated, page: str) -> Entity:
    return organisation(stated.operator, stated.operator_ror, page)


def work_entity(work: Related) -> Entity:
    """Another work; what it is and how this crate is related to it are told in words too."""
    address = address_of(work)
    about: Entity = {
        "@id": address,
        # schema.org has a Dataset, but in a crate that is a folder of it.
        "@type": "ScholarlyArticle" if work.kind in ARTICLES or not work.kind else "CreativeWork",
        "name": work.title or work.identifier,
        "identifier": work.identifier,
        "url": address,
        "description": f"This crate {_words(work.relation)} it ({work.relation}, DataCite).",
    }
    return about | ({"additionalType": work.kind} if work.kind else {})


def _words(relation: str) -> str:
    """``IsSupplementTo`` as ``is supplement to``."""
    return "".join(f" {item.lower()}" if item.isupper() else item for item in relation).strip()


def _role_names(people: Iterable[Contributor]) -> list[str]:
    found = enumerate(people, start=1)
    return [f"#role-{place}-{role}" for place, item in found for role in _others(item)]


def _roles(people: tuple[Contributor, ...], page: str) -> list[Entity]:
    """Who did what besides being an author, as schema.org's Role puts it."""
    found = []
    for place, item in enumerate(people, start=1):
        # Numbered as among all, for those who have no ORCID.
        name = people_entities(people[:place], page)[0][-1] if _others(item) else ""
        found += [
            {
                "@id": f"#role-{place}-{role}", "@type": "Role", "roleName": role,
                "name": f"{role}: {item.name}", "contributor": ref(name),
            }
            for role in _others(item)
        ]  # fmt: skip
    return found


def _others(item: Contributor) -> list[str]:
    return [quote(role, safe="") for role in dict.fromkeys(item.roles) if role != AUTHOR]


def _funders(stated: Stated, page: str) -> list[Entity]:
    groups = [organisation(item.funder, item.ror, page) for item in stated.record.funding]
    return list({group["@id"]: group for group in groups}.values())


def _grants(stated: Stated) -> list[Entity]:
    found = []
    for place, item in enumerate(stated.record.funding, start=1):
        if item.number or item.title or item.url:
            address = web_address(item.url)
            about: Entity = {
                "@id": address or f"#grant-{place}", "@type": "Grant",
                "name": item.title or item.number or item.funder, "identifier": item.number,
                "funder": ref(organisation(item.funder, item.ror, "")["@id"]),
                "url": address,
            }  # fmt: skip
            found.append({name: value for name, value in about.items() if value})
    return found


def _concept(stated: Stated) -> list[Entity]:
    if not stated.concept:
        return []
    about: Entity = {
        "@id": _doi(stated.concept), "@type": "CreativeWork",
        "name": f"{stated.record.title}: all versions", "identifier": stated.concept,
        "url": _doi(stated.concept),
    }  # fmt: skip
    return [about]


def _doi(doi: str) -> str:
    return f"https://doi.org/{quote(doi, safe=PLAIN)}"


def _embargo(stated: Stated) -> str:
    record = stated.record
    if record.embargo is None:
        return ""
    reason = f" {record.embargo_reason}" if record.embargo_reason else ""
    return f"The files are closed until {record.embargo.isoformat()}.{reason}"
