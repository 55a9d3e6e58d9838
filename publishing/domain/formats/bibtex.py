"""A release as an entry of BibTeX.

BibTeX counts braces whether or not a backslash stands before them, so none that comes from a
title may stay: they are written as commands. Addresses and DOIs are read verbatim by biblatex;
there, what could end a field is percent-encoded.
"""

import re

from publishing.domain.formats.described import Described
from publishing.domain.formats.wording import canonical_doi, is_organisation, line, named
from publishing.domain.record import Contributor

SPECIAL = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}",
    "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"{\textasciitilde}", "^": r"{\textasciicircum}",
}  # fmt: skip
VERBATIM = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SPLITS = re.compile(r",|\band\b", re.IGNORECASE)
KEY = re.compile(r"[^A-Za-z0-9_:.-]")


def text(described: Described) -> str:
    """The entry, ending with a newline."""
    record, day = described.record, described.issued
    people = " and ".join(_name(person) for person in named(record.creators))
    fields = {
        "author": f"{{{people}}}" if people else "{{Anonymous}}",
        "title": f"{{{{{escaped(record.title)}}}}}",
        "year": f"{{{day.year:04}}}",
        "month": MONTHS[day.month - 1],
        "publisher": f"{{{escaped(described.published_by)}}}",
        "version": f"{{{described.version}}}",
        "doi": f"{{{verbatim(canonical_doi(described.doi))}}}",
        "url": f"{{{verbatim(described.link)}}}",
    }
    lines = [f"  {name} = {value}," for name, value in fields.items() if value != "{}"]
    return "\n".join([f"@misc{{{KEY.sub('_', described.key) or 'reprise'},", *lines, "}"]) + "\n"


def escaped(words: str) -> str:
    """One line in which nothing is a command of TeX but what we wrote."""
    return "".join(SPECIAL.get(letter, letter) for letter in line(words))


def verbatim(words: str) -> str:
    """An address or DOI that cannot end its field."""
    return "".join(VERBATIM.get(letter, letter) for letter in line(words))


def _name(person: Contributor) -> str:
    if is_organisation(person) or not (line(person.given) and line(person.family)):
        return f"{{{escaped(person.name)}}}"  # one name, not to be taken apart
    return f"{_part(person.family)}, {_part(person.given)}"


def _part(words: str) -> str:
    """A part of a name; in braces where BibTeX would split it."""
    name = escaped(words)
    return f"{{{name}}}" if SPLITS.search(name) else name
