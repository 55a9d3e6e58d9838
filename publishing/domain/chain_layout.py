"""Where everything lies in the crate of a composed run.

README.md  rerun.py  rerun.json  request.json  notebook_runner.py  cwl_runner.py
workflows/<slug>-<number>/<the author's files>   workflows/<slug>-<number>.lock
data/<sha256, 16 digits>/<name>   inputs/<digest, 16 digits>/<file>
outputs/<address, 16 digits>/<file>
"""

import json
from typing import Any

from executor.domain.manifest import suffix_of
from ontology.domain.kinds import ParameterKind
from publishing.domain.chain_facts import ChainFacts, Link, StepFacts
from publishing.domain.facts import DataFacts, ProductFacts
from publishing.domain.layout import (
    RECIPE,
    Member,
    data_path,
    identifier,
    once,
    one_name,
    runner_of,
    workflow_path,
    written,
)
from publishing.domain.published import published_values
from publishing.domain.recipe import ENVIRON, times, version_recipe
from publishing.domain.wheels import wheel_files, wheels_recipe

REQUEST = "request.json"
FORMAT = "reprise.rerun/2"


def folder(step: StepFacts) -> str:
    """Where the author's files of a step lie."""
    return f"workflows/{step.key}"


def lock_path(step: StepFacts) -> str:
    """Where the lock of a step lies."""
    return f"{folder(step)}.lock"


def file_path(step: StepFacts, path: str) -> str:
    """Where a file of the author lies; UnsafeNameError as in ``layout``."""
    return f"{folder(step)}/{workflow_path(path).removeprefix('workflow/')}"


def step_data_path(data: DataFacts) -> str:
    """Where a data file lies; versions may have different files of one name."""
    return f"data/{data.file.sha256[:16]}/{data_path(data.file.name).removeprefix('data/')}"


def output_path(step: StepFacts, product: ProductFacts) -> str:
    """Where a product of a step lies."""
    return f"outputs/{step.short}/{one_name(product.file)}"


def given_path(link: Link) -> str:
    """Where a product lies that was given by its digest."""
    return f"inputs/{link.product.digest[:16]}/{one_name(link.product.file)}"


def product_id(facts: ChainFacts, product: ProductFacts, path: str, *, kept: bool) -> str:
    """The ``@id`` of a product: its place in the crate, or its address when it is left out."""
    return identifier(path) if kept else f"{facts.service}/products/{product.digest}"


def chain_members(facts: ChainFacts) -> tuple[Member, ...]:
    """The files of the crate, sorted by path.

    Raises:
        UnsafeNameError: a name would leave its folder, or two files want the same place.
    """
    found = [written(path, data) for path, data in facts.tools.items()]
    found += [Member(*item) for item in wheel_files(facts.wheels)]
    found += [written(REQUEST, _text(facts.request)), written(RECIPE, _text(recipe_of(facts)))]
    for step in facts.versions:
        found.append(written(lock_path(step), step.version.lock.encode()))
        found += [
            Member(file_path(step, item.path), item.digest, item.size)
            for item in step.version.files
        ]
        found += [
            Member(step_data_path(item), item.file.sha256, item.size or 0)
            for item in step.version.data
            if item.included
        ]
    for step in facts.steps:
        found += _products(facts, step)
    return tuple(sorted(once(found), key=lambda member: member.path))


def _products(facts: ChainFacts, step: StepFacts) -> list[Member]:
    made = [
        Member(output_path(step, item), item.digest, item.size)
        for item in step.run.products
        if item.digest in step.kept
    ]
    given = [
        Member(given_path(link), link.product.digest, link.product.size)
        for link in step.links
        if not link.source and link.product.digest in facts.given
    ]
    return made + given


def recipe_of(facts: ChainFacts) -> dict[str, Any]:
    """What ``rerun.json`` holds."""
    return {
        "format": FORMAT,
        "title": facts.last.title,
        "environment": ENVIRON,
        "steps": [_step(facts, step) for step in facts.steps],
        **wheels_recipe(facts.wheels),
    }


def _step(facts: ChainFacts, step: StepFacts) -> dict[str, Any]:
    version = step.version
    return {
        "name": f"{version.slug} {step.run.address[:12]}",
        "address": step.run.address,
        "environment": step.run.environment,
        "version": version_recipe(version),
        "published": published_values(version.paper, version.interface, step.run.values),
        "folder": folder(step),
        "lock": lock_path(step),
        "python": ".".join(step.run.python.split(".")[:2]),
        "notebook": version.main,
        "runner": runner_of(version.main),
        "products": [
            item.name for item in version.interface.parameters if item.kind is ParameterKind.PRODUCT
        ],
        "outputs": [
            {"name": item.name, "kind": item.kind.value} for item in version.interface.outputs
        ],
        "data": [_data(item) for item in version.data],
        "parameters": dict(step.run.values),
        "seed": step.run.seed,
        "links": [_link(facts, link) for link in step.links],
        "made": [
            {
                "name": item.name, "role": item.role, "path": output_path(step, item),
                "sha256": item.digest, "size": item.size,
            }
            for item in step.run.products
            if item.role != "notebook"
        ],
        **times(step.run),
        "executed": [
            {"path": output_path(step, item), "sha256": item.digest, "size": item.size}
            for item in step.run.products
            if item.role == "notebook"
        ],
    }  # fmt: skip


def _data(item: DataFacts) -> dict[str, str]:
    return {
        "name": item.file.name, "sha256": item.file.sha256, "url": item.file.url,
        "path": step_data_path(item),
    }  # fmt: skip


def _link(facts: ChainFacts, link: Link) -> dict[str, Any]:
    about: dict[str, Any] = {
        "name": link.name, "position": link.position, "many": link.many, "source": link.source,
        "output": link.output, "sha256": link.product.digest, "to": _fed_path(link),
    }  # fmt: skip
    if link.taken is not None:
        about |= {"value": link.value, "taken": link.taken}
    if not link.source:
        about |= {
            "path": given_path(link),
            "url": f"{facts.service}/products/{link.product.digest}",
        }
    return about


def _fed_path(link: Link) -> str:
    """Where the code finds the product, as in a run of the service."""
    suffix = suffix_of(link.product.file, link.product.media_type)
    if link.many:
        return f"inputs/{link.name}/{link.position:04d}{suffix}"
    return f"inputs/{link.name}{suffix}"


def _text(content: object) -> bytes:
    return f"{json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode()
