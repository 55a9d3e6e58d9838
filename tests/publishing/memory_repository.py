"""A repository in memory: behaves as the port says, loses answers and dies where it is told to.

It holds what a careless client would break: a file that was committed is destroyed by sending it
again, every ``create`` makes a draft, and a new draft is found by its key only after a while.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from lib import store
from publishing.domain.record import Record
from publishing.domain.remote import ABSENT, Remote, RemoteFile, Stage, WantedFile
from publishing.errors import NotAnsweringError, RefusedError

READS = frozenset({"check", "look", "find", "resolves"})
Fault = Callable[[], None]


class KilledError(BaseException):
    """The worker is gone: nothing catches it."""


@dataclass
class Clock:
    """The time, which passes when somebody says so."""

    now: datetime

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class MemoryRepository:
    """Records by id, and what was asked of them.

    Attributes:
        clock: by which its index lags behind.
        lag: seconds until a draft is found by its key.
        faults: number of a call, from 1 → (before it is carried out, after it was).
        calls: verbs in the order they came.
        resolves_after: seconds after publication until DOIs lead somewhere.
    """

    clock: Clock
    lag: float = 300.0
    name: str = "memory"
    kind: str = "inveniordm"
    mints: bool = True
    is_production: bool = False
    resolves_after: float = 0.0
    refuses: dict[str, str] = field(default_factory=dict)
    spoils: dict[str, int] = field(default_factory=dict)
    faults: dict[int, tuple[Fault | None, Fault | None]] = field(default_factory=dict)
    records: dict[str, Remote] = field(default_factory=dict)
    made_at: dict[str, datetime] = field(default_factory=dict)
    published_at: dict[str, datetime] = field(default_factory=dict)
    contents: dict[tuple[str, str], bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)

    def check(self) -> None:
        with self._called("check"):
            """All is well."""

    def metadata(
        self, record: Record, *, key: str, page: str, published: str, version: str = ""
    ) -> dict[str, Any]:
        told = {"title": record.title, "key": key, "page": page}
        return told | {"published": published, "version": version}

    def look(self, remote_id: str) -> Remote:
        with self._called("look"):
            return self._seen(remote_id)

    def find(self, key: str) -> Remote:
        with self._called("find"):
            return next(
                (self._seen(name) for name in self._indexed() if self._has(name, key)), ABSENT
            )

    def create(self, metadata: dict[str, Any]) -> Remote:
        with self._called("create"):
            return self._new(str(len(self.records) + 1), f"c{len(self.records) + 1}", metadata)

    def new_version(self, previous_id: str) -> Remote:
        with self._called("new_version"):
            before = self.records[previous_id]
            for name, known in self.records.items():
                if known.parent == before.parent and known.stage is Stage.DRAFT:
                    return self._seen(name)
            name = str(len(self.records) + 1)
            made = self._new(name, before.parent, dict(before.metadata or {}))
            self.records[name] = replace(made, concept_doi=before.concept_doi)
            return self._seen(name)

    def describe(self, remote: Remote, metadata: dict[str, Any]) -> Remote:
        with self._called("describe"):
            self._change(remote.id, metadata=metadata, key=metadata["key"])
            return self._told(remote.id)

    def reserve(self, remote: Remote) -> Remote:
        with self._called("reserve"):
            self._change(remote.id, doi=f"10.5072/memory.{remote.id}")
            return self._seen(remote.id)

    def upload(self, remote: Remote, file: WantedFile) -> Remote:
        with self._called("upload"):
            there = self.records[remote.id].file(file.name)
            others = tuple(item for item in self.records[remote.id].files if item != there)
            if there is not None and there.complete and there.md5 == file.md5:
                self.destroyed.append(file.name)
                self._change(remote.id, files=others)
                return self._seen(remote.id)
            data = store.get(file.sha256)
            if self.spoils.get(file.name, 0):
                self.spoils[file.name] -= 1
                data = b"spoilt" + data[6:]
            md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
            made = RemoteFile(file.name, len(data), md5, complete=True)
            self.contents[remote.id, file.name] = data
            self._change(remote.id, files=(*others, made))
            return self._seen(remote.id)

    def drop_file(self, remote: Remote, name: str) -> Remote:
        with self._called("drop_file"):
            files = tuple(item for item in self.records[remote.id].files if item.name != name)
            self._change(remote.id, files=files)
            return self._seen(remote.id)

    def publish(self, remote: Remote) -> Remote:
        with self._called("publish"):
            known = self.records[remote.id]
            if known.stage is not Stage.DRAFT:
                raise RefusedError("There is no draft of it.")
            concept = f"10.5072/memory.{known.parent}"
            self._change(remote.id, stage=Stage.PUBLISHED, concept_doi=concept)
            self.published_at[remote.id] = self.clock.now
            return self._seen(remote.id)

    def submit(self, remote: Remote, community: str) -> None:
        with self._called("submit"):
            self.offered.append(f"{remote.id} {community}")

    def abandon(self, remote: Remote) -> None:
        with self._called("abandon"):
            del self.records[remote.id]

    def resolves(self, doi: str) -> bool:
        with self._called("resolves"):
            since = self.published_at.get(doi.rpartition(".")[2])
            later = timedelta(seconds=self.resolves_after)
            return since is not None and self.clock.now >= since + later

    # What tests ask

    def of(self, stage: Stage) -> list[Remote]:
        """The records at this stage."""
        return [record for record in self.records.values() if record.stage is stage]

    def upload_foreign(self, name: str) -> None:
        """Somebody else puts a file into a draft."""
        self._change(name, files=(RemoteFile("other.txt", 1, "0" * 32, complete=True),))

    @property
    def writes(self) -> list[str]:
        """The calls that may change something."""
        return [name for name in self.calls if name not in READS]

    # What lies inside

    @contextmanager
    def _called(self, verb: str) -> Iterator[None]:
        self.calls.append(verb)
        before, after = self.faults.get(len(self.calls), (None, None))
        if before:
            before()
        yield
        if after:
            after()

    def _new(self, name: str, parent: str, metadata: dict[str, Any]) -> Remote:
        key = str(metadata.get("key", ""))
        self.records[name] = Remote(Stage.DRAFT, name, parent, key=key, metadata=metadata)
        self.made_at[name] = self.clock.now
        return self._told(name)

    def _told(self, name: str) -> Remote:
        return replace(self._seen(name), faults=dict(self.refuses))

    def _change(self, name: str, **columns: Any) -> None:
        if name not in self.records:
            raise RefusedError("There is no draft of it.")
        self.records[name] = replace(self.records[name], **columns)

    def _seen(self, name: str) -> Remote:
        known = self.records.get(name)
        if known is None:
            return ABSENT
        newer = [item for item in self.records.values() if item.parent == known.parent]
        raw = {"versions": {"is_latest_draft": newer[-1].id == name}}
        return replace(known, raw=raw, url=f"https://memory.example.org/records/{name}")

    def _has(self, name: str, key: str) -> bool:
        return self.records[name].key == key

    def _indexed(self) -> list[str]:
        seen = self.clock.now - timedelta(seconds=self.lag)
        return [
            name for name, made in self.made_at.items() if name in self.records and made <= seen
        ]


def lose() -> None:
    """The answer, or the request, is lost."""
    raise NotAnsweringError("No answer came.", wait=1.0)


def kill() -> None:
    """The worker is killed."""
    raise KilledError
