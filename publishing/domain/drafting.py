"""Reading what somebody writes into a draft: arbitrary JSON in, a record and faults out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lib import digest
from publishing.domain.faults import Fault
from publishing.domain.identifiers import bare, scheme_of
from publishing.domain.letters import strange_letter
from publishing.domain.licences import licence_spelled
from publishing.domain.orcid import orcid_spelled, ror_spelled
from publishing.domain.record import AUTHOR, Contributor, Funding, Licences, Record, Related

TITLE_AT_MOST = 300
NAME_AT_MOST = 200
TEXT_AT_MOST = 20_000
PEOPLE_AT_MOST = 500
ROWS_AT_MOST = 200
RUNS_AT_MOST = 200
OPTIONS: Mapping[str, Any] = {"wheels": False, "bagit": False, "ro_crate": "1.1"}
CRATES = ("1.1", "1.3")
ONE_LINE = {"title": TITLE_AT_MOST, "licence": NAME_AT_MOST, "language": 35}
PERSON = {"given": NAME_AT_MOST, "family": NAME_AT_MOST, "orcid": 60, "affiliation": 300, "ror": 60}
AWARD = {"funder": NAME_AT_MOST, "ror": 60, "number": 100, "title": 300, "url": 500}
PARTS = {"code": NAME_AT_MOST, "data": NAME_AT_MOST, "text": NAME_AT_MOST}
WORK = {"identifier": 500, "scheme": 20, "relation": 40, "kind": 40, "title": 500}
KNOWN = (
    "title", "description", "people", "licence", "licences", "keywords", "funding", "related",
    "language", "embargo", "embargo_reason", "communities", "options", "runs",
)  # fmt: skip


@dataclass
class Reading:
    """What was read so far.

    Attributes:
        record: with what was written put in.
        options: how the crate is packed.
        runs: addresses; None when nothing was said of them.
        faults: what could not be read; the record keeps what it had there.
        fields: the names that were written.
    """

    record: Record
    options: dict[str, Any]
    runs: tuple[str, ...] | None = None
    faults: list[Fault] = field(default_factory=list)
    fields: tuple[str, ...] = ()

    def tell(self, path: str, what: str, mend: str) -> None:
        """Write down a fault of shape."""
        self.faults.append(Fault(path, "shape", what, mend))


def read(content: Any, record: Record, options: Mapping[str, Any]) -> Reading:  # noqa: ANN401 -- any JSON
    """A record with what somebody wrote put in; nothing raises, every fault is told."""
    found = Reading(record, {**OPTIONS, **options})
    if not isinstance(content, Mapping):
        found.tell("draft", "This is no object.", "Send an object with the fields to change.")
        return found
    for name in content:
        if name not in KNOWN:
            found.tell(_shown(name), "There is no such field.", f"Fields are {', '.join(KNOWN)}.")
    found.fields = tuple(name for name in KNOWN if name in content)
    for name in found.fields:
        READERS[name](found, name, content[name])
    return found


def _put(found: Reading, **changes: Any) -> None:
    found.record = replace(found.record, **changes)


def _line(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    text = _text(found, name, given, ONE_LINE[name])
    if text is not None:
        _put(found, **{name: _licence(text) if name == "licence" else " ".join(text.split(" "))})


def _lines(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    text = _text(found, name, given, TEXT_AT_MOST if name == "description" else 1000, lines=True)
    if text is not None:
        _put(found, **{name: text})


def _text(
    found: Reading, path: str, given: Any, most: int, *, lines: bool = False  # noqa: ANN401 -- any JSON
) -> str | None:  # fmt: skip
    """A text without what surrounds it; None with a fault when it is none, or cannot be kept."""
    if not isinstance(given, str):
        found.tell(path, "This is no text.", "Send a text, or leave the field out.")
        return None
    text = given.replace("\r\n", "\n").strip(" \n\t")
    if len(text) > most:
        found.tell(path, f"It is longer than {most:,} characters.", "Say it in fewer.")
        return None
    strange = strange_letter(text, lines=lines)
    if strange:
        found.faults.append(Fault(path, "letters", f"It has {strange}.", "Type it again without."))
        return None
    return text


def _licence(text: str) -> str:
    return licence_spelled(text) or text


def _licences(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    row = _row(found, name, given, PARTS)
    if row is not None:
        said = {part: _licence(text) for part, text in row.items()}
        _put(found, licences=replace(found.record.licences, **said) if said else Licences())


def _row(
    found: Reading, path: str, given: Any, names: Mapping[str, int], also: tuple[str, ...] = ()  # noqa: ANN401 -- any JSON
) -> dict[str, str] | None:  # fmt: skip
    if not isinstance(given, Mapping):
        found.tell(path, "This is no object.", f"Send an object with {', '.join(names)}.")
        return None
    for name in given:
        if name not in names and name not in also:
            found.tell(f"{path}.{_shown(name)}", "There is no such field.",
                       f"Fields are {', '.join([*names, *also])}.")  # fmt: skip
    texts = {
        name: _text(found, f"{path}.{name}", given[name], most)
        for name, most in names.items()
        if given.get(name) is not None
    }
    return {name: text for name, text in texts.items() if text is not None}


def _list(found: Reading, path: str, given: Any, most: int) -> list[Any] | None:  # noqa: ANN401 -- any JSON
    if not isinstance(given, list):
        found.tell(path, "This is no list.", "Send a list, an empty one for none.")
        return None
    if len(given) > most:
        found.tell(path, f"There are more than {most}.", "Leave the least important out.")
        return None
    return given


def _people(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    items = _list(found, name, given, PEOPLE_AT_MOST)
    if items is None:
        return
    people = [_person(found, f"{name}.{at}", item) for at, item in enumerate(items)]
    _put(found, contributors=tuple(item for item in people if item))


def _person(found: Reading, path: str, given: Any) -> Contributor | None:  # noqa: ANN401 -- any JSON
    row = _row(found, path, given, PERSON, ("roles",))
    if row is None:
        return None
    row["orcid"] = orcid_spelled(row.get("orcid", "")) or row.get("orcid", "")
    row["ror"] = ror_spelled(row.get("ror", "")) or row.get("ror", "")
    roles = _texts(found, f"{path}.roles", given.get("roles", [AUTHOR]), len(PERSON) * 4, 40)
    return Contributor(**row, roles=tuple(dict.fromkeys(roles)) or (AUTHOR,))


def _texts(found: Reading, path: str, given: Any, most: int, length: int) -> tuple[str, ...]:  # noqa: ANN401 -- any JSON
    items = _list(found, path, given, most) or []
    texts = [_text(found, f"{path}.{at}", item, length) for at, item in enumerate(items)]
    return tuple(text for text in texts if text)


def _keywords(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    _put(found, keywords=tuple(dict.fromkeys(_texts(found, name, given, ROWS_AT_MOST, 100))))


def _funding(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    items = _list(found, name, given, ROWS_AT_MOST)
    if items is None:
        return
    rows = [_row(found, f"{name}.{at}", item, AWARD) for at, item in enumerate(items)]
    awards = [{"funder": "", **row} for row in rows if row is not None]
    for row in awards:
        row["ror"] = ror_spelled(row.get("ror", "")) or row.get("ror", "")
    _put(found, funding=tuple(Funding(**row) for row in awards))


def _related(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    items = _list(found, name, given, ROWS_AT_MOST)
    if items is None:
        return
    rows = [_row(found, f"{name}.{at}", item, WORK, ("source",)) for at, item in enumerate(items)]
    known = {(item.scheme, item.identifier): item.source for item in found.record.related}
    _put(found, related=tuple(_work(row, known) for row in rows if row is not None))


def _work(row: Mapping[str, str], known: Mapping[tuple[str, str], str]) -> Related:
    """A work as written; where we knew it from is ours to say, whatever somebody sends."""
    told, identifier = bare(row.get("identifier", ""))
    scheme = row.get("scheme") or told or scheme_of(identifier)
    return Related(
        identifier, scheme.lower(), row.get("relation") or "References", row.get("kind", ""),
        row.get("title", ""), known.get((scheme, identifier), "person"),
    )  # fmt: skip


def _embargo(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    if given in (None, ""):
        _put(found, embargo=None)
        return
    try:
        _put(found, embargo=date.fromisoformat(given))
    except (TypeError, ValueError):
        found.tell(name, "This is no day.", "Write it as 2027-01-31.")


def _communities(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    if not isinstance(given, Mapping) or len(given) > ROWS_AT_MOST:
        found.tell(name, "This is no object.", "Send lists of slugs by the repository's name.")
        return
    said = {}
    for repository, slugs in given.items():
        path = f"{name}.{_shown(repository)}"
        if _text(found, path, repository, 40) is not None:
            said[repository] = _texts(found, path, slugs, 20, 100)
    _put(found, communities={place: slugs for place, slugs in said.items() if slugs})


def _options(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    if not isinstance(given, Mapping):
        found.tell(name, "This is no object.", f"Send an object with {', '.join(OPTIONS)}.")
        return
    for option, value in given.items():
        path = f"{name}.{_shown(option)}"
        if option not in OPTIONS:
            found.tell(path, "There is no such option.", f"Options are {', '.join(OPTIONS)}.")
        elif option == "ro_crate" and value not in CRATES:
            found.tell(path, "There is no such RO-Crate here.", f"Choose {' or '.join(CRATES)}.")
        elif option != "ro_crate" and not isinstance(value, bool):
            found.tell(path, "This is neither true nor false.", "Send one of them.")
        else:
            found.options[option] = value


def _runs(found: Reading, name: str, given: Any) -> None:  # noqa: ANN401 -- any JSON
    addresses = addresses_in(given)
    if addresses is None:
        found.tell(name, "These are no addresses of runs.",
                   f"Send a list, 64 hexadecimal digits each, {RUNS_AT_MOST} at most.")  # fmt: skip
    else:
        found.runs = addresses


def addresses_in(given: Any) -> tuple[str, ...] | None:  # noqa: ANN401 -- any JSON
    """Addresses of runs in the order given, each once; None when it is no list of such."""
    if not isinstance(given, list) or len(given) > RUNS_AT_MOST:
        return None
    if not all(isinstance(item, str) and digest.is_digest(item) for item in given):
        return None
    return tuple(dict.fromkeys(item.lower() for item in given))


def _shown(name: object) -> str:
    """A name that somebody made up, fit to be told."""
    text = str(name)[:40]
    return text if text.isprintable() and text else ascii(text)


READERS = {
    "title": _line, "licence": _line, "language": _line, "description": _lines,
    "embargo_reason": _lines, "people": _people, "licences": _licences, "keywords": _keywords,
    "funding": _funding, "related": _related, "embargo": _embargo, "communities": _communities,
    "options": _options, "runs": _runs,
}  # fmt: skip
