"""What a release says of itself: one value that every format of metadata is written from.

Terms follow DataCite 4.5 (contributor types, relation types, funding references) and the roles
of RO-Crate and CITATION.cff are derived from them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who had a part in it.

    Attributes:
        given: given names; empty for an organisation.
        family: family name, or the whole name of an organisation.
        orcid: ``https://orcid.org/0000-…``; empty when unknown.
        affiliation: name of the place they work at.
        ror: ``https://ror.org/…`` of that place; empty when unknown.
        roles: ``author``, or contributor types of DataCite 4.5 such as ``DataCurator``; who has
            ``author`` is a creator.
    """

    given: str = ""
    family: str = ""
    orcid: str = ""
    affiliation: str = ""
    ror: str = ""
    roles: tuple[str, ...] = (AUTHOR,)

    @property
    def name(self) -> str:
        """Given and family name together."""
        return " ".join(part for part in (self.given, self.family) if part)


@dataclass(frozen=True, slots=True)
class Licences:
    """SPDX identifiers of each part; empty when unknown."""

    code: str = ""
    data: str = ""  # what the runs made
    text: str = ""  # descriptions, captions, notebooks' words


@dataclass(frozen=True, slots=True)
class Funding:
    """Who paid: name and ROR of the funder, number, title and address of the award."""

    funder: str
    ror: str = ""
    number: str = ""
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """Another work.

    Attributes:
        identifier: the bare identifier, such as ``10.1051/…``, ``2002.12895``, ``swh:…``.
        scheme: ``doi``, ``arxiv``, ``bibcode``, ``url``, ``swhid``, ``handle`` or ``urn``.
        relation: relation type of DataCite 4.5, read from the release to the other work, such as
            ``IsSupplementTo``.
        kind: resource type of DataCite 4.5 such as ``JournalArticle``; empty when unknown.
        title: for people; empty when unknown.
        source: where we know it from, for the one who checks it: ``figure``, ``entry``, ``data``,
            ``person``.
    """

    identifier: str
    scheme: str
    relation: str
    kind: str = ""
    title: str = ""
    source: str = "person"


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a release says of itself, whoever asks.

    Attributes:
        title: one line.
        description: some paragraphs of plain text.
        contributors: in order; creators are those with the role ``author``.
        licence: SPDX identifier of the crate as a whole.
        licences: of each part.
        keywords: words to find it by.
        funding: who paid.
        related: other works.
        language: BCP 47.
        embargo: until when the files stay closed; None when they are open at once.
        embargo_reason: in words.
        communities: slugs at the repository, by the repository's name.
    """

    title: str
    description: str = ""
    contributors: tuple[Contributor, ...] = ()
    licence: str = ""
    licences: Licences = Licences()
    keywords: tuple[str, ...] = ()
    funding: tuple[Funding, ...] = ()
    related: tuple[Related, ...] = ()
    language: str = "en"
    embargo: date | None = None
    embargo_reason: str = ""
    communities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def creators(self) -> tuple[Contributor, ...]:
        """Those who are cited as authors."""
        return tuple(item for item in self.contributors if AUTHOR in item.roles)


def details_to_json(record: Record) -> dict[str, Any]:
    """What of a record has no column of its own; :func:`details_from_json` reads it back."""
    return {
        "licences": asdict(record.licences),
        "keywords": list(record.keywords),
        "funding": [asdict(item) for item in record.funding],
        "related": [asdict(item) for item in record.related],
        "language": record.language,
        "embargo": record.embargo.isoformat() if record.embargo else None,
        "embargo_reason": record.embargo_reason,
        "communities": {name: list(slugs) for name, slugs in record.communities.items()},
    }


def details_from_json(content: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of :class:`Record` that :func:`details_to_json` wrote."""
    embargo = content.get("embargo")
    return {
        "licences": Licences(**content.get("licences", {})),
        "keywords": tuple(content.get("keywords", ())),
        "funding": tuple(Funding(**item) for item in content.get("funding", ())),
        "related": tuple(Related(**item) for item in content.get("related", ())),
        "language": content.get("language", "en"),
        "embargo": date.fromisoformat(embargo) if embargo else None,
        "embargo_reason": content.get("embargo_reason", ""),
        "communities": {
            name: tuple(slugs) for name, slugs in content.get("communities", {}).items()
        },
    }


def contributor_from_json(content: Mapping[str, Any]) -> Contributor:
    """A contributor from JSON; what an older release did not say is left empty."""
    known = {name: content.get(name, "") for name in ("given", "family", "orcid", "affiliation")}
    return Contributor(
        **known, ror=content.get("ror", ""), roles=tuple(content.get("roles") or (AUTHOR,))
    )
