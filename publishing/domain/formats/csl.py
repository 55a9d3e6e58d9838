"""A release as CSL-JSON, which citation processors read."""

import json
from typing import Any

from publishing.domain.formats.described import Described
from publishing.domain.formats.linked import filled
from publishing.domain.formats.wording import (
    canonical_doi,
    is_organisation,
    line,
    named,
    paragraphs,
)
from publishing.domain.record import Contributor

Json = dict[str, Any]


def content(described: Described) -> Json:
    """The release as one item of CSL-JSON."""
    record, day = described.record, described.issued
    known = {
        "id": described.link,
        "type": "dataset",
        "title": line(record.title),
        "author": [_name(person) for person in named(record.creators)],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "publisher": described.published_by,
        "version": str(described.version),
        "abstract": paragraphs(record.description),
        "DOI": canonical_doi(described.doi),
        "URL": described.link,
    }
    return filled(known)


def text(described: Described) -> str:
    """The same as a JSON document."""
    return json.dumps(content(described), ensure_ascii=False, indent=2) + "\n"


def _name(person: Contributor) -> Json:
    if is_organisation(person):
        return {"literal": line(person.name)}
    return filled({"family": line(person.family), "given": line(person.given)})
