"""A fake InvenioRDM with the manners that were measured on the real one.

It is an independent reading of the reference: nothing of the client under test is used here.
State is in memory behind a lock; ``serving`` puts it on loopback, with faults.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.publishing.repositories.fake_drafts import DraftRoutes
from tests.publishing.repositories.fake_files import FileRoutes
from tests.publishing.repositories.fake_finding import FindingRoutes
from tests.publishing.repositories.fake_records import RecordRoutes
from tests.publishing.repositories.fake_resolver import FakeResolver
from tests.publishing.repositories.fake_rows import Content, Parent, Row, Shapes
from tests.publishing.repositories.fake_search import Index
from tests.publishing.repositories.fake_talk import (
    Answer,
    Refusal,
    Request,
    Route,
    match,
    not_found,
)
from tests.publishing.repositories.fake_words import (
    access_faults,
    metadata_faults,
)

TOKEN = "token-of-reprise"
OTHER_TOKEN = "token-of-somebody-else"


@dataclass
class FakeInvenioRDM(DraftRoutes, RecordRoutes, FileRoutes, FindingRoutes, Shapes):
    """A repository.

    Attributes:
        prefix: of its DOIs.
        quota: bytes of one record.
        most_files: of one record.
        lag: seconds before the search finds what was written.
        per_minute: requests that are answered in a minute; None: any number.
        bad_token: status for a token that is not known: 403 as measured, 401 elsewhere.
        has_legacy_json: whether plain JSON is of the older shape, as at Zenodo.
        picky: faults that it finds with every draft besides: field and message.
        tells_tokens: whether it repeats a bad token in its answer, which none should.
    """

    prefix: str = "10.5281"
    quota: int = 50_000_000_000
    most_files: int = 100
    per_minute: int | None = None
    bad_token: int = 403
    has_legacy_json: bool = True
    picky: list[tuple[str, str]] = field(default_factory=list)
    tells_tokens: bool = False
    clock: Callable[[], float] = time.time
    tokens: dict[str, str] = field(
        default_factory=lambda: {TOKEN: "reprise", OTHER_TOKEN: "somebody"}
    )
    resolver: FakeResolver = field(default_factory=FakeResolver)
    index: Index = field(default_factory=Index)
    rows: dict[str, Row] = field(default_factory=dict)
    communities: set[str] = field(default_factory=lambda: {"astronomy"})
    destroyed: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    writes: int = 0
    answered: list[float] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    next_id: int = 1001
    url: str = "http://127.0.0.1:0"

    def answer(self, request: Request) -> Answer:
        """Carry a request out."""
        with self.lock:
            try:
                answer = self._limited() or self._routed(request)
            except Refusal as error:
                answer = error.answer
            return Answer(answer.status, answer.body, answer.headers | self._limits())

    def _routed(self, request: Request) -> Answer:
        found: Route | None = match(request)
        if not found:
            raise not_found()
        verb, names = found
        return verb(self, request, *names)

    def _limited(self) -> Answer | None:
        now = self.clock()
        self.answered = [at for at in self.answered if at > now - 60]
        if self.per_minute is not None and len(self.answered) >= self.per_minute:
            words = {"status": 429, "message": f"{self.per_minute} per 1 minute"}
            return Answer(429, words, {"retry-after": "60"})
        self.answered.append(now)
        return None

    def _limits(self) -> dict[str, str]:
        limit = self.per_minute or 1000
        return {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(max(0, limit - len(self.answered))),
            "x-ratelimit-reset": str(int(self.clock()) + 60),
        }

    # Who asks, and for what

    def user(self, request: Request) -> str:
        """Who asks; refused when nobody known."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            told = f" Token {token} is unknown." if self.tells_tokens else ""
            raise Refusal(self.bad_token, f"Permission denied.{told}")
        return self.tokens[token]

    def row(self, request: Request, name: str, *, write: bool = True) -> Row:
        """A record of whoever asks."""
        row = self.rows.get(name)
        owner = self.user(request) if write or not (row and row.record) else ""
        if row is None:
            raise Refusal(404, "The persistent identifier does not exist.")
        if row.tombstone:
            raise Refusal(410, "The record has been deleted.", tombstone=row.tombstone)
        if owner and row.owner != owner:
            raise Refusal(403, "Permission denied.")
        return row

    def draft(self, request: Request, name: str) -> tuple[Row, Content]:
        """A draft of whoever asks."""
        row = self.row(request, name)
        if row.draft is None:
            raise Refusal(404, "The persistent identifier is not registered.")
        return row, row.draft

    def public(self, request: Request, name: str) -> tuple[Row, Content]:
        """A published record."""
        row = self.row(request, name, write=False)
        if row.record is None:
            raise Refusal(404, "The persistent identifier is not registered.")
        return row, row.record

    def is_latest(self, row: Row) -> bool:
        return row.record is not None and all(
            other.index <= row.index for other in self.versions_of(row.parent) if other.record
        )

    def versions_of(self, parent: Parent) -> list[Row]:
        return [row for row in self.rows.values() if row.parent is parent and not row.tombstone]

    def shown(self, row: Row, *, is_draft: bool) -> dict[str, Any]:
        content = row.draft if is_draft else row.record
        assert content is not None
        newest = max(self.versions_of(row.parent), key=lambda other: other.index)
        return self.record_json(
            row, content, is_draft=is_draft, is_latest=self.is_latest(row), is_newest=newest is row
        )

    def touched(self, row: Row) -> None:
        """Write a change down, and let the search know later."""
        self.writes += 1
        row.updated = self.today()
        alive = row.draft or row.record
        is_found = alive and not row.tombstone
        document = self.shown(row, is_draft=row.draft is not None) if is_found else None
        self.index.put(self.clock(), row.id, document)

    def today(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def draft_answer(self, row: Row, status: int = 200) -> Answer:
        body = self.shown(row, is_draft=True)
        assert row.draft is not None
        if faults := self.faults_of(row.draft):
            body["errors"] = faults
        return Answer(status, body, {"etag": f'"{row.draft.revision}"'})

    def record_answer(self, row: Row, status: int = 200) -> Answer:
        assert row.record is not None
        linkset = (
            f'<{self.url}/api/records/{row.id}>; rel="linkset"; type="application/linkset+json"'
        )
        headers = {"etag": f'"{row.record.revision}"', "link": linkset}
        return Answer(status, self.shown(row, is_draft=False), headers)

    def faults_of(self, content: Content) -> list[dict[str, Any]]:
        """What keeps a draft from being published, as InvenioRDM lists it."""
        pairs = [*metadata_faults(content.metadata), *self.picky]
        pairs += access_faults(content.access, self.today().date())
        pid = content.pids.get("doi", {})
        if pid.get("provider") == "external" and pid["identifier"].startswith(self.prefix):
            words = f"The prefix '{self.prefix}' is administrated locally."
            pairs.append(("pids.doi", words))
        return [{"field": name, "messages": [words]} for name, words in pairs]

    # What only tests ask for

    def delete(self, name: str, note: str = "Withdrawn.") -> None:
        """Take a published record away; a tombstone is left."""
        row = self.rows[name]
        row.tombstone = {"note": note, "is_visible": True, "removal_date": str(self.today())}
        self.touched(row)

    def drafts(self) -> list[Row]:
        """What was begun and not published."""
        return [row for row in self.rows.values() if row.draft is not None]

    def records(self) -> list[Row]:
        """What is public."""
        return [row for row in self.rows.values() if row.record and not row.tombstone]

    def state(self) -> dict[str, Any]:
        """Everything a test in another process looks at."""
        return {
            "published": self.published,
            "destroyed": self.destroyed,
            "dropped": self.dropped,
            "drafts": [row.id for row in self.drafts()],
            "records": {
                row.id: {
                    "doi": row.record.pids["doi"]["identifier"],
                    "concept_doi": row.parent.pids["doi"]["identifier"],
                    "metadata": row.record.metadata,
                    "files": {key: item.checksum for key, item in row.files.items()},
                }
                for row in self.records()
                if row.record
            },
            "writes": self.writes,
        }
