"""A run of a crate as entities: the action, its inputs, its products, its surroundings."""

from urllib.parse import quote

from catalogue.domain.interface import Interface
from ontology.domain.kinds import ParameterKind
from publishing.domain.credits import Entity, licence_entity, ref
from publishing.domain.facts import CrateFacts, ProductFacts, RunFacts
from publishing.domain.layout import LOCK, identifier, product_path, workflow_path
from publishing.domain.recipe import ENVIRON
from publishing.domain.workflow import data_id, output_id, parameter_id, plain_value

COMPLETED = "http://schema.org/CompletedActionStatus"
SEED = "random seed"


def action_id(run: RunFacts) -> str:
    """The ``@id`` of a run."""
    return f"#run-{run.address}"


def run_entities(facts: CrateFacts, run: RunFacts) -> list[Entity]:
    """The action and the values it was given."""
    return [_action(facts, run), *_values(facts, run), *_surroundings(run)]


def product_entities(facts: CrateFacts, run: RunFacts) -> list[Entity]:
    """The products as files; equal files at one place are named once by the caller."""
    known = {item.name for item in facts.version.interface.outputs}
    return [_product(facts, run, item, known) for item in run.products]


def _action(facts: CrateFacts, run: RunFacts) -> Entity:
    version = facts.version
    notebook = identifier(f"workflow/{version.main}")
    inputs = [ref(item["@id"]) for item in _values(facts, run)]
    inputs += [ref(name) for name, _parameter in own_files(facts, run)]
    data = [ref(data_id(item)) for item in version.data if data_id(item)]
    return {
        "@id": action_id(run),
        "@type": "CreateAction",
        "name": f"Run of {version.slug} version {version.number}",
        "description": f"One run of {version.main} with fixed parameters.",
        "identifier": run.address,
        "url": f"{facts.service}/runs/{run.address}",
        "instrument": ref(notebook),
        "object": inputs + data,
        "result": [ref(identifier(product_path(facts, run, item))) for item in run.products],
        "startTime": run.started.isoformat(timespec="milliseconds"),
        "endTime": run.ended.isoformat(timespec="milliseconds"),
        "actionStatus": COMPLETED,
        "agent": ref(facts.service),
        "environment": [ref(item["@id"]) for item in _surroundings(run)],
        "softwareRequirements": ref(LOCK),
    }


def _values(facts: CrateFacts, run: RunFacts) -> list[Entity]:
    interface = facts.version.interface
    units = {item.name: item.unit for item in interface.parameters if item.unit}
    return [
        {
            "@id": f"{action_id(run)}-{quote(name)}",
            "@type": "PropertyValue",
            "name": name,
            "value": plain_value(value),
            "exampleOfWork": ref(parameter_id(name)),
        }
        | ({"unitText": units[name]} if name in units else {})
        for name, value in run.values.items()
        if (item := interface.parameter(name)) and item.kind is not ParameterKind.PRODUCT
    ]


def own_files(facts: CrateFacts, run: RunFacts) -> list[tuple[str, str]]:
    """The author's own files that a run took as products: ``@id`` of each, and its parameter."""
    paths = {item.path for item in facts.version.files}
    found = []
    for item in facts.version.interface.parameters:
        if item.kind is ParameterKind.PRODUCT:
            given = run.values.get(item.name)
            wanted = given if isinstance(given, list) else [given]
            found += [
                (identifier(workflow_path(path)), item.name) for path in wanted
                if isinstance(path, str) and path in paths
            ]  # fmt: skip
    return found


def taken(facts: CrateFacts) -> Interface:
    """The interface without products that no run took, which has nothing to exemplify them."""
    interface = facts.version.interface
    names = {name for run in facts.runs for _file, name in own_files(facts, run)}
    return Interface(
        tuple(
            item for item in interface.parameters
            if item.kind is not ParameterKind.PRODUCT or item.name in names
        ),
        interface.outputs,
    )  # fmt: skip


def _surroundings(run: RunFacts) -> list[Entity]:
    known = ENVIRON | {SEED: str(run.seed)}
    return [
        {
            "@id": f"{action_id(run)}-environment-{quote(name)}",
            "@type": "PropertyValue",
            "name": name,
            "value": value,
        }
        for name, value in sorted(known.items())
    ]


def _product(facts: CrateFacts, run: RunFacts, item: ProductFacts, known: set[str]) -> Entity:
    roles = {
        "notebook": "The notebook as executed",
        "plot": f"The numbers plotted in {item.name}",
        "output": item.name,
    }
    about: Entity = {
        "@id": identifier(product_path(facts, run, item)),
        "@type": "File",
        "name": roles.get(item.role, item.name),
        "contentSize": str(item.size),
        "sha256": item.digest,
        "encodingFormat": item.media_type,
        "dateCreated": run.ended.isoformat(timespec="milliseconds"),
    }
    if facts.data_licence:
        about["license"] = ref(licence_entity(facts.data_licence)["@id"])
    linked = item.role == "output" and item.name in known
    return about | ({"exampleOfWork": ref(output_id(item.name))} if linked else {})
