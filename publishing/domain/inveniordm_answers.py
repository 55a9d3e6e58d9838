"""What InvenioRDM answers, as values of ours: records, files, and what it does not accept.

Answers are a stranger's JSON: what is missing or of another kind than expected is left out, and
nothing here raises.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from publishing.domain.formats.wording import line
from publishing.domain.inveniordm import KEY_SCHEME
from publishing.domain.remote import Remote, RemoteFile, Stage

Json = dict[str, Any]
MD5 = "md5:"
NAME_AT_MOST = 100  # letters of an id, as many as we keep
ADDRESS_AT_MOST = 500
WORDS_AT_MOST = 300
ERRORS_AT_MOST = 100
FIELDS = {
    "metadata.title": "title",
    "metadata.description": "description",
    "metadata.creators": "people",
    "metadata.contributors": "people",
    "metadata.rights": "licence",
    "metadata.subjects": "keywords",
    "metadata.languages": "language",
    "metadata.related_identifiers": "related",
    "metadata.funding": "funding",
    "access.embargo": "embargo",
    "access": "embargo",
    "files": "files",
    "pids": "doi",
}
"""What its fields are in our form; a longer path comes before what it begins with."""
LISTS = frozenset({"related", "funding", "keywords"})
"""Lists of our form that have the order of theirs, so that numbers mean the same."""
UNKNOWN = "Invalid value "
PERSON = re.compile(r"metadata\.(creators|contributors)\.([0-9]{1,6})\b")


def remote_of(content: object, *, stage: Stage, files: tuple[RemoteFile, ...] = ()) -> Remote:
    """A draft or record as it was answered."""
    raw = _object(content)
    parent, metadata = _object(raw.get("parent")), _object(raw.get("metadata"))
    return Remote(
        stage=stage,
        id=_name(raw.get("id")),
        parent=_name(parent.get("id")),
        doi=_doi(raw),
        concept_doi=_doi(parent),
        url=_name(_object(raw.get("links")).get("self_html"), ADDRESS_AT_MOST),
        key=key_of(metadata),
        files=files,
        revision=_text(raw.get("revision_id")),
        faults=_faults_of_draft(raw) or None,
        metadata=metadata,
        raw=raw,
    )


def _faults_of_draft(raw: Json) -> dict[str, str]:
    """What of the metadata is not accepted; that it has no files yet, a new version is told too."""
    found = faults_of(raw, raw) if raw.get("errors") else {}
    return {field: words for field, words in found.items() if not field.startswith("files")}


def files_of(content: object) -> tuple[RemoteFile, ...]:
    """The files of a list of them, or of a record that names them."""
    entries = _object(content).get("entries")
    listed = list(entries.values()) if isinstance(entries, dict) else _list(entries)
    return tuple(file_of(item) for item in listed if _object(item).get("key"))


def file_of(content: object) -> RemoteFile:
    """One file; what a record names without a status is committed."""
    raw = _object(content)
    checksum, size = _text(raw.get("checksum")), raw.get("size")
    is_complete = raw.get("status", "completed") == "completed" and checksum.startswith(MD5)
    return RemoteFile(
        name=_text(raw.get("key")),
        size=size if isinstance(size, int) else 0,
        md5=checksum.removeprefix(MD5).lower() if is_complete else "",
        complete=is_complete,
    )


def key_of(metadata: Mapping[str, Any]) -> str:
    """Our key among the identifiers; empty when there is none."""
    for item in _list(metadata.get("identifiers")):
        if _object(item).get("scheme") == KEY_SCHEME:
            return _text(item.get("identifier"))
    return ""


def is_next_begun(remote: Remote) -> bool:
    """Whether a published record, the latest of its concept, has an open draft after it."""
    versions = _object(_object(remote.raw).get("versions"))
    return versions.get("is_latest") is True and versions.get("is_latest_draft") is False


def number_of(remote: Remote) -> int:
    """Which version of its concept it is, from 1."""
    index = _object(_object(remote.raw).get("versions")).get("index")
    return index if isinstance(index, int) else 1


def faults_of(content: object, sent: object = None) -> dict[str, str]:
    """What is not accepted: field of our own form → sentence.

    Both shapes of errors are understood, ``messages`` and ``message``, and an unknown word of a
    vocabulary, which comes without a field and is looked for in what was sent.
    """
    raw = _object(content)
    found: dict[str, str] = {}
    for field, words in _pairs(raw):
        name = field_of(field)
        said = f"{_subject(field, _object(sent))}{words}"
        found[name] = f"{found[name]} {said}" if name in found else said
    return found or _unlisted(_text(raw.get("message")), _object(sent))


def _unlisted(message: str, sent: Json) -> dict[str, str]:
    """What a refusal without a list of errors means."""
    if "quota" in message.lower():
        return {"files": _words(message)}
    if not message.startswith(UNKNOWN):
        return {}
    word = message.removeprefix(UNKNOWN).removesuffix(".")
    path = next(_paths(sent, word), "")
    name = field_of(path) if path else "record"
    return {name: f"{_subject(path, sent)}The repository does not know {word!r}."}


def field_of(path: str) -> str:
    """The field of our form that a path of theirs means; the path itself where we have none.

    >>> field_of("metadata.related_identifiers.2.scheme")
    'related.2'
    """
    for theirs, ours in FIELDS.items():
        if path == theirs or path.startswith(f"{theirs}."):
            number = path[len(theirs) + 1 :].partition(".")[0]
            return f"{ours}.{number}" if ours in LISTS and number.isdigit() else ours
    return path


def _pairs(raw: Json) -> Iterator[tuple[str, str]]:
    for item in _list(raw.get("errors"))[:ERRORS_AT_MOST]:
        error = _object(item)
        words = [_text(text) for text in _list(error.get("messages"))[:ERRORS_AT_MOST]] or [
            _text(error.get("message")) or (item if isinstance(item, str) else "")
        ]
        field = _text(error.get("field")) or ("communities" if "community" in error else "record")
        yield _words(field), _words(" ".join(words)) or "It is not accepted."


def _subject(path: str, sent: Json) -> str:
    """Who of the people is meant: their order is another than that of our form."""
    found = PERSON.match(path)
    people = _list(_object(sent.get("metadata")).get(found[1])) if found else []
    if found is None or int(found[2]) >= len(people):
        return ""
    person = _object(people[int(found[2])])
    who = _object(person.get("person_or_org"))
    parts = (_text(who.get("given_name")), _text(who.get("family_name")))
    name = " ".join(part for part in parts if part) or _text(who.get("name"))
    return f"{name}: "


def _paths(content: object, word: str, path: str = "") -> Iterator[str]:
    """Where a word of a vocabulary stands in what was sent."""
    if isinstance(content, dict):
        if content.get("id") == word and path:
            yield path
        for name, value in content.items():
            yield from _paths(value, word, f"{path}.{name}" if path else name)
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from _paths(value, word, f"{path}.{number}")


def _doi(raw: Json) -> str:
    return _name(_object(_object(raw.get("pids")).get("doi")).get("identifier"), 2 * NAME_AT_MOST)


def _name(value: object, most: int = NAME_AT_MOST) -> str:
    """An id or address; empty when it is none that can be kept, printed and asked for again."""
    text = _text(value)
    return text if text.isprintable() and len(text) <= most else ""


def _words(text: str) -> str:
    """A stranger's words in one line, not too many; they are printed in a terminal too."""
    return line(text[: 2 * WORDS_AT_MOST])[:WORDS_AT_MOST]


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """A text or a number as text; ids are numbers at some places."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int) else ""
