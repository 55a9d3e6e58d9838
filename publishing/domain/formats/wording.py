"""Words and identifiers as they may stand in metadata that others read.

Titles and names are written by strangers: what could end a field, hide the order of letters or
not be encoded at all is taken out before any format escapes the rest.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import quote

from publishing.domain.credits import ORCID
from publishing.domain.record import Contributor, Related

T = TypeVar("T")
DOI = re.compile(
    r"(?:https?://(?:dx\.)?doi\.org/|doi:)?\s*(10\.[0-9]{4,9}/[^\s\"<>]+)", re.IGNORECASE
)
ROR = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[a-z0-9]{6}[0-9]{2})", re.IGNORECASE)
SWHID = re.compile(r"swh:1:(?:cnt|dir|rev|rel|snp):[0-9a-f]{40}(?:;[!-~]+)?")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
ARCHIVE = "https://archive.softwareheritage.org/"
KEPT = "\n\t"
NO_CHARACTER = 0xFFFE  # the last two of every plane (Unicode 23.7)


def line(text: str) -> str:
    """One line without what cannot be printed."""
    return " ".join(clean(" ".join(text.split())).split())


def paragraphs(text: str) -> str:
    """Some lines of text without what cannot be printed; one line feed at each line's end."""
    return "\n".join(clean(part).rstrip() for part in text.splitlines()).strip()


def clean(text: str) -> str:
    """The text without control characters, halves of pairs and marks that turn its order."""
    return "".join(letter for letter in text if _is_printable(letter))


def _is_printable(letter: str) -> bool:
    if letter in KEPT:
        return True
    if ord(letter) & NO_CHARACTER == NO_CHARACTER or letter in TURNING:
        return False
    return unicodedata.category(letter) not in {"Cc", "Cs"}


def canonical_doi(text: str) -> str:
    """The bare DOI in a text that is one, with or without an address around it; else empty."""
    found = DOI.fullmatch(clean(text.strip()))
    return found[1] if found else ""


def orcid_iri(text: str) -> str:
    """``https://orcid.org/…`` of an ORCID however it is written; empty for what is none."""
    found = ORCID.match(text.strip())
    return f"https://orcid.org/{found[1]}" if found else ""


def ror_iri(text: str) -> str:
    """``https://ror.org/…`` of a ROR identifier however it is written; empty for what is none."""
    found = ROR.fullmatch(text.strip())
    return f"https://ror.org/{found[1].lower()}" if found else ""


def swhid(text: str) -> str:
    """The text when it is a SWHID, else empty."""
    return text if SWHID.fullmatch(text) else ""


def language(text: str) -> str:
    """A tag of BCP 47; ``en`` for what is none."""
    return text if LANGUAGE.fullmatch(text) else "en"


def is_organisation(person: Contributor) -> bool:
    """Whether somebody is an organisation: one name and nothing that only people have."""
    return not (person.given or orcid_iri(person.orcid) or person.affiliation)


def named(people: Iterable[Contributor]) -> list[Contributor]:
    """Those who have a name that can be printed."""
    return [person for person in people if line(person.name)]


def address_of(related: Related) -> str:
    """The web address that another work is found at; empty when its scheme has none."""
    bare = line(related.identifier)
    if not bare:
        return ""
    if related.scheme == "url":
        return bare
    if related.scheme == "doi":
        known = canonical_doi(bare)
        return f"https://doi.org/{quote(known, safe='/:;()._-')}" if known else ""
    before = ADDRESSES.get(related.scheme, "")
    return f"{before}{quote(bare.removeprefix('arXiv:'), safe='/:;=.')}" if before else ""


def once(items: Iterable[T]) -> list[T]:
    """The items in their order, equal ones once; they need not be hashable."""
    kept: list[T] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


ADDRESSES = {
    "arxiv": "https://arxiv.org/abs/",
    "bibcode": "https://ui.adsabs.harvard.edu/abs/",
    "handle": "https://hdl.handle.net/",
    "swhid": ARCHIVE,
}
