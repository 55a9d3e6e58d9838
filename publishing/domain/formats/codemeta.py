"""CodeMeta 3.0: the code of a release as JSON-LD that software catalogues read."""

import json
from typing import Any

from publishing.domain.credits import web_address
from publishing.domain.formats import linked
from publishing.domain.formats.described import Described
from publishing.domain.formats.wording import line, named, once, paragraphs
from publishing.domain.record import Related

Json = dict[str, Any]
CONTEXT = "https://w3id.org/codemeta/3.0"
LANGUAGES = {"Jupyter Notebook": "https://jupyter.org", "CWL": "https://www.commonwl.org"}


def content(described: Described) -> Json:
    """The release as the members of codemeta.json; what is not known is left out."""
    record, code = described.record, described.code
    licences = linked.licences(record.licences.code or record.licence)
    known = {
        "@context": CONTEXT,
        "@type": "SoftwareSourceCode",
        "@id": described.link,
        "identifier": described.link,
        "name": line(record.title) or "untitled",
        "description": paragraphs(record.description),
        "author": [linked.person(item) for item in named(record.creators)],
        "contributor": [
            linked.person(item)
            for item in named(record.contributors)
            if item not in record.creators
        ],
        "license": licences[0] if licences else "",
        "version": str(described.version),
        "dateCreated": described.frozen.isoformat(),
        "datePublished": described.issued.isoformat(),
        "embargoEndDate": record.embargo.isoformat() if record.embargo else "",
        "publisher": {"@type": "Organization", "name": described.published_by},
        "keywords": once(filter(None, map(line, record.keywords))),
        "url": web_address(described.page),
        "codeRepository": web_address(code.repository),
        "programmingLanguage": _language(code.language),
        "runtimePlatform": line(code.runtime),
        "funding": [linked.grant(item) for item in record.funding if line(item.funder)],
        "referencePublication": _works(record.related, {"IsSupplementTo"}),
        "citation": _works(record.related, {"References", "Cites"}),
        "isBasedOn": _works(record.related, {"IsDerivedFrom", "IsCompiledBy"}),
    }
    return linked.filled(known)


def text(described: Described) -> str:
    """The same as a JSON document."""
    return json.dumps(content(described), ensure_ascii=False, indent=2) + "\n"


def _language(name: str) -> Json:
    known = {"@type": "ComputerLanguage", "name": line(name), "url": LANGUAGES.get(name, "")}
    return linked.filled(known) if line(name) else {}


def _works(related: tuple[Related, ...], relations: set[str]) -> list[Json]:
    return once(
        found for item in related if item.relation in relations and (found := linked.work(item))
    )
