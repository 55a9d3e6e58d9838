"""The citation of a release as one line, as reference lists print it."""

from publishing.domain.formats.described import Described
from publishing.domain.formats.wording import is_organisation, line, named
from publishing.domain.record import Contributor


def text(described: Described) -> str:
    """Creators (year): title. Version. Publisher. Address (DataCite 4.5, section 2.2)."""
    people = "; ".join(_name(person) for person in named(described.record.creators))
    parts = [
        f"{people or 'Anonymous'} ({described.issued.year:04}): {line(described.record.title)}",
        f"Version {described.version}" if described.version > 1 else "",
        described.published_by,
        described.link,
    ]
    withdrawn = " [withdrawn]" if described.withdrawn else ""
    return ". ".join(filter(None, parts)) + withdrawn


def _name(person: Contributor) -> str:
    given, family = line(person.given), line(person.family)
    if is_organisation(person) or not (given and family):
        return line(person.name)
    return f"{family}, {' '.join(f'{part[0]}.' for part in given.split())}"
