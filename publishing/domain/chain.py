"""The crate of a composed run as one value: a Provenance Run Crate 0.5.

The composed request is the main workflow, each Version a tool and a step of it, and each run a
CreateAction of its own under the OrganizeAction of this service (w3id.org/ro/wfrun/provenance/0.5).
Several runs of one Version are several ControlActions of its one step, as the profile asks for
what is scattered. The same facts give the same value.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from catalogue.domain.interface import Interface
from ontology.domain.kinds import ParameterKind
from publishing.domain.action import COMPLETED, SEED
from publishing.domain.assembly import assembled
from publishing.domain.chain_facts import ChainFacts, Link, StepFacts
from publishing.domain.chain_layout import (
    REQUEST,
    chain_members,
    file_path,
    given_path,
    lock_path,
    output_path,
    product_id,
    step_data_path,
)
from publishing.domain.chain_readme import chain_readme
from publishing.domain.crate import NAMES
from publishing.domain.credits import (
    Entity,
    Somebody,
    licence_entity,
    orcid_of,
    people_entities,
    ref,
    service_entity,
    web_address,
)
from publishing.domain.facts import OLDER, DataFacts, ProductFacts
from publishing.domain.layout import README, RECIPE, Member, identifier, written
from publishing.domain.preview import preview
from publishing.domain.previewed import page_of_chain
from publishing.domain.profiles import Crate, profiles
from publishing.domain.recipe import ENVIRON
from publishing.domain.stated import stated_entities, stated_root
from publishing.domain.verdicts import shown_entities, shown_root
from publishing.domain.workflow import (
    BIOSCHEMAS,
    concepts,
    data_entity,
    file_entity,
    formal_parameters,
    licence_of_data,
    plain_value,
)

LANGUAGE = "#request-language"
SHOWN = NAMES | {
    REQUEST: "The composed request, written flat",
    RECIPE: "The steps, their parameters and products, for rerun.py",
    "rerun.py": "Runs all steps again in order and compares the products",
}


def describe_chain(facts: ChainFacts) -> Crate:
    """Describe the crate of a composed run.

    Raises:
        UnsafeNameError: a file has a name that would leave its folder.
    """
    stated, known = facts.stated, _Known(facts)
    found = [*chain_members(facts), chain_readme(facts)]
    found += [written(path, data) for path, data in stated.files.items()] if stated else []
    files = {item.path: item for item in found}
    return assembled(
        root=_root(facts, known),
        data=[*_files(facts, files, known), *_data(facts), *_products(facts)],
        others=_others(facts, known),
        members=found,
        preview=lambda packed: preview(page_of_chain(facts, packed)),
        published=facts.published,
        ro_crate=stated.ro_crate if stated else OLDER,
        is_bag=bool(stated and stated.is_bag),
    )


class _Known:
    """The people of the release and of all versions, each once, with their names in the crate."""

    def __init__(self, facts: ChainFacts) -> None:
        everybody = [person for step in facts.versions for person in step.people]
        self.stated = facts.stated.record.contributors if facts.stated else ()
        named = {_person_key(person) for person in self.stated}
        more = [person for person in everybody if _person_key(person) not in named]
        self._order: list[Somebody] = [*self.stated, *dict.fromkeys(more)]
        self._names = {
            _person_key(person): orcid_of(person) or f"#person-{place}"
            for place, person in enumerate(self._order, start=1)
        }
        self.entities = people_entities(self._order, facts.landing)[1]

    def refs(self, people: Iterable[Somebody]) -> list[Entity]:
        """References to some of them."""
        names = [self._names[_person_key(person)] for person in people]
        return [ref(name) for name in dict.fromkeys(names)]


def _person_key(person: Somebody) -> tuple[str, str]:
    return person.name, orcid_of(person)


# --- Names -------------------------------------------------------------------------------------


def tool_id(facts: ChainFacts, step: StepFacts) -> str:
    """The ``@id`` of a version: the address of its page."""
    return f"{facts.service}/workflows/{step.version.slug}/{step.version.number}"


def run_id(step: StepFacts) -> str:
    """The ``@id`` of a run."""
    return f"#run-{step.run.address}"


def _step_id(step: StepFacts) -> str:
    return f"#step-{step.key}"


def _parameter_id(step: StepFacts, name: str) -> str:
    return f"#{step.key}-parameter-{quote(name)}"


def _output_id(step: StepFacts, name: str) -> str:
    return f"#{step.key}-output-{quote(name)}"


def _result_id(name: str) -> str:
    return f"#request-output-{quote(name)}"


def _made_id(facts: ChainFacts, step: StepFacts, product: ProductFacts) -> str:
    path = output_path(step, product)
    return product_id(facts, product, path, kept=product.digest in step.kept)


def _given_id(facts: ChainFacts, link: Link) -> str:
    return product_id(
        facts, link.product, given_path(link), kept=link.product.digest in facts.given
    )


def _link_id(facts: ChainFacts, link: Link) -> str:
    source = next((item for item in facts.steps if item.run.address == link.source), None)
    return _made_id(facts, source, link.product) if source else _given_id(facts, link)


def _time(moment: Any) -> str:  # noqa: ANN401 -- a datetime
    return str(moment.isoformat(timespec="milliseconds"))


# --- The root and the main workflow ------------------------------------------------------------


def _root(facts: ChainFacts, known: _Known) -> Entity:
    last, stated = facts.last, facts.stated
    about: Entity = {
        "name": facts.title,
        "description": facts.description or f"{facts.title}: a composed run that can be repeated.",
        "datePublished": _time(facts.published),
        "license": ref(licence_entity(facts.licence)["@id"]),
        "publisher": ref(facts.service),
        "url": facts.landing,
        "conformsTo": [ref(item["@id"]) for item in _profiles(facts)],
        "mainEntity": ref(REQUEST),
        "mentions": [ref(_request_run_id(facts)), *(ref(run_id(step)) for step in facts.steps)],
        "author": known.refs(_authors(facts)) or ref(facts.service),
        "version": str(stated.number if stated else last.version.number),
        "citation": [ref(item) for item in _papers(facts)],
        "keywords": ", ".join(facts.keywords),
        "identifier": f"https://doi.org/{facts.doi}" if facts.doi else "",
    }
    found = about | (_told(facts) if stated else {})
    return {name: value for name, value in found.items() if value not in ("", [])}


def _told(facts: ChainFacts) -> Entity:
    """What the release adds to the root."""
    if facts.stated is None:
        return {}
    more = stated_root(facts.stated)
    cited = [ref(item) for item in _papers(facts)]
    cited += [item for item in more.get("citation", []) if item not in cited]
    return more | {"citation": cited} | shown_root(facts.stated.figures, _pictures(facts))


def _authors(facts: ChainFacts) -> tuple[Somebody, ...]:
    return facts.stated.record.creators if facts.stated else facts.last.people


def _profiles(facts: ChainFacts) -> tuple[Entity, ...]:
    return profiles(facts.stated.ro_crate if facts.stated else OLDER, is_chain=True)


def _pictures(facts: ChainFacts) -> dict[tuple[str, str], str]:
    """Where the products lie that can be pictures of figures."""
    return {
        (step.run.address, item.name): _made_id(facts, step, item)
        for step in facts.steps
        for item in step.run.products
        if item.role == "output" and item.digest in step.kept
    }


def _papers(facts: ChainFacts) -> list[str]:
    return [item for item in dict.fromkeys(facts.references) if web_address(item)]


def _request_run_id(facts: ChainFacts) -> str:
    return f"#request-{facts.last.run.address}"


def _request_file(facts: ChainFacts, member: Member, known: _Known) -> Entity:
    """The composed request as main workflow (Workflow RO-Crate 1.0, Bioschemas 1.0)."""
    outputs = facts.last.version.interface.outputs
    return file_entity(member, SHOWN[REQUEST]) | {
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "conformsTo": ref(f"{BIOSCHEMAS}/ComputationalWorkflow/1.0-RELEASE"),
        "name": f"The request behind {facts.title}",
        "description": f"A request of {len(facts.steps)} runs, written flat as the API takes it.",
        "version": str(facts.last.version.number),
        "url": facts.landing,
        "identifier": facts.last.run.address,
        "dateCreated": _time(min(step.run.started for step in facts.steps)),
        "programmingLanguage": ref(LANGUAGE),
        "license": ref(licence_entity(facts.licence)["@id"]),
        "input": [ref(_input_id(link)) for link in _given(facts)],
        "output": [ref(_result_id(item.name)) for item in outputs],
        "creator": known.refs(_authors(facts)) or [ref(facts.service)],
        "sdPublisher": ref(facts.service),
        "hasPart": [ref(tool_id(facts, step)) for step in facts.versions],
        "step": [ref(_step_id(step)) for step in facts.versions],
        "connection": [ref(_result_link_id(item.name)) for item in outputs],
    }


def _given(facts: ChainFacts) -> list[Link]:
    """What was given by its digest, each product once."""
    found = {
        link.product.digest: link for step in facts.steps for link in step.links if not link.source
    }
    return list(found.values())


def _input_id(link: Link) -> str:
    return f"#request-input-{link.product.digest[:16]}"


def _result_link_id(name: str) -> str:
    return f"#connection-request-output-{quote(name)}"


def _request_parameters(facts: ChainFacts) -> list[Entity]:
    inputs = [
        _formal(_input_id(link), link.product.file, "A product that was given by its digest")
        for link in _given(facts)
    ]
    last = facts.last
    outputs = [
        _formal(_result_id(item.name), item.name, item.label or item.name)
        for item in last.version.interface.outputs
    ]
    links = [
        _connection(_result_link_id(item.name), _output_id(last, item.name), _result_id(item.name))
        for item in last.version.interface.outputs
    ]
    return inputs + outputs + links


def _formal(name: str, shown: str, description: str) -> Entity:
    return {
        "@id": name, "@type": "FormalParameter", "additionalType": "File", "name": shown,
        "conformsTo": ref(f"{BIOSCHEMAS}/FormalParameter/1.0-RELEASE"),
        "description": description,
    }  # fmt: skip


def _connection(name: str, source: str, target: str) -> Entity:
    return {
        "@id": name, "@type": "ParameterConnection",
        "sourceParameter": ref(source), "targetParameter": ref(target),
    }  # fmt: skip


# --- Versions: tools and steps -----------------------------------------------------------------


def _tools(facts: ChainFacts, known: _Known) -> list[Entity]:
    found = []
    for place, step in enumerate(facts.versions, start=1):
        found += [_tool(facts, step, known), _how_to(facts, step, place)]
        found += _parameters(facts, step)
    return found + _connections(facts)


def _tool(facts: ChainFacts, step: StepFacts, known: _Known) -> Entity:
    version = step.version
    files = [identifier(file_path(step, item.path)) for item in version.files]
    return {
        "@id": tool_id(facts, step),
        "@type": "SoftwareApplication",
        "name": step.title,
        "description": step.description or step.title,
        "url": tool_id(facts, step),
        "version": str(version.number),
        "identifier": version.digest,
        "license": ref(licence_entity(step.licence)["@id"]),
        "creator": known.refs(step.people) or [ref(facts.service)],
        "input": [ref(_parameter_id(step, name)) for name in _taken_names(facts, step)],
        "output": [ref(_output_id(step, item.name)) for item in version.interface.outputs],
        "hasPart": [ref(name) for name in [*files, identifier(lock_path(step))]],
        "softwareRequirements": ref(identifier(lock_path(step))),
    } | ({"codeRepository": version.source} if web_address(version.source) else {})


def _how_to(facts: ChainFacts, step: StepFacts, place: int) -> Entity:
    return {
        "@id": _step_id(step),
        "@type": "HowToStep",
        "name": step.title,
        "position": str(place),
        "workExample": ref(tool_id(facts, step)),
        "connection": [
            ref(name) for name, target, _ends in _link_names(facts) if target.key == step.key
        ],
    }


def _taken_names(facts: ChainFacts, step: StepFacts) -> list[str]:
    """Parameters of a version that some run of it was given; an absent product is none."""
    used = set()
    for run in facts.steps:
        if run.key == step.key:
            used |= {link.name for link in run.links}
            used |= {item.name for item in step.version.interface.parameters
                     if item.kind is not ParameterKind.PRODUCT
                     or _own_files(run, run.run.values.get(item.name))}  # fmt: skip
    return [item.name for item in step.version.interface.parameters if item.name in used]


def _own_files(step: StepFacts, value: Any) -> list[str]:  # noqa: ANN401 -- any JSON value
    """The author's own files that a product parameter names, as they lie in the crate."""
    paths = {item.path for item in step.version.files}
    wanted = value if isinstance(value, list) else [value]
    return [identifier(file_path(step, item)) for item in wanted if item in paths]


def _parameters(facts: ChainFacts, step: StepFacts) -> list[Entity]:
    names = set(_taken_names(facts, step))
    interface = step.version.interface
    chosen = Interface(
        tuple(item for item in interface.parameters if item.name in names), interface.outputs
    )
    many = {item.name for item in interface.parameters if item.many}
    found = []
    for entity in formal_parameters(chosen):
        named = entity | {"@id": f"#{step.key}-{entity['@id'][1:]}"}
        is_input = entity["@id"].startswith("#parameter-")
        multiple = {"multipleValues": "True"} if is_input and entity["name"] in many else {}
        found.append(named | multiple)
    return found + concepts(interface)


def _link_names(facts: ChainFacts) -> list[tuple[str, StepFacts, tuple[str, str]]]:
    """Connections between versions: name, version that takes, source and target parameters."""
    steps = {step.run.address: step for step in facts.steps}
    found = {}
    for step in facts.steps:
        for link in step.links:
            source = steps.get(link.source)
            start = _output_id(source, link.output) if source else _input_id(link)
            end = _parameter_id(step, link.name)
            name = f"#connection{start.replace('#', '-')}{end.replace('#', '-')}"
            found[name] = (name, step, (start, end))
    return list(found.values())


def _connections(facts: ChainFacts) -> list[Entity]:
    return [_connection(name, *ends) for name, _step, ends in _link_names(facts)]


# --- Runs: actions -----------------------------------------------------------------------------


def _actions(facts: ChainFacts) -> list[Entity]:
    found = [_request_action(facts), _organize(facts)]
    for step in facts.steps:
        found += [_action(facts, step), _control(step), *_values(facts, step)]
        found += [_setting(step, SEED, str(step.run.seed))]
    return found + [_setting(None, name, value) for name, value in sorted(ENVIRON.items())]


def _request_action(facts: ChainFacts) -> Entity:
    return {
        "@id": _request_run_id(facts),
        "@type": "CreateAction",
        "name": f"The request for {facts.title}",
        "description": f"A composed request of {len(facts.steps)} runs.",
        "identifier": facts.last.run.address,
        "instrument": ref(REQUEST),
        "object": [ref(_given_id(facts, link)) for link in _given(facts)],
        "result": [
            ref(_made_id(facts, facts.last, item))
            for item in facts.last.run.products
            if item.role == "output"
        ],
        **_span(facts),
    }


def _span(facts: ChainFacts) -> Entity:
    return {
        "startTime": _time(min(step.run.started for step in facts.steps)),
        "endTime": _time(max(step.run.ended for step in facts.steps)),
        "actionStatus": COMPLETED,
        "agent": ref(facts.service),
    }


def _organize(facts: ChainFacts) -> Entity:
    return {
        "@id": f"#organize-{facts.last.run.address}",
        "@type": "OrganizeAction",
        "name": f"Reprise ran the request for {facts.title}",
        "instrument": ref(f"{facts.service}/#reprise"),
        "object": [ref(f"#control-{step.run.address}") for step in facts.steps],
        "result": ref(_request_run_id(facts)),
        **_span(facts),
    }


def _control(step: StepFacts) -> Entity:
    return {
        "@id": f"#control-{step.run.address}",
        "@type": "ControlAction",
        "name": f"Orchestrated {step.version.slug} {step.run.address[:12]}",
        "instrument": ref(_step_id(step)),
        "object": ref(run_id(step)),
        "actionStatus": COMPLETED,
    }


def _action(facts: ChainFacts, step: StepFacts) -> Entity:
    version, run = step.version, step.run
    answered = f" Its answer was taken from the run {step.reused}." if step.reused else ""
    objects = [item["@id"] for item in _values(facts, step)]
    objects += [_link_id(facts, link) for link in step.links if link.taken is None]
    objects += [_data_id(item) for item in version.data if _data_id(item)]
    settings = [_setting_id(step, SEED), *(_setting_id(None, name) for name in sorted(ENVIRON))]
    return {
        "@id": run_id(step),
        "@type": "CreateAction",
        "name": f"Run of {version.slug} version {version.number}",
        "description": f"One run of {version.main} with fixed inputs.{answered}",
        "identifier": run.address,
        "url": f"{facts.service}/runs/{run.address}",
        "instrument": ref(tool_id(facts, step)),
        "object": [ref(name) for name in dict.fromkeys(objects)],
        "result": [ref(_made_id(facts, step, item)) for item in run.products],
        "startTime": _time(run.started),
        "endTime": _time(run.ended),
        "actionStatus": COMPLETED,
        "agent": ref(facts.service),
        "environment": [ref(name) for name in settings],
    }


def _values(_facts: ChainFacts, step: StepFacts) -> list[Entity]:
    """The values that a run was given; what is a product is a file instead."""
    interface = step.version.interface
    given = {link.name: link.value for link in step.links if link.taken is not None}
    found = []
    for item in interface.parameters:
        if item.kind is ParameterKind.PRODUCT:
            continue
        value = given[item.name] if item.name in given else step.run.values.get(item.name)
        about = {
            "@id": f"{run_id(step)}-{quote(item.name)}",
            "@type": "PropertyValue",
            "name": item.name,
            "value": plain_value(value),
            "exampleOfWork": ref(_parameter_id(step, item.name)),
        }
        found.append(about | ({"unitText": item.unit} if item.unit else {}))
    return found


def _setting_id(step: StepFacts | None, name: str) -> str:
    return f"{run_id(step) if step else '#request'}-environment-{quote(name)}"


def _setting(step: StepFacts | None, name: str, value: str) -> Entity:
    return {
        "@id": _setting_id(step, name), "@type": "PropertyValue", "name": name, "value": value,
    }  # fmt: skip


# --- Files -------------------------------------------------------------------------------------


def _files(facts: ChainFacts, files: dict[str, Member], known: _Known) -> list[Entity]:
    apart = ("outputs/", "inputs/", "data/")
    found = []
    for path, member in sorted(files.items()):
        if path == REQUEST:
            found.append(_request_file(facts, member, known))
        elif not path.startswith(apart):
            found.append(_file(path, member))
    return found + _examples(facts)


def _file(path: str, member: Member) -> Entity:
    about = file_entity(member, SHOWN.get(path, path.partition("/")[2] or path))
    if path.startswith("workflows/") and path.endswith(".lock") and path.count("/") == 1:
        about |= {
            "name": f"Every package of {path[10:-5]} with its version and hashes",
        }
    return about | ({"about": ref("./")} if path == README else {})


def _examples(facts: ChainFacts) -> list[Entity]:
    """The author's own files that stand for products, as such; merged with the files."""
    return [
        {"@id": name, "exampleOfWork": [ref(_parameter_id(step, item.name))]}
        for step in facts.steps
        for item in step.version.interface.parameters
        if item.kind is ParameterKind.PRODUCT
        for name in _own_files(step, step.run.values.get(item.name))
    ]


def _data(facts: ChainFacts) -> list[Entity]:
    return [
        data_entity(item, _data_id(item), facts.last.run.ended)
        for step in facts.versions
        for item in step.version.data
        if _data_id(item)
    ]


def _data_id(data: DataFacts) -> str:
    return identifier(step_data_path(data)) if data.included else web_address(data.file.url)


def _products(facts: ChainFacts) -> list[Entity]:
    found = [_product(facts, step, item) for step in facts.steps for item in step.run.products]
    for step in facts.steps:
        for link in step.links:
            if not link.source:
                found.append(_given_file(facts, step, link))
            elif link.taken is None:
                taken = [ref(_parameter_id(step, link.name))]
                found.append({"@id": _link_id(facts, link), "exampleOfWork": taken})
    return found


def _product(facts: ChainFacts, step: StepFacts, item: ProductFacts) -> Entity:
    roles = {
        "notebook": "The notebook as executed",
        "plot": f"The numbers plotted in {item.name}",
    }
    works = []
    if item.role == "output" and step.version.interface.output(item.name):
        works.append(ref(_output_id(step, item.name)))
        works += [ref(_result_id(item.name))] if step is facts.last else []
    about = _stored(facts, item, _made_id(facts, step, item), roles.get(item.role, item.name))
    return about | {"dateCreated": _time(step.run.ended), "exampleOfWork": works}


def _given_file(facts: ChainFacts, step: StepFacts, link: Link) -> Entity:
    works = [ref(_parameter_id(step, link.name)), ref(_input_id(link))]
    about = _stored(facts, link.product, _given_id(facts, link), link.product.file)
    return about | {"exampleOfWork": works}


def _stored(facts: ChainFacts, item: ProductFacts, name: str, shown: str) -> Entity:
    about: Entity = {
        "@id": name, "@type": "File", "name": shown, "contentSize": str(item.size),
        "sha256": item.digest, "encodingFormat": item.media_type,
    }  # fmt: skip
    if web_address(name):
        about |= {"contentUrl": name, "sdDatePublished": _time(facts.published)}
    return about


# --- All the rest ------------------------------------------------------------------------------


def _others(facts: ChainFacts, known: _Known) -> list[Entity]:
    return [
        service_entity(facts.service),
        *known.entities,
        *(licence_entity(step.licence) for step in facts.versions),
        *(item for step in facts.versions for item in licence_of_data(step.version.data)),
        {
            "@id": LANGUAGE, "@type": "ComputerLanguage", "name": "Reprise request",
            "description": "Nodes by name, each a workflow, a version and its parameters.",
            "url": f"{facts.service}/api/schema/",
        },
        {
            "@id": f"{facts.service}/#reprise", "@type": "SoftwareApplication", "name": "Reprise",
            "url": facts.service, "softwareVersion": "0.1.0",
            "description": "Plans composed requests and runs each part that is not known yet.",
        },
        *_tools(facts, known),
        *_request_parameters(facts),
        *_actions(facts),
        *_profiles(facts),
        licence_entity(facts.licence),
        *_shown(facts),
        *({"@id": item, "@type": "ScholarlyArticle", "name": item} for item in _papers(facts)),
    ]  # fmt: skip


def _shown(facts: ChainFacts) -> list[Entity]:
    """The release's roles, funding, works, figures and verdicts."""
    if facts.stated is None:
        return []
    runs = {step.run.address: run_id(step) for step in facts.steps}
    shown = shown_entities(facts.stated.figures, _pictures(facts), runs, facts.service)
    return [*stated_entities(facts.stated, facts.landing), *shown]
