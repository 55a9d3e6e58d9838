"""What a crate tells of: the facts of a version, its runs, its data and its people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalogue.domain.entry import DataFile, Person
from catalogue.domain.interface import Interface, Value


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
    """The version that was run."""

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
    """A finished run: what was asked, when it ran, what it gave."""

    address: str
    values: Mapping[str, Value]
    seed: int
    started: datetime
    ended: datetime
    products: tuple[ProductFacts, ...]
    python: str = ""


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
