"""What is seen of a deposit at its repository, and what is wanted there.

Facts that steps are decided on: they are read from the repository after every doubt, never
assumed from what was sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """How far the repository has come with a record."""

    ABSENT = "absent"
    DRAFT = "draft"
    PUBLISHED = "published"
    DELETED = "deleted"  # a tombstone


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the repository tells of it.

    Attributes:
        md5: hexadecimal; empty while it is not committed.
        complete: whether its bytes were committed.
    """

    name: str
    size: int
    md5: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Remote:
    """A draft or record as the repository tells of it.

    Attributes:
        stage: how far it is.
        id: of the record; empty when absent.
        parent: id of the concept.
        doi: of this version; empty while none is reserved.
        concept_doi: of all versions; empty while unknown.
        url: page of the record for people.
        key: our own key, as the record's metadata hold it; empty when it has none.
        files: of the draft or record.
        revision: for conditional updates.
        faults: what the repository does not accept: field → sentence.
        metadata: as the repository holds them.
        raw: the whole answer, for what has no field here (links, pids).
    """

    stage: Stage = Stage.ABSENT
    id: str = ""
    parent: str = ""
    doi: str = ""
    concept_doi: str = ""
    url: str = ""
    key: str = ""
    files: tuple[RemoteFile, ...] = ()
    revision: str = ""
    faults: Mapping[str, str] | None = None
    metadata: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] | None = None

    def file(self, name: str) -> RemoteFile | None:
        """The file of this name."""
        return next((item for item in self.files if item.name == name), None)


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file that the record shall have; its bytes are in the store under ``sha256``."""

    name: str
    size: int
    md5: str
    sha256: str


ABSENT = Remote()


def is_there(there: RemoteFile | None, file: WantedFile) -> bool:
    """Whether the repository has this very file: committed, of its size and md5."""
    if there is None or not there.complete:
        return False
    return (there.size, there.md5) == (file.size, file.md5)


def is_kept(seen: Remote, wanted: Iterable[WantedFile]) -> bool:
    """Whether the repository has these files, and no other."""
    files = tuple(wanted)
    names = {item.name for item in seen.files}
    return names == {item.name for item in files} and all(
        is_there(seen.file(item.name), item) for item in files
    )
