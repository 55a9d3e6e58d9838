"""ORCID and ROR: identifiers of people and of organisations, with their checksums.

ORCID ends in a check character of ISO/IEC 7064 MOD 11-2 (ORCID, "Structure of the ORCID
Identifier"); ROR ends in two check digits of ISO/IEC 7064 MOD 97-10 over a number in Crockford's
base 32 (ROR, "ROR identifier pattern").
"""

import re

from catalogue.domain.entry import Person
from publishing.domain.record import AUTHOR, Contributor

ORCID = re.compile(
    r"(?:https?://(?:www\.)?orcid\.org/)?([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9Xx])/?"
)
ROR = re.compile(r"(?:https?://)?(?:www\.)?(?:ror\.org/)?(0[0-9a-hj-km-np-tv-z]{6}[0-9]{2})/?")
BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"


def orcid_spelled(text: str) -> str:
    """The ORCID in a text as ``https://orcid.org/0000-…``; empty when it is not shaped so."""
    found = ORCID.fullmatch(text.strip())
    return f"https://orcid.org/{'-'.join(found.groups()).upper()}" if found else ""


def orcid_checks(orcid: str) -> bool:
    """Whether the last character of an ORCID follows from the others; it is shaped as one."""
    digits = orcid.rpartition("/")[2].replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2 % 11
    return digits[-1] == "0123456789X"[(12 - total) % 11]


def ror_spelled(text: str) -> str:
    """The ROR in a text as ``https://ror.org/0…``; empty when it is not shaped so."""
    found = ROR.fullmatch(text.strip().lower())
    return f"https://ror.org/{found[1]}" if found else ""


def ror_checks(ror: str) -> bool:
    """Whether the last two digits of a ROR follow from the others; it is shaped as one."""
    name = ror.rpartition("/")[2]
    number = 0
    for letter in name[:7]:
        number = number * 32 + BASE_32.index(letter)
    return int(name[7:]) == 98 - number * 100 % 97


def contributor_of(person: Person) -> Contributor:
    """An author of an entry; some write the ROR of their place instead of its name."""
    ror = ror_spelled(person.affiliation) if "ror.org" in person.affiliation else ""
    return Contributor(
        person.given, person.family, orcid_spelled(person.orcid) or person.orcid,
        "" if ror else person.affiliation, ror, (AUTHOR,),
    )  # fmt: skip
