"""What the landing page of a release says to machines: which links lead from it, and from where."""

from collections.abc import Iterable
from dataclasses import dataclass

from publishing.domain.credits import licence_address
from publishing.domain.formats import FORMATS, Described, DescribedFile
from publishing.domain.formats.jsonld import PROFILE as BIOSCHEMAS
from publishing.domain.formats.wording import orcid_iri
from publishing.domain.signposting import Context, Link

CRATE_PROFILE = "https://w3id.org/ro/crate"
DATACITE = "http://datacite.org/schema/kernel-4"
PROFILES = {"jsonld": BIOSCHEMAS, "datacite": DATACITE}
HTML = "text/html"
IN_HEADER = 12
"""Links of one relation that a header names: servers refuse headers beyond some kB."""


@dataclass(frozen=True, slots=True)
class Landing:
    """A landing page.

    Attributes:
        described: the release as all formats of metadata tell it; its files can be fetched.
        crate: address of the crate; empty while it is closed or withdrawn.
        later: address of the newest version; empty when this is it.
        earlier: address of the version before; empty for the first.
    """

    described: Described
    crate: str = ""
    later: str = ""
    earlier: str = ""

    @property
    def page(self) -> str:
        """Its address."""
        return self.described.page

    @property
    def linkset(self) -> str:
        """Where its links are as one document."""
        return f"{self.page}/linkset"


def metadata_address(page: str, form: str) -> str:
    """Where a format of metadata of a release is."""
    return f"{page}/citation?format={form}"


def header_links(landing: Landing) -> tuple[Link, ...]:
    """The links that the page itself sends: all of them unless a relation has very many."""
    kept: list[Link] = []
    counts: dict[str, int] = {}
    for link in page_links(landing):
        counts[link.relation] = counts.get(link.relation, 0) + 1
        if counts[link.relation] <= IN_HEADER:
            kept.append(link)
    return (
        *kept,
        Link("linkset", landing.linkset, "application/linkset+json"),
        Link("linkset", f"{landing.linkset}.txt", "application/linkset"),
    )


def page_links(landing: Landing) -> tuple[Link, ...]:
    """Every link of the page, however many files there are."""
    described = landing.described
    licence = licence_address(described.record.licence)
    people = dict.fromkeys(orcid_iri(person.orcid) for person in described.record.creators)
    versions = (("latest-version", landing.later), ("predecessor-version", landing.earlier))
    return (
        Link("cite-as", described.link),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Dataset"),
        *(Link("author", orcid) for orcid in people if orcid),
        *((Link("license", licence),) if licence else ()),
        *(Link("describedby", address, kind, profile) for address, kind, profile in _told(landing)),
        *(_item(item, landing.crate) for item in described.files if item.url),
        *(Link(relation, address, HTML) for relation, address in versions if address),
    )


def contexts(landing: Landing) -> tuple[Context, ...]:
    """The links of the page, of its files and of its metadata, for the whole linkset."""
    files = (item.url for item in landing.described.files if item.url)
    told = (address for address, _kind, _profile in _told(landing))
    return (
        Context(landing.page, page_links(landing)),
        *(Context(address, content_links(landing.page)) for address in files),
        *(Context(address, metadata_links(landing.page)) for address in told),
    )


def content_links(page: str) -> tuple[Link, ...]:
    """What a file of a release leads back to."""
    return (Link("collection", page, HTML),)


def metadata_links(page: str) -> tuple[Link, ...]:
    """What a document of metadata leads back to."""
    return (Link("describes", page, HTML),)


def product_links(page: str, product: str, media_type: str, of: Described) -> tuple[Link, ...]:
    """The links of the landing page of one product of a release.

    Args:
        page: address of the product's landing page.
        product: address of its bytes; empty while they are closed.
        media_type: of the bytes.
        of: the release.
    """
    licence = licence_address(of.record.licences.data or of.record.licence)
    people = dict.fromkeys(orcid_iri(person.orcid) for person in of.record.creators)
    return (
        Link("cite-as", of.link),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Dataset"),
        *(Link("author", orcid) for orcid in list(people)[:IN_HEADER] if orcid),
        *((Link("license", licence),) if licence else ()),
        Link("describedby", f"{page}/metadata", "application/ld+json"),
        *((Link("item", product, media_type),) if product else ()),
        Link("collection", of.page, HTML),
    )


def bytes_links(releases: Iterable[Described]) -> tuple[Link, ...]:
    """What the bytes of a product lead to: each release that holds it; the newest is cited."""
    found = list(releases)
    if not found:
        return ()
    licence = licence_address(found[0].record.licences.data or found[0].record.licence)
    return (
        Link("cite-as", found[0].link),
        *((Link("license", licence),) if licence else ()),
        *(Link("collection", item.page, HTML) for item in found),
    )


def _told(landing: Landing) -> list[tuple[str, str, str]]:
    """Address, media type and profile of every document of metadata."""
    page = landing.page
    crate = [(f"{page}/metadata", "application/ld+json", CRATE_PROFILE)]
    return crate + [
        (metadata_address(page, name), form.media_type, PROFILES.get(name, ""))
        for name, form in FORMATS.items()
    ]


def _item(file: DescribedFile, crate: str) -> Link:
    profile = CRATE_PROFILE if file.url == crate else ""
    return Link("item", file.url, file.media_type, profile)
