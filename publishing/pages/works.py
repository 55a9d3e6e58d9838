"""Related works on a page: each once, by all the names that it has."""

from collections.abc import Sequence

from publishing.domain.credits import web_address
from publishing.domain.formats.wording import address_of
from publishing.domain.record import Record, Related

Named = tuple[str, str]
"""An identifier and the address that it leads to, empty where it leads nowhere."""


def show_related(record: Record) -> list[tuple[str, str, str, list[Named]]]:
    """Relation in words, title or identifier, its address, and its other identifiers.

    A work that is named twice, such as by DOI and bibcode, stands there once.
    """
    works: list[list[Related]] = []
    for item in record.related:
        known = next((work for work in works if _is_same(work, item)), None)
        if known is None:
            works.append([item])
        else:
            known.append(item)
    return [_shown(*work) for work in works]


def _is_same(work: Sequence[Related], item: Related) -> bool:
    first = work[0]
    is_alike = (first.relation, first.title) == (item.relation, item.title)
    return bool(item.title) and is_alike and item.scheme not in {one.scheme for one in work}


def _shown(item: Related, *others: Related) -> tuple[str, str, str, list[Named]]:
    also = [(other.identifier, _leads(other)) for other in others]
    return _spaced(item.relation), item.title or item.identifier, _leads(item), also


def _leads(item: Related) -> str:
    return web_address(address_of(item))


def _spaced(relation: str) -> str:
    """A relation of DataCite in words: ``IsSupplementTo`` is "Is supplement to"."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in relation)
    return spaced.strip().capitalize()
