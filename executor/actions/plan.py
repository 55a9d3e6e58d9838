"""Planning a request: every node normalised, checked against what feeds it, and addressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from django.conf import settings

from catalogue.domain.interface import Interface
from catalogue.domain.normalise import Inputs, normalise
from catalogue.models import Version
from catalogue.queries import runnable_version
from executor.actions.sources import Feeding, Sources
from executor.adapters import environments
from executor.domain.address import address
from executor.domain.asked import Asked, BadRequestFormError, Node, inside
from executor.domain.asker import SERVICE, Asker
from executor.domain.plan import Source, resolved_form, typed_with
from executor.domain.request import FAULTS_AT_MOST, ROOT, read_request
from executor.errors import BadInputsError, BadRequestError
from ontology.domain.kinds import ParameterKind

MISSING = "A product is missing: give a digest, a run with its output, or a request."


@dataclass(frozen=True, slots=True)
class Planned:
    """One node of a plan: a run that may or may not be there yet.

    Attributes:
        version: what is run.
        inputs: its plain parameters, normalised.
        typed: the typed form of all its parameters.
        sources: its products and the runs that feed it.
        environment: digest of its environment.
        seed: seed of the random numbers.
        address: its address.
        resolved: the address over what its inputs hold; empty until they are all known.
    """

    version: Version
    inputs: Inputs
    typed: dict[str, dict[str, Any]]
    sources: tuple[Source, ...]
    environment: str
    seed: int
    address: str
    resolved: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A request after normalisation: addresses, before anything is asked of a worker.

    Attributes:
        nodes: address → node, each after those that feed it; equal nodes are one.
        want: address of the run that is asked for.
        output: the output of it that is asked for; empty for all.
    """

    nodes: Mapping[str, Planned]
    want: str
    output: str = ""

    @property
    def address(self) -> str:
        """The address of the run that is asked for."""
        return self.want

    @property
    def root(self) -> Planned:
        """The node that is asked for."""
        return self.nodes[self.want]


class Versions:
    """The versions that a request names, each looked up once."""

    def __init__(
        self,
        known: Version | None = None,
        named: Mapping[tuple[str, int | None], Version] = MappingProxyType({}),
    ) -> None:
        self._found = {name: (version, version.interface) for name, version in named.items()}
        if known:
            self._found[known.workflow.slug, known.number] = (known, known.interface)

    def version(self, slug: str, number: int | None) -> Version:
        """The version, no draft; raises as ``runnable_version``."""
        return self._get(slug, number)[0]

    def interface(self, slug: str, number: int | None) -> Interface:
        """Its Interface; raises as ``runnable_version``."""
        return self._get(slug, number)[1]

    def _get(self, slug: str, number: int | None) -> tuple[Version, Interface]:
        found = self._found.get((slug, number))
        if found is None:
            version = runnable_version(slug, number)
            found = self._found[slug, number] = (version, version.interface)
        return found


def plan_run(version: Version, given: Mapping[str, Any], *, seed: int = 0) -> Plan:
    """Plan a run of a version; nothing is written.

    Raises:
        BadInputsError: some parameters are unknown, missing, or not what they should be.
    """
    content = {
        "workflow": version.workflow.slug, "version": version.number,
        "parameters": dict(given), "seed": seed,
    }  # fmt: skip
    return plan_request(content, versions=Versions(version))


def plan_request(
    content: Any,  # noqa: ANN401 -- any JSON value
    *,
    asker: Asker = SERVICE,
    versions: Versions | None = None,
    environments: Mapping[int, str] = MappingProxyType({}),
) -> Plan:
    """Plan a request, composed or plain; nothing is written.

    Args:
        content: any JSON value.
        asker: who asks.
        versions: those that the request names, where they are not those of these names here.
        environments: key of a version → digest of its environment, where it ran elsewhere.

    Raises:
        BadRequestError: it is no request, names what is not there, or goes in a circle.
        BadInputsError: some inputs are wrong; the errors say where and why.
        UnknownWorkflowError: the workflow asked for is not there.
        DraftVersionError: the version asked for is a draft.
    """
    versions = versions or Versions()
    try:
        asked = read_request(content, versions.interface, nodes_at_most=settings.NODES_AT_MOST)
    except BadRequestFormError as error:
        raise _bad_request(error.faults) from None
    made: dict[str, tuple[str, Interface]] = {}
    feeding = Feeding(Sources.of(asked.nodes.values()), asker, made)
    return _Planner(asked, versions, feeding, made, environments=dict(environments)).plan()


@dataclass(slots=True)
class _Planner:
    asked: Asked
    versions: Versions
    feeding: Feeding
    made: dict[str, tuple[str, Interface]]
    planned: dict[str, Planned] = field(default_factory=dict)
    environments: dict[int, str] = field(default_factory=dict)

    def plan(self) -> Plan:
        for name, node in self.asked.nodes.items():
            planned = self.node(node)
            self.planned.setdefault(planned.address, planned)
            self.made[name] = (planned.address, self.versions.interface(*_which(node)))
        want, interface = self.made[self.asked.want]
        _check_output(interface, self.asked.output)
        return Plan(self.planned, want, self.asked.output)

    def node(self, node: Node) -> Planned:
        interface = self.versions.interface(*_which(node))
        inputs, faults = normalise(interface, node.plain, bound=node.bound)
        sources, unfit = self.feeding.of_node(node, interface)
        placed = {inside(node.where, name): text for name, text in faults.items()}
        missing = {inside(node.where, name): MISSING for name in _missing(node, interface)}
        wrong = placed | unfit | missing
        if wrong:  # what this node feeds would only repeat its faults
            raise _bad_inputs(wrong)
        return self.addressed(node, inputs, sources)

    def addressed(
        self, node: Node, inputs: Inputs, sources: Mapping[str, tuple[Source, ...]]
    ) -> Planned:
        version, interface = (
            self.versions.version(*_which(node)), self.versions.interface(*_which(node)),
        )  # fmt: skip
        environment = self.environment(version)
        typed = typed_with(interface, inputs, sources)
        named = partial(address, version=version.digest, environment=environment, seed=node.seed)
        flat = tuple(source for found in sources.values() for source in found)
        own = named(inputs=typed)
        known = not any(source.run for source in flat)
        resolved = (named(inputs=_resolved(typed, sources)) if flat else own) if known else ""
        full = Inputs(
            typed, {name: form["value"] for name, form in typed.items()},
            tuple(name for name in typed if name in sources or name in inputs.changed),
        )  # fmt: skip
        return Planned(version, full, typed, flat, environment, node.seed, own, resolved)

    def environment(self, version: Version) -> str:
        if version.pk not in self.environments:
            self.environments[version.pk] = environments.digest_of(version.lock)
        return self.environments[version.pk]


def _which(node: Node) -> tuple[str, int | None]:
    return node.workflow, node.version


def _resolved(
    typed: Mapping[str, Mapping[str, Any]], sources: Mapping[str, tuple[Source, ...]]
) -> dict[str, dict[str, Any]]:
    """The form over contents, for a node whose products are all given by their digests."""
    digests = {name: tuple(item.digest for item in found) for name, found in sources.items()}
    return resolved_form(typed, digests, {})


def _missing(node: Node, interface: Interface) -> list[str]:
    return [
        item.name
        for item in interface.parameters
        if item.kind is ParameterKind.PRODUCT and item.name not in node.bound
        and item.default is None and not item.optional
    ]  # fmt: skip


def _check_output(interface: Interface, name: str) -> None:
    if name and not interface.output(name):
        names = ", ".join(item.name for item in interface.outputs)
        raise _bad_inputs(
            {"output": f"There is no output {name[:60]!r}; the outputs are: {names}."}
        )


def _bad_request(faults: Mapping[str, str]) -> BadRequestError:
    if set(faults) == {ROOT}:
        return BadRequestError(faults[ROOT])
    placed = _placed(faults)
    return BadRequestError(_sentence(placed), errors=placed)


def _bad_inputs(faults: Mapping[str, str]) -> BadInputsError:
    placed = _placed(faults)
    return BadInputsError(_sentence(placed), errors=placed)


def _placed(faults: Mapping[str, str]) -> dict[str, str]:
    """Faults by their place; the plain name where the request is one run alone."""
    some = list(faults.items())[:FAULTS_AT_MOST]
    return {
        where.removeprefix(f"{ROOT}.").removeprefix("parameters."): fault for where, fault in some
    }


def _sentence(faults: Mapping[str, str]) -> str:
    return " ".join(f"{where}: {fault}" for where, fault in faults.items())
