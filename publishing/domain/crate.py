"""A crate as one value: its root, its entities and its files.

Workflow Run Crate 0.5 (w3id.org/ro/wfrun/workflow/0.5) and with it Process Run Crate 0.5 and
Workflow RO-Crate 1.0, on RO-Crate 1.1. The same facts give the same value.
"""

from dataclasses import dataclass

from publishing.domain.action import action_id, product_entities, run_entities
from publishing.domain.credits import (
    Entity,
    licence_entity,
    people_entities,
    ref,
    service_entity,
    web_address,
)
from publishing.domain.facts import CrateFacts
from publishing.domain.layout import LOCK, README, RECIPE, Member, members, workflow_path
from publishing.domain.readme import readme
from publishing.domain.recipe import recipe
from publishing.domain.workflow import (
    concepts,
    data_entities,
    data_licences,
    file_entity,
    formal_parameters,
    language_entity,
    main_workflow,
)

PROFILES = (
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
)
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
"""Context that knows ``sha256`` and ``environment``, which RO-Crate 1.1 alone does not."""
NAMES = {
    LOCK: "Every package with its version and hashes",
    README: "What this is and how to run it again",
    RECIPE: "The parameters, products and data of the runs, for rerun.py",
    "rerun.py": "Runs the notebook again and compares the products",
    "notebook_runner.py": "Runs one notebook; needs Python alone",
    "cwl_runner.py": "Runs one CWL document; needs cwltool",
}


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
    """

    root: Entity
    profiles: tuple[str, ...]
    contexts: tuple[str, ...]
    data: tuple[Entity, ...]
    others: tuple[Entity, ...]
    members: tuple[Member, ...]


def describe(facts: CrateFacts) -> Crate:
    """Describe a crate.

    Raises:
        UnsafeNameError: a file has a name that would leave its folder.
    """
    files = {item.path: item for item in (*members(facts), recipe(facts), readme(facts))}
    authors, people = people_entities(facts.people)
    return Crate(
        root=compact(_root(facts, authors)),
        profiles=("https://w3id.org/ro/crate/1.1", PROFILES[2][0]),
        contexts=(TERMS,),
        data=_once(_files(facts, files, authors) + data_entities(facts)),
        others=_once(people + _others(facts)),
        members=tuple(files[path] for path in sorted(files)),
    )


def _root(facts: CrateFacts, authors: list[str]) -> Entity:
    about: Entity = {
        "name": facts.title,
        "description": facts.description or f"{facts.title}: a run that can be repeated.",
        "datePublished": facts.published.isoformat(timespec="milliseconds"),
        "license": ref(licence_entity(facts.licence)["@id"]),
        "publisher": ref(facts.service),
        "url": facts.landing,
        "conformsTo": [ref(address) for address, _name, _version in PROFILES],
        "mainEntity": ref(_notebook_id(facts)),
        "mentions": [ref(action_id(run)) for run in facts.runs],
        "version": str(facts.version.number),
    }
    lists: Entity = {
        "author": [ref(name) for name in authors] or ref(facts.service),
        "citation": [ref(address) for address in _papers(facts)],
        "keywords": ", ".join(facts.keywords),
        "identifier": f"https://doi.org/{facts.doi}" if facts.doi else "",
    }
    return about | {name: value for name, value in lists.items() if value}


def _notebook_id(facts: CrateFacts) -> str:
    member = Member(workflow_path(facts.version.main), "", 0)
    return str(file_entity(member, "")["@id"])


def _papers(facts: CrateFacts) -> list[str]:
    return [item for item in dict.fromkeys(facts.references) if web_address(item)]


def _files(facts: CrateFacts, files: dict[str, Member], authors: list[str]) -> list[Entity]:
    products = [item for run in facts.runs for item in product_entities(facts, run)]
    notebook = workflow_path(facts.version.main)
    found = []
    for path, member in sorted(files.items()):
        if path == notebook:
            refs = [ref(name) for name in authors] or [ref(facts.service)]
            main = main_workflow(facts, member, refs)
            found.append(main | {"license": ref(licence_entity(facts.licence)["@id"])})
        elif not path.startswith(("outputs/", "data/")):
            found.append(_file(path, member))
    return found + products


def _file(path: str, member: Member) -> Entity:
    about = file_entity(member, NAMES.get(path, path.removeprefix("workflow/")))
    return about | ({"about": ref("./")} if path == README else {})


def _others(facts: CrateFacts) -> list[Entity]:
    runs = [item for run in facts.runs for item in run_entities(facts, run)]
    interface = facts.version.interface
    return [
        service_entity(facts.service),
        licence_entity(facts.licence),
        language_entity(facts),
        *data_licences(facts),
        *formal_parameters(interface),
        *concepts(interface),
        *runs,
        *({"@id": item, "@type": "ScholarlyArticle", "name": item} for item in _papers(facts)),
        *(
            {"@id": address, "@type": "CreativeWork", "name": name, "version": version}
            for address, name, version in PROFILES
        ),
    ]


def _once(entities: list[Entity]) -> tuple[Entity, ...]:
    known: dict[str, Entity] = {}
    for entity in entities:
        known.setdefault(entity["@id"], compact(entity))
    return tuple(known.values())


def compact(entity: Entity) -> Entity:
    """The entity with lists of one value as that value and without empty lists (RO-Crate 1.1)."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in entity.items()
        if value != []
    }
