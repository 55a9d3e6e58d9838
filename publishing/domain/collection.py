"""Many files as a folder: a Dataset with a manifest of checksums in place of an entity for each.

RO-Crate lets a folder stand for its files. A crate with more than :data:`FILES_AT_MOST` files in
one of its folders describes that folder, keeps the entities that something else speaks of, and
writes the sha256 of every file into ``manifest-sha256.txt`` inside, as ``sha256sum`` reads it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from publishing.domain.credits import Entity, ref
from publishing.domain.layout import Member, identifier, written

FILES_AT_MOST = 500
MANIFEST = "manifest-sha256.txt"
ACTIONS = frozenset({"CreateAction", "ControlAction", "OrganizeAction"})
WHAT = {
    "outputs": "Products of the runs",
    "workflow": "The author's files",
    "workflows": "The author's files of every version",
    "inputs": "Products that were given",
    "data": "Data files",
    "wheels": "Packages to install without a network",
}


def manifest(folder: str, members: Iterable[Member]) -> Member:
    """The manifest of a folder: one line a file, ``sha256  path in the folder``."""
    lines = [
        f"{item.digest}  {item.path.removeprefix(f'{folder}/')}\n"
        for item in sorted(members, key=lambda item: item.path)
    ]
    return written(f"{folder}/{MANIFEST}", "".join(lines).encode())


def crowded(members: Iterable[Member]) -> dict[str, list[Member]]:
    """The folders at the top of the crate that hold too many files, with those files."""
    found: defaultdict[str, list[Member]] = defaultdict(list)
    for item in members:
        folder, slash, _rest = item.path.partition("/")
        if slash:
            found[folder].append(item)
    return {folder: items for folder, items in sorted(found.items()) if len(items) > FILES_AT_MOST}


def gathered(
    root: Entity, data: list[Entity], others: list[Entity], folders: dict[str, list[Member]]
) -> tuple[list[Entity], list[Entity]]:
    """The entities with the files of these folders told of as one Dataset each.

    What is spoken of by more than a list of an action stays, and so does the first example of
    every parameter.
    """
    paths = {identifier(item.path): folder for folder, items in folders.items() for item in items}
    needed = _spoken_of([root, *others], paths) | _examples(data, paths)
    left = {name: f"{folder}/" for name, folder in paths.items() if name not in needed}
    kept = [item for item in data if item["@id"] not in left]
    sets = [part for folder, items in folders.items() for part in _dataset(folder, items, needed)]
    return kept + sets, [_redirected(item, left) for item in others]


def _spoken_of(entities: Iterable[Entity], paths: dict[str, str]) -> set[str]:
    found = set()
    for entity in entities:
        if entity.get("@type") not in ACTIONS:
            found |= {name for value in entity.values() for name in _names(value) if name in paths}
    return found


def _examples(data: Iterable[Entity], paths: dict[str, str]) -> set[str]:
    first: dict[str, str] = {}
    for entity in data:
        for name in _names(entity.get("exampleOfWork", [])):
            first.setdefault(name, entity["@id"])
    return {name for name in first.values() if name in paths}


def _names(value: Any) -> list[str]:  # noqa: ANN401 -- any JSON value
    values = value if isinstance(value, list) else [value]
    return [item["@id"] for item in values if isinstance(item, dict) and "@id" in item]


def _dataset(folder: str, items: list[Member], needed: set[str]) -> list[Entity]:
    index = manifest(folder, items)
    parts = [name for item in items if (name := identifier(item.path)) in needed]
    what = WHAT.get(folder, folder)
    return [
        {
            "@id": f"{folder}/", "@type": "Dataset", "name": what,
            "description": f"{len(items)} files; {MANIFEST} names the sha256 of each.",
            "contentSize": str(sum(item.size for item in items)),
            "hasPart": [ref(index.path), *(ref(name) for name in parts)],
        },
        {
            "@id": index.path, "@type": "File", "name": f"{what}: checksums",
            "contentSize": str(index.size), "sha256": index.digest, "encodingFormat": "text/plain",
        },
    ]  # fmt: skip


def _redirected(entity: Entity, left: dict[str, str]) -> Entity:
    """An action whose lists name folders in place of the files that are in them."""
    if entity.get("@type") not in ACTIONS:
        return entity
    return {name: _without(value, left) for name, value in entity.items()}


def _without(value: Any, left: dict[str, str]) -> Any:  # noqa: ANN401 -- any JSON value
    if not isinstance(value, list):
        return value
    names = dict.fromkeys(left.get(name, name) for name in _names(value))
    return [ref(name) for name in names] if len(_names(value)) == len(value) else value
