"""What the crate of a composed run tells of: its steps, in the order they can be run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalogue.domain.entry import Person
from catalogue.domain.interface import Value
from publishing.domain.facts import ProductFacts, RunFacts, Stated, VersionFacts
from publishing.domain.wheels import NO_WHEELS, Wheels


@dataclass(frozen=True, slots=True)
class Link:
    """What feeds a parameter of a step.

    Attributes:
        name: the parameter.
        position: its place in a list; 0 for a single one.
        many: whether the parameter takes a list.
        source: address of the step that gives it; empty for a product given by its digest.
        output: name of that step's output.
        product: what it was.
        value: for a number or text taken from another step, as this step was given it.
        taken: the same as the other step gave it; both None for a product.
    """

    name: str
    position: int
    many: bool
    source: str
    output: str
    product: ProductFacts
    value: Value = None
    taken: Value = None


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A run of a composed request.

    Attributes:
        version: what was run.
        title: title of the version.
        description: its abstract.
        licence: its SPDX identifier; empty when unknown.
        people: its authors.
        run: the run; its values are what the code was given, links left out.
        links: what feeds it, in order.
        kept: digests of its products whose bytes are in the crate.
        reused: address of the run whose answer it took; empty when it ran.
    """

    version: VersionFacts
    title: str
    description: str
    licence: str
    people: tuple[Person, ...]
    run: RunFacts
    links: tuple[Link, ...]
    kept: frozenset[str]
    reused: str = ""

    @property
    def key(self) -> str:
        """Names the version among those of the crate."""
        return f"{self.version.slug}-{self.version.number}"

    @property
    def short(self) -> str:
        """Names the run among those of the crate."""
        return self.run.address[:16]


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """All that the crate of a composed run says.

    Attributes:
        service: address of this service, without a slash at its end.
        landing: address of the page of the run.
        keywords: words to find it by.
        references: addresses of papers.
        published: the end of the run.
        request: the composed request, written flat, as the API takes it.
        steps: each after those that feed it; the last is what was asked for.
        given: digests of the products given by digest whose bytes are in the crate.
        tools: path in the crate → bytes of the programs that re-run it.
        doi: DOI of the release; empty when there is none.
        stated: what the release says; None for a run by itself.
        wheels: the packages that lie in the crate.
    """

    service: str
    landing: str
    keywords: tuple[str, ...]
    references: tuple[str, ...]
    published: datetime
    request: Mapping[str, Any]
    steps: tuple[StepFacts, ...]
    given: frozenset[str] = frozenset()
    tools: Mapping[str, bytes] = field(default_factory=dict)
    doi: str = ""
    stated: Stated | None = None
    wheels: Wheels = NO_WHEELS

    @property
    def last(self) -> StepFacts:
        """The step that was asked for."""
        return self.steps[-1]

    @property
    def title(self) -> str:
        """One line."""
        return self.stated.record.title if self.stated else self.last.title

    @property
    def description(self) -> str:
        """Some sentences; may be empty."""
        return self.stated.record.description if self.stated else self.last.description

    @property
    def licence(self) -> str:
        """SPDX identifier of the crate as a whole; empty when unknown."""
        return self.stated.record.licence if self.stated else self.last.licence

    @property
    def versions(self) -> tuple[StepFacts, ...]:
        """The first step of every version."""
        found: dict[str, StepFacts] = {}
        for step in self.steps:
            found.setdefault(step.key, step)
        return tuple(found.values())
