"""The provenance of runs in the words of PROV (PROV-DM, W3C Recommendation, 30 April 2013).

A run is an activity. What it gave is an entity of its own, a specialization of the product with
those bytes: equal bytes may be made by many runs, and PROV gives an entity one generation. So
whatever derives from what is told of the outputs of runs, where no circle can be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from executor.domain.provenance_records import (
    ACTIVITY,
    AGENT,
    ENTITY,
    Element,
    Records,
    Relation,
)

SEED = "random seed"
ACCOUNT = "account:"
"""What the name of an asker begins with that the operator knows; any other is a pseudonym."""


class Direction(StrEnum):
    """Which way to walk: to what something came from, to what came from it, or both."""

    BACK = "back"
    FORWARD = "forward"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Used:
    """A product that a run took.

    Attributes:
        name: the parameter.
        position: its place in a list; 0 for a single one.
        source: address of the run that gave it; empty when it was given by its digest.
        output: name of that run's output.
        digest: what it was; empty while that is not known.
    """

    name: str
    position: int
    source: str
    output: str
    digest: str


@dataclass(frozen=True, slots=True)
class Gave:
    """An output of a run: ``role`` is ``output``, ``plot`` or ``notebook``; size in bytes."""

    name: str
    role: str
    digest: str
    media_type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """The version that ran.

    Attributes:
        path: path of its page.
        digest: its digest.
        title: one line.
        source: where it is from.
        commit: the commit of that source; empty when unknown.
        lock: sha256 of its lock.
        people: name and ORCID of its authors.
        data: name, sha256 and address of its data files.
    """

    path: str
    digest: str
    title: str = ""
    source: str = ""
    commit: str = ""
    lock: str = ""
    people: tuple[tuple[str, str], ...] = ()
    data: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a run.

    Attributes:
        address: address of the run.
        code: the version that ran.
        environment: digest of the environment.
        inputs: name → typed form of every parameter that is no product.
        seed: the random seed.
        used: the products it took.
        gave: its outputs.
        reused: address of the run whose answer it took instead of running; empty when it ran.
        asker: account that asked; whoever has none is not named.
        state: how it stands.
        started_at: when the last attempt began; None before.
        ended_at: when it ended; None before.
        site: where its last attempt ran.
        node: the machine of that.
        machine: Python, packages, isolation and platform of that attempt.
    """

    address: str
    code: Code
    environment: str
    inputs: Mapping[str, Mapping[str, Any]]
    seed: int = 0
    used: tuple[Used, ...] = ()
    gave: tuple[Gave, ...] = ()
    reused: str = ""
    asker: str = ""
    state: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    site: str = ""
    node: str = ""
    machine: Mapping[str, Any] | None = None


Uploaded = Mapping[str, tuple[str, int, str]]
"""Digest → media type, bytes and file of products that somebody uploaded."""


def records(
    base: str, runs: Iterable[Facts], uploaded: Uploaded | None = None, *, left_out: str = ""
) -> Records:
    """Everything that PROV can say of some runs.

    Args:
        base: address of the service, without a slash at the end.
        runs: the runs; a run that feeds one of them and is not there itself is only named.
        uploaded: what is known of products that were uploaded.
        left_out: a sentence on what is not told; empty when all is.
    """
    told = Records(base)
    for facts in runs:
        _run(told, facts)
    for digest, (media_type, size, file) in (uploaded or {}).items():
        _product(told, digest, media_type, size, file)
    if left_out:
        told.element(ENTITY, f"{base}/#left-out", {"rdfs:label": left_out})
    return told


def _run(told: Records, facts: Facts) -> None:
    run = _run_id(told, facts.address)
    label = f"{facts.code.title or facts.code.path} {facts.address[:12]}"
    told.add(
        Element(
            ACTIVITY, run, {"rdfs:label": label, "schema:creativeWorkStatus": facts.state},
            started_at=facts.started_at, ended_at=facts.ended_at,
        )
    )  # fmt: skip
    version = _code(told, facts.code)
    told.relate(Relation("used", run, version))
    told.relate(Relation("used", run, _environment(told, facts, version)))
    for name, digest, url in facts.code.data:
        told.relate(Relation("used", run, _data(told, name, digest, url)))
    _parameters(told, facts, run, version)
    taken = [_taken(told, item, run, version) for item in facts.used]
    _agents(told, facts, run, version)
    _outputs(told, facts, run, taken)


def _code(told: Records, code: Code) -> str:
    version = f"{told.base}{code.path}"
    if not told.knows(version):
        about = {"rdfs:label": code.title or "workflow", "schema:identifier": code.digest}
        told.element(ENTITY, version, about, types=("prov:Plan", "schema:SoftwareSourceCode"))
        _source(told, code, version)
        for number, (name, orcid) in enumerate(code.people, start=1):
            person = f"{version}#author-{number}"
            known = {"rdfs:label": name, "schema:identifier": orcid}
            told.element(AGENT, person, known)
            told.relate(Relation("wasAttributedTo", version, person))
    return version


def _source(told: Records, code: Code, version: str) -> None:
    if code.source:
        source = f"{version}#source"
        about = {"rdfs:label": code.source, "schema:identifier": code.commit}
        told.element(ENTITY, source, about)
        told.relate(Relation("wasDerivedFrom", version, source))
    if code.lock:
        about = {"rdfs:label": "lock of all packages", "schema:sha256": code.lock}
        told.element(ENTITY, f"{version}#lock", about)


def _environment(told: Records, facts: Facts, version: str) -> str:
    environment = f"urn:sha256:{facts.environment}"
    machine = facts.machine or {}
    known = {
        "rdfs:label": "environment",
        "schema:runtimePlatform": f"Python {machine['python']}" if machine.get("python") else "",
        "schema:softwareRequirements": tuple(map(str, machine.get("packages", ()))),
    }
    told.element(ENTITY, environment, known)
    if facts.code.lock:
        told.relate(Relation("wasDerivedFrom", environment, f"{version}#lock"))
    return environment


def _data(told: Records, name: str, digest: str, url: str) -> str:
    data = f"urn:sha256:{digest}"
    told.element(
        ENTITY, data, {"rdfs:label": name, "schema:sha256": digest, "schema:contentUrl": url}
    )
    return data


def _parameters(told: Records, facts: Facts, run: str, version: str) -> None:
    seed = {SEED: {"value": facts.seed}} if facts.seed else {}
    taken = {item.name for item in facts.used}
    for name, form in {**facts.inputs, **seed}.items():
        if name in taken:
            continue
        value = form.get("value")
        plain = value if isinstance(value, str | int | float) else str(value)
        entity = f"{run}#{quote(name, safe='')}"
        about = {"rdfs:label": name, "prov:value": plain, "schema:unitText": form.get("unit")}
        told.element(ENTITY, entity, about)
        told.relate(_usage(run, entity, name, 0, version))


def _usage(run: str, entity: str, name: str, position: int, version: str) -> Relation:
    spelt = quote(name, safe="")
    return Relation(
        "used", run, entity, name=f"{run}#usage/{spelt}/{position}", role=name,
        role_id=f"{version}#parameter/{spelt}",
    )  # fmt: skip


def _taken(told: Records, item: Used, run: str, version: str) -> str:
    """A product that was taken: what another run gave, or what was given by its digest."""
    if item.source:
        entity = _output_id(told, item.source, "output", item.output)
        told.element(ENTITY, entity, {"rdfs:label": item.output})
        _specialize(told, entity, item.digest)
    else:
        entity = _product(told, item.digest)
    told.relate(_usage(run, entity, item.name, item.position, version))
    if item.source:
        giver = _run_id(told, item.source)
        told.element(ACTIVITY, giver, {})
        told.relate(Relation("wasGeneratedBy", entity, giver))
        told.relate(Relation("wasInformedBy", run, giver))
    return entity


def _agents(told: Records, facts: Facts, run: str, version: str) -> None:
    if facts.node or facts.site:
        machine = facts.machine or {}
        spelt = quote(f"{facts.site or 'local'}/{facts.node}", safe="/")
        agent = f"{told.base}/#site/{spelt}"
        about = {
            "rdfs:label": f"{facts.node} of the site {facts.site or 'local'}",
            "schema:runtimePlatform": machine.get("machine"),
        }
        told.element(AGENT, agent, about, types=("prov:SoftwareAgent",))
        isolation = {"schema:category": f"isolation: {machine.get('isolation', 'unknown')}"}
        told.relate(_association(run, agent, "executor", version, isolation))
    if facts.asker.startswith(ACCOUNT):
        name = facts.asker.removeprefix(ACCOUNT)
        agent = f"{told.base}/#account/{quote(name, safe='')}"
        told.element(AGENT, agent, {"rdfs:label": name})
        told.relate(_association(run, agent, "asker"))


def _association(
    run: str, agent: str, role: str, plan: str = "", more: Mapping[str, Any] | None = None
) -> Relation:
    base = run.rsplit("/runs/", 1)[0]
    return Relation(
        "wasAssociatedWith", run, agent, name=f"{run}#association/{role}", role=role,
        role_id=f"{base}/#role/{role}", plan=plan, more=more or {},
    )  # fmt: skip


def _outputs(told: Records, facts: Facts, run: str, taken: list[str]) -> None:
    for item in facts.gave:
        entity = _output_id(told, facts.address, item.role, item.name)
        told.element(ENTITY, entity, {"rdfs:label": f"{item.name} ({item.role})"})
        _specialize(told, entity, item.digest, item.media_type, item.size)
        told.relate(Relation("wasGeneratedBy", entity, run))
        for source in dict.fromkeys(taken):
            told.relate(Relation("wasDerivedFrom", entity, source))
        if facts.reused:
            other = _output_id(told, facts.reused, item.role, item.name)
            told.element(ENTITY, other, {})
            told.relate(Relation("wasDerivedFrom", entity, other))
    if facts.reused:
        giver = _run_id(told, facts.reused)
        told.element(ACTIVITY, giver, {})
        told.relate(Relation("wasInformedBy", run, giver))


def _specialize(
    told: Records, entity: str, digest: str, media_type: str = "", size: int = 0
) -> None:
    if digest:
        product = _product(told, digest, media_type, size)
        told.relate(Relation("specializationOf", entity, product))


def _product(
    told: Records, digest: str, media_type: str = "", size: int = 0, file: str = ""
) -> str:
    product = f"{told.base}/products/{digest}"
    about = {
        "rdfs:label": file or f"product {digest[:12]}",
        "schema:sha256": digest,
        "schema:encodingFormat": media_type,
        "schema:contentSize": str(size) if size else "",
    }
    told.element(ENTITY, product, about)
    return product


def _run_id(told: Records, address: str) -> str:
    return f"{told.base}/runs/{address}"


def _output_id(told: Records, address: str, role: str, name: str) -> str:
    return f"{_run_id(told, address)}#{role}/{quote(name, safe='')}"
