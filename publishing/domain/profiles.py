"""A crate as one value, and the profiles that it keeps.

Crates are described in the words of RO-Crate 1.1, on which the Workflow Run profiles 0.5 stand,
and which today's validators and registries know; ``newer`` says the same in those of 1.3.
"""

from dataclasses import dataclass

from publishing.domain.credits import Entity
from publishing.domain.facts import NEWER, OLDER
from publishing.domain.layout import Member

TERMS = "https://w3id.org/ro/terms/workflow-run/context"
"""Context that knows ``sha256`` and ``environment``, which RO-Crate 1.1 alone does not."""
WFRUN = "https://w3id.org/ro/wfrun"
WROC = "https://w3id.org/workflowhub/workflow-ro-crate"
VERSIONS = {OLDER: ("0.5", "1.0"), NEWER: ("0.6", "1.1")}
"""RO-Crate → Workflow Run profiles and Workflow RO-Crate that stand on it."""


@dataclass(frozen=True, slots=True)
class Crate:
    """A described crate.

    Attributes:
        root: properties of the root data entity.
        profiles: addresses of the profiles that the metadata file itself declares.
        contexts: JSON-LD contexts besides the one of RO-Crate.
        data: entities that ``hasPart`` of the root lists: files here or on the web.
        others: all other entities.
        members: the files to pack, sorted by path.
        ro_crate: the version of RO-Crate.
        is_bag: whether it is packed as a BagIt bag.
    """

    root: Entity
    profiles: tuple[str, ...]
    contexts: tuple[str, ...]
    data: tuple[Entity, ...]
    others: tuple[Entity, ...]
    members: tuple[Member, ...]
    ro_crate: str = OLDER
    is_bag: bool = False


def profiles(ro_crate: str, *, is_chain: bool) -> tuple[Entity, ...]:
    """The profiles that a crate keeps: with steps when it is of a composed run."""
    run, workflow = VERSIONS[ro_crate]
    kinds = ("process", "workflow", "provenance") if is_chain else ("process", "workflow")
    found = [_profile(f"{WFRUN}/{kind}/{run}", f"{kind.title()} Run Crate", run) for kind in kinds]
    # Order is that of the profiles' pages: each stands on those before it.
    return (*found[:2], _profile(f"{WROC}/{workflow}", "Workflow RO-Crate", workflow), *found[2:])


def _profile(address: str, name: str, version: str) -> Entity:
    return {"@id": address, "@type": "CreativeWork", "name": name, "version": version}


def declared(ro_crate: str) -> tuple[str, ...]:
    """What the metadata file itself conforms to; from 1.2 on that is RO-Crate alone."""
    own = f"https://w3id.org/ro/crate/{ro_crate}"
    return (own, f"{WROC}/{VERSIONS[OLDER][1]}") if ro_crate == OLDER else (own,)


def compact(entity: Entity) -> Entity:
    """The entity with lists of one value as that value and without empty lists (RO-Crate 1.1)."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in entity.items()
        if value != []
    }


def dated(entities: tuple[Entity, ...], moment: str) -> tuple[Entity, ...]:
    """Files with the moment that they were described (``sdDatePublished``).

    Read at its web address a crate is all made of web entities, which are to say so.
    """
    return tuple(
        {"sdDatePublished": moment} | entity if "File" in types_of(entity) else entity
        for entity in entities
    )


def types_of(entity: Entity) -> list[str]:
    """The types of an entity."""
    found = entity.get("@type", [])
    return found if isinstance(found, list) else [found]
