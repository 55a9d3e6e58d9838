"""The last steps of describing any crate: folders for many files, the preview, the profiles."""

from collections.abc import Callable, Iterable
from datetime import datetime

from publishing.domain.collection import crowded, gathered, manifest
from publishing.domain.credits import Entity, ref
from publishing.domain.facts import OLDER
from publishing.domain.layout import Member, once, written
from publishing.domain.newer import newer
from publishing.domain.profiles import TERMS, Crate, compact, dated, declared
from publishing.domain.workflow import file_entity

PREVIEW = "ro-crate-preview.html"


def assembled(  # noqa: PLR0913 -- the parts of a crate
    *, root: Entity, data: list[Entity], others: list[Entity], members: Iterable[Member],
    preview: Callable[[tuple[Member, ...]], bytes], published: datetime, ro_crate: str = OLDER,
    is_bag: bool = False,
) -> Crate:  # fmt: skip
    """A crate of its parts, each entity once.

    Args:
        root: properties of the root.
        data: entities of files.
        others: all other entities.
        members: the files, in any order.
        preview: the page for people, given the other files.
        published: when the crate is said to be of.
        ro_crate: the version of RO-Crate.
        is_bag: whether it becomes a BagIt bag.

    Raises:
        UnsafeNameError: two files want the same place.
    """
    files = once(list(members))
    folders = crowded(files)
    if folders:
        data, others = gathered(root, data, others, folders)
        files += [manifest(folder, items) for folder, items in folders.items()]
    files = sorted(files, key=lambda member: member.path)
    page = written(PREVIEW, preview(tuple(files)))
    moment = published.isoformat(timespec="milliseconds")
    return newer(
        Crate(
            root=compact(root),
            profiles=declared(ro_crate),
            contexts=(TERMS,),
            data=dated(merged(data), moment),
            others=merged([*others, _preview_entity(page)]),
            members=tuple(sorted([*files, page], key=lambda member: member.path)),
            ro_crate=ro_crate,
            is_bag=is_bag,
        )
    )


def _preview_entity(page: Member) -> Entity:
    """The preview: a page about the crate and, as RO-Crate has it, no data of it."""
    about = file_entity(page, "This crate as a page for people")
    return about | {"@type": "CreativeWork", "about": ref("./")}


def merged(entities: list[Entity]) -> tuple[Entity, ...]:
    """Each entity once, with every work that it is an example of; see ``compact``."""
    found: dict[str, Entity] = {}
    for entity in entities:
        name = entity["@id"]
        works = [*_listed(found.get(name, {})), *_listed(entity)]
        one = {**entity, **found.get(name, {})}
        one["exampleOfWork"] = [ref(item) for item in dict.fromkeys(item["@id"] for item in works)]
        found[name] = one
    return tuple(compact(entity) for entity in found.values())


def _listed(entity: Entity) -> list[Entity]:
    works = entity.get("exampleOfWork", [])
    return works if isinstance(works, list) else [works]
