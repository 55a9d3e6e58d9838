"""A crate as one value: its root, its entities and its files.

Workflow Run Crate 0.5 (w3id.org/ro/wfrun/workflow/0.5) and with it Process Run Crate 0.5 and
Workflow RO-Crate 1.0, on RO-Crate 1.1, or their successors on 1.3. The same facts give the same
value.
"""

from publishing.domain.action import own_files, product_entities, run_entities, taken
from publishing.domain.assembly import assembled
from publishing.domain.credits import (
    Entity,
    licence_entity,
    people_entities,
    ref,
    service_entity,
    web_address,
)
from publishing.domain.facts import OLDER, CrateFacts
from publishing.domain.layout import LOCK, README, RECIPE, Member, members, workflow_path, written
from publishing.domain.preview import preview
from publishing.domain.previewed import page_of_runs
from publishing.domain.production import (
    TABLE,
    action_ids,
    is_production,
    judged_ids,
    production_action,
    table,
    told_in_full,
)
from publishing.domain.profiles import Crate, profiles
from publishing.domain.readme import readme
from publishing.domain.recipe import recipe
from publishing.domain.stated import stated_entities, stated_root
from publishing.domain.verdicts import shown_entities, shown_root
from publishing.domain.workflow import (
    concepts,
    data_entities,
    data_licences,
    file_entity,
    formal_parameters,
    language_entity,
    main_workflow,
    parameter_id,
)

NAMES = {
    LOCK: "Every package with its version and hashes",
    README: "What this is and how to run it again",
    RECIPE: "The parameters, products and data of the runs, for rerun.py",
    TABLE: "Every run: its parameters, its times, and the sha256 of what it made",
    "rerun.py": "Runs the notebook again and compares the products",
    "notebook_runner.py": "Runs one notebook; needs Python alone",
    "cwl_runner.py": "Runs one CWL document; needs cwltool",
}


def describe(facts: CrateFacts) -> Crate:
    """Describe a crate.

    Raises:
        UnsafeNameError: a file has a name that would leave its folder.
    """
    stated = facts.stated
    found = [*members(facts), recipe(facts), readme(facts)]
    found += [table(facts)] if is_production(facts) else []
    found += [written(path, data) for path, data in stated.files.items()] if stated else []
    everybody = stated.record.contributors if stated else facts.people
    people = people_entities(everybody, facts.landing)[1]
    authors = people_entities(facts.people, facts.landing)[0]
    return assembled(
        root=_root(facts, authors),
        data=_files(facts, {item.path: item for item in found}, authors) + data_entities(facts),
        others=people + _others(facts),
        members=found,
        preview=lambda files: preview(page_of_runs(facts, files)),
        published=facts.published,
        ro_crate=stated.ro_crate if stated else OLDER,
        is_bag=bool(stated and stated.is_bag),
    )


def _root(facts: CrateFacts, authors: list[str]) -> Entity:
    about: Entity = {
        "name": facts.title,
        "description": facts.description or f"{facts.title}: a run that can be repeated.",
        "datePublished": facts.published.isoformat(timespec="milliseconds"),
        "license": ref(licence_entity(facts.licence)["@id"]),
        "publisher": ref(facts.service),
        "url": facts.landing,
        "conformsTo": [ref(item["@id"]) for item in _profiles(facts)],
        "mainEntity": ref(_notebook_id(facts)),
        "mentions": [ref(name) for name in action_ids(facts)],
        "version": str(facts.stated.number if facts.stated else facts.version.number),
    }
    lists: Entity = {
        "author": [ref(name) for name in authors] or ref(facts.service),
        "citation": [ref(address) for address in _papers(facts)],
        "keywords": ", ".join(facts.keywords),
        "identifier": f"https://doi.org/{facts.doi}" if facts.doi else "",
    }
    return about | {name: value for name, value in lists.items() if value} | _told(facts)


def _told(facts: CrateFacts) -> Entity:
    """What the release adds to the root."""
    stated = facts.stated
    if stated is None:
        return {}
    more = stated_root(stated)
    cited = [ref(address) for address in _papers(facts)]
    cited += [item for item in more.get("citation", []) if item not in cited]
    return (
        more | ({"citation": cited} if cited else {}) | shown_root(stated.figures, _pictures(facts))
    )


def _profiles(facts: CrateFacts) -> tuple[Entity, ...]:
    return profiles(facts.stated.ro_crate if facts.stated else OLDER, is_chain=False)


def _pictures(facts: CrateFacts) -> dict[tuple[str, str], str]:
    """Where the products lie that can be pictures of figures."""
    return {
        (run.address, item.name): entity["@id"]
        for run in facts.runs
        for item, entity in zip(run.products, product_entities(facts, run), strict=True)
        if item.role == "output"
    }


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
            main = main_workflow(facts, member, refs, taken(facts))
            found.append(main | {"license": ref(licence_entity(facts.code_licence)["@id"])})
        elif not path.startswith(("outputs/", "data/")):
            found.append(_file(path, member))
    return found + products + _examples(facts)


def _examples(facts: CrateFacts) -> list[Entity]:
    """The author's own files that runs took as products, as such; merged with the files."""
    named = [item for run in facts.runs for item in own_files(facts, run)]
    return [
        {"@id": name, "exampleOfWork": [ref(parameter_id(parameter))]}
        for name, parameter in dict.fromkeys(named)
    ]


def _file(path: str, member: Member) -> Entity:
    about = file_entity(member, NAMES.get(path, path.removeprefix("workflow/")))
    return about | ({"about": ref("./")} if path == README else {})


def _others(facts: CrateFacts) -> list[Entity]:
    interface, stated = taken(facts), facts.stated
    found = [
        service_entity(facts.service),
        licence_entity(facts.licence),
        licence_entity(facts.code_licence),
        language_entity(facts),
        *data_licences(facts),
        *formal_parameters(interface),
        *concepts(interface),
        *([production_action(facts)] if is_production(facts) else []),
        *(item for run in told_in_full(facts) for item in run_entities(facts, run)),
        *_profiles(facts),
    ]
    if stated is not None:
        shown = (stated.figures, _pictures(facts), judged_ids(facts), facts.service)
        found += [*stated_entities(stated, facts.landing), *shown_entities(*shown)]
    articles = [{"@id": item, "@type": "ScholarlyArticle", "name": item} for item in _papers(facts)]
    return found + articles
