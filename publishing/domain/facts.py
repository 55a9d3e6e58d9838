"""What a crate tells of: the facts of a version, its runs, its data and its people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalogue.domain.entry import DataFile, Person
from catalogue.domain.interface import Interface, Value
from publishing.domain.record import Record
from publishing.domain.shown import ShownFigure
from publishing.domain.wheels import NO_WHEELS, Wheels

OLDER, NEWER = "1.1", "1.3"
"""Versions of RO-Crate that a crate can follow."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the version: its path in the entry, and its bytes by digest."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class DataFacts:
    """A remote file that the version needs.

    Attributes:
        file: name, checksum, address and licence, as the author declared them.
        size: its bytes; None when nobody has said or seen.
        included: whether its bytes go into the crate.
    """

    file: DataFile
    size: int | None
    included: bool


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """The version that was run; ``paper`` is the text of its paper.toml, empty without one."""

    slug: str
    number: int
    digest: str
    source: str
    commit: str
    created: datetime
    main: str
    lock: str
    interface: Interface
    files: tuple[StoredFile, ...]
    data: tuple[DataFacts, ...] = ()
    paper: str = ""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product of a run; ``role`` is ``output``, ``plot`` or ``notebook``."""

    name: str
    role: str
    file: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A finished run: what was asked, when it ran, what it gave.

    ``environment`` is the digest of its environment, which its address is made of too.
    """

    address: str
    values: Mapping[str, Value]
    seed: int
    started: datetime
    ended: datetime
    products: tuple[ProductFacts, ...]
    python: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a release says beyond what its version says of itself.

    Attributes:
        record: people, roles, licences, funding, related works.
        number: which version of its concept it is, from 1.
        concept: DOI of all versions together; empty when there is none.
        source: address that all versions of the release have in common; empty for none.
        figures: the figures it stands for, and how their re-runs were judged.
        files: path in the crate → bytes of its metadata in other formats.
        ro_crate: the version of RO-Crate that its crate follows.
        is_bag: whether its crate is a BagIt bag.
        operator: name of the organisation that runs this service; empty when unknown.
        operator_ror: its ROR; empty when it has none.
    """

    record: Record
    number: int = 1
    concept: str = ""
    source: str = ""
    figures: tuple[ShownFigure, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    ro_crate: str = OLDER
    is_bag: bool = False
    operator: str = ""
    operator_ror: str = ""


@dataclass(frozen=True, slots=True)
class CrateFacts:
    """All that a crate says.

    Attributes:
        service: address of this service, without a slash at its end.
        landing: address of the page of the release or run.
        title: one line.
        description: some sentences; may be empty.
        licence: SPDX identifier; empty when unknown.
        people: the authors, in order.
        keywords: words to find it by.
        references: addresses of the papers it repeats.
        published: when it was released; the end of the run when it was not.
        doi: DOI of the release; empty when there is none.
        version: what was run.
        runs: the runs of that version; at least one.
        tools: path in the crate → bytes of the programs that re-run it.
        stated: what the release says; None for a run by itself.
        wheels: the packages that lie in the crate.
    """

    service: str
    landing: str
    title: str
    description: str
    licence: str
    people: tuple[Person, ...]
    keywords: tuple[str, ...]
    references: tuple[str, ...]
    published: datetime
    doi: str
    version: VersionFacts
    runs: tuple[RunFacts, ...]
    tools: Mapping[str, bytes] = field(default_factory=dict)
    stated: Stated | None = None
    wheels: Wheels = NO_WHEELS

    @property
    def code_licence(self) -> str:
        """The licence of the author's files."""
        return (self.stated.record.licences.code if self.stated else "") or self.licence

    @property
    def data_licence(self) -> str:
        """The licence of what the runs made, where it is told apart; else empty."""
        return self.stated.record.licences.data if self.stated else ""
