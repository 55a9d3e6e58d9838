"""A release as a record of RIS, which reference managers import.

A line is a tag of two letters, two spaces, a hyphen, a space and a value; values have no line
ends, so that nobody's title can begin a tag of its own.
"""

from publishing.domain.formats.described import Described
from publishing.domain.formats.wording import canonical_doi, is_organisation, line, named
from publishing.domain.record import Contributor


def text(described: Described) -> str:
    """The record; lines end as the format asks, with CR and LF."""
    record, day = described.record, described.issued
    tags = [
        ("TY", "DATA"),
        *(("AU", _name(person)) for person in named(record.creators)),
        ("TI", line(record.title)),
        ("PY", f"{day.year:04}"),
        ("DA", f"{day.year:04}/{day.month:02}/{day.day:02}/"),
        ("ET", str(described.version)),
        ("PB", described.published_by),
        ("DO", canonical_doi(described.doi)),
        ("UR", line(described.link)),
        ("AB", line(record.description)),
        *(("KW", line(word)) for word in record.keywords),
        ("LA", line(record.language)),
    ]
    lines = [f"{tag}  - {value}" for tag, value in tags if value]
    return "\r\n".join([*lines, "ER  - "]) + "\r\n"


def _name(person: Contributor) -> str:
    given, family = line(person.given), line(person.family)
    if is_organisation(person) or not (given and family):
        return line(person.name).replace(",", " ")  # a comma would take the one name apart
    return f"{family}, {given}"
