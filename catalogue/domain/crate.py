"""Reading the metadata of an RO-Crate leniently: what it says, and what it leaves unsaid.

No JSON-LD context is ever fetched: the terms of every version of RO-Crate are plain keys, and
the context of a stranger's crate may point anywhere. Of public crates most break a rule that
their own profile names (a missing name or date, the old file name), so what is missing becomes a
finding and is filled from the main workflow.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from catalogue.domain.entry import About, Person, safe_path
from ontology.domain.findings import Finding, Severity, Where

METADATA = "ro-crate-metadata.json"
LEGACY = "ro-crate-metadata.jsonld"
METADATA_AT_MOST = 32 * 1024 * 1024
ENTITIES_AT_MOST = 50_000
WANTED = ("name", "description", "license", "datePublished")
TEXT_AT_MOST = 4000
ID_AT_MOST = 2000

Entity = Mapping[str, Any]


class BadCrateError(ValueError):
    """It is no RO-Crate that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Described:
    """What the metadata of a crate says.

    Attributes:
        name: of the metadata file.
        entities: ``@id`` → entity.
        root: the crate itself.
        main: the main workflow; empty when it names none.
        findings: what it leaves unsaid.
    """

    name: str
    entities: Mapping[str, Entity]
    root: Entity
    main: Entity
    findings: tuple[Finding, ...]

    @property
    def checksums(self) -> dict[str, str]:
        """Path → sha256 of every file in the crate that has one."""
        return {
            path: entity["sha256"].lower()
            for name, entity in self.entities.items()
            if isinstance(entity.get("sha256"), str) and (path := path_of(name))
        }

    @property
    def about(self) -> About:
        """Title, licence and people, of the crate or else of its main workflow."""
        people = _list(self._first("author") or self._first("creator"))
        return About(
            title=_line(self._first("name")),
            abstract=_line(self._first("description")),
            licence=self._licence(),
            people=tuple(filter(None, map(self._person, people))),
            keywords=tuple(self._keywords()),
        )

    @property
    def language(self) -> str:
        """Name of the language of the main workflow, as the crate has it; may be empty."""
        told = self.main.get("programmingLanguage")
        return _line(self._of(told).get("name")) or _line(_id(told))

    def _first(self, key: str) -> Any:  # noqa: ANN401 -- any JSON value
        return self.root.get(key) or self.main.get(key)

    def _of(self, value: Any) -> Entity:  # noqa: ANN401 -- any JSON value
        return self.entities.get(_id(value), {})

    def _licence(self) -> str:
        told = self._first("license")
        told = told[0] if isinstance(told, list) and told else told
        text = _line(told if isinstance(told, str) else _id(told))
        return text.removesuffix("/").rsplit("/", 1)[-1].removesuffix(".html")

    def _person(self, value: Any) -> Person | None:  # noqa: ANN401 -- any JSON value
        known = self._of(value)
        name = _line(known.get("name")) if known else _line(value)
        given, family = _line(known.get("givenName")), _line(known.get("familyName"))
        orcid = _id(value) if _id(value).startswith("https://orcid.org/") else ""
        whole = family or name
        return Person(given if family else "", whole, orcid) if whole else None

    def _keywords(self) -> Iterator[str]:
        told = self._first("keywords")
        words = told.split(",") if isinstance(told, str) else _list(told)
        yield from filter(None, map(_line, words[:100]))


def read_described(data: bytes, name: str = METADATA) -> Described:
    """Read the metadata of a crate.

    Raises:
        BadCrateError: it is not JSON, not a flat graph, or larger than any crate should be; or it
            says two different things of one ``@id``.
    """
    entities = _entities(_graph(data))
    root = _root(entities)
    main = entities.get(_id(root.get("mainEntity")), {})
    return Described(name, entities, root, main, tuple(_unsaid(name, root, main)))


def path_of(name: str) -> str:
    """The path in the crate that an ``@id`` stands for; empty when it is none."""
    path = unquote(name).removeprefix("./")
    return path if safe_path(path) and not path.startswith("#") and ":" not in path else ""


def main_path(described: Described) -> str:
    """The path of the main workflow; empty when it is no file of the crate."""
    return path_of(str(described.main.get("@id", "")))


def _graph(data: bytes) -> list[Any]:
    if len(data) > METADATA_AT_MOST:
        raise BadCrateError(f"its metadata is longer than {METADATA_AT_MOST:,} bytes")
    try:
        content = json.loads(data)
    except RecursionError:
        raise BadCrateError("its metadata is nested too deep") from None
    except ValueError as error:
        raise BadCrateError(f"its metadata is not JSON: {str(error)[:200]}") from None
    graph = content.get("@graph") if isinstance(content, dict) else None
    if not isinstance(graph, list):
        raise BadCrateError("its metadata has no @graph, which is a list of entities")
    if len(graph) > ENTITIES_AT_MOST:
        raise BadCrateError(
            f"its metadata describes {len(graph):,} entities, above {ENTITIES_AT_MOST:,}"
        )
    return graph


def _entities(graph: list[Any]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for item in graph:
        name = item.get("@id") if isinstance(item, dict) else None
        if not isinstance(name, str) or not 0 < len(name) <= ID_AT_MOST:
            raise BadCrateError("its metadata has an entity without an @id")
        if found.setdefault(name, item) != item:
            raise BadCrateError(f"its metadata says two different things of {name[:100]!r}")
    return found


def _root(entities: Mapping[str, Entity]) -> Entity:
    """The entity that the descriptor is about; older crates may only have the name ``./``."""
    for name in (METADATA, LEGACY, f"./{METADATA}", f"./{LEGACY}"):
        about = _id(entities.get(name, {}).get("about"))
        if about in entities:
            return entities[about]
    if "./" in entities:
        return entities["./"]
    raise BadCrateError("its metadata does not say which entity is the crate itself")


def _unsaid(name: str, root: Entity, main: Entity) -> Iterator[Finding]:
    if name != METADATA:
        yield _finding(name, f"The metadata has the old name {name}.", f"Call it {METADATA}.")
    for key in WANTED:
        if not root.get(key):
            what = f"The crate does not give its {key}, which RO-Crate asks of every crate."
            yield _finding(name, what, f"Add {key} to the root entity.")
    if not main:
        what = "The crate does not say which file is its main workflow."
        yield _finding(name, what, "Name it as mainEntity of the root entity.")


def _finding(name: str, what: str, mend: str) -> Finding:
    return Finding(Severity.SHOULD, "catalogue/crate-incomplete", Where(name), what, mend)


def _id(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, list) and value:
        value = value[0]
    found = value.get("@id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _list(value: Any) -> list[Any]:  # noqa: ANN401 -- any JSON value
    if value is None:
        return []
    return value[:500] if isinstance(value, list) else [value]


def _line(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, str):
        return ""
    plain = value.replace("\0", "").encode("utf-8", "ignore").decode()
    return " ".join(plain.split())[:TEXT_AT_MOST]
