"""Zenodo and every other InvenioRDM, by the records API.

Every verb looks before it acts where acting twice would do harm. Links that the repository gives
are followed where it gives them; the transport refuses those to other hosts.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from publishing.adapters.repositories.bodies import json_body
from publishing.adapters.repositories.http import FOUND
from publishing.adapters.repositories.inveniordm_communities import offered
from publishing.adapters.repositories.inveniordm_files import Files
from publishing.adapters.repositories.inveniordm_search import minted, own_records, searched
from publishing.adapters.repositories.transport import Answer, Transport
from publishing.domain.inveniordm import content_of, publisher_at
from publishing.domain.inveniordm_answers import faults_of, files_of, number_of, remote_of
from publishing.domain.record import Record
from publishing.domain.remote import ABSENT, Remote, Stage, WantedFile
from publishing.domain.repositories import RepositorySettings
from publishing.errors import (
    ForeignDraftError,
    MisconfiguredError,
    NotAnsweringError,
    RefusedError,
)

ACCEPT = "application/vnd.inveniordm.v1+json, application/json;q=0.9"
"""Zenodo gives an older shape where plain JSON is asked for."""
RECORDS = "/api/records"
OK = 200
GONE, MISSING, STALE, BAD = 410, 404, 412, 400
LOOKS = 3
"""Times that a description is sent anew because the draft had changed meanwhile."""
SAMPLE = 5


class InvenioRdm:
    """A repository that speaks InvenioRDM; see ``port.Repository``."""

    kind = "inveniordm"
    mints = True

    def __init__(self, settings: RepositorySettings, transport: Transport) -> None:
        self.name = settings.name
        self.is_production = settings.production
        self.communities = settings.communities
        self._settings = settings
        self._transport = transport

    def check(self) -> None:
        """See that token, address and prefix fit together, before anything is written."""
        try:
            newest = own_records(self._transport, size=SAMPLE)
        except LookupError:
            raise MisconfiguredError(
                f"{self.name}: what answers at {self._settings.url} is no InvenioRDM."
            ) from None
        for doi in minted(newest):
            self._check_own(doi)

    def metadata(
        self, record: Record, *, key: str, page: str, published: str, version: str = ""
    ) -> dict[str, Any]:
        """The body of a draft; see ``publishing.domain.inveniordm.content_of``."""
        publisher = self._settings.publisher or publisher_at(self._settings.url)
        return content_of(
            record, key=key, page=page, published=published, publisher=publisher, version=version
        )

    def look(self, remote_id: str) -> Remote:
        """The record of this id as it is now; its draft when it is not published."""
        found = self._transport.send("GET", _path(remote_id), expect=(MISSING, GONE))
        if found.status == GONE:
            return Remote(stage=Stage.DELETED, id=remote_id, raw=_object(found.content))
        if found.status == MISSING:
            return self._look_at_draft(remote_id)
        record = remote_of(found.content, stage=Stage.PUBLISHED)
        if "parent" not in _object(record.raw):
            raise MisconfiguredError(f"{self.name} does not tell of records as InvenioRDM does.")
        if record.id != remote_id:
            raise NotAnsweringError(f"{self.name} answers for {remote_id} with {record.id[:60]!r}.")
        return replace(record, files=self._published_files(record))

    def find(self, key: str) -> Remote:
        """Our own draft or record with this key, read itself; the search alone is never believed.

        The search lags behind: that nothing is found means nothing until some time has passed.
        """
        for query in (f'metadata.identifiers.identifier:"{key}"', ""):
            for remote_id in searched(self._transport, query, key):
                seen = self.look(remote_id)
                if seen.key == key and seen.stage in {Stage.DRAFT, Stage.PUBLISHED}:
                    return seen
        return ABSENT

    def create(self, metadata: dict[str, Any]) -> Remote:
        """A new draft; what it does not accept is in ``faults``."""
        return self._written("POST", RECORDS, metadata)

    def new_version(self, previous_id: str) -> Remote:
        """A draft of the next version; an open draft of it is returned as it is."""
        answer = self._transport.send("POST", f"{_path(previous_id)}/versions")
        made = remote_of(answer.content, stage=Stage.DRAFT)
        # A copy of the version before, which says nothing yet of what we want there.
        return replace(made, faults=None, files=files_of(_object(made.raw).get("files")))

    def describe(self, remote: Remote, metadata: dict[str, Any]) -> Remote:
        """Replace the metadata of a draft; a reserved DOI is sent along, else it would be lost."""
        for _ in range(LOOKS):
            now = self._draft(remote.id)
            body = {**metadata, "pids": _object(now.raw).get("pids") or {}}
            answer = self._transport.send(
                "PUT",
                self._link(now, "self", _draft_path(remote.id)),
                json_body(body),
                headers={"If-Match": now.revision} if now.revision else {},
                expect=(STALE,),
                faults=lambda content: faults_of(content, metadata),
            )
            if answer.status != STALE:
                return self._of_draft(answer, remote)
        raise NotAnsweringError(
            f"The draft {remote.id} changes all the time: somebody is at it at {self.name}.",
            is_doubtful=False,
        )

    def reserve(self, remote: Remote) -> Remote:
        """Have the DOI reserved; one that is reserved already is taken."""
        if not remote.doi:
            path = self._link(remote, "reserve_doi", f"{_draft_path(remote.id)}/pids/doi")
            answer = self._transport.send("POST", path, expect=(BAD,))
            told = answer if answer.status != BAD else None
            seen = self._draft(remote.id)
            if not seen.doi:
                raise self._not_reserved(told or answer)
            remote = replace(seen, files=remote.files)
        self._check_own(remote.doi)
        return remote

    def upload(self, remote: Remote, file: WantedFile) -> Remote:
        """Bring one file there; the first one of a later version brings those of the one before."""
        files = Files(self._transport, _draft_path(remote.id))
        there = files.all()
        if not there and number_of(remote) > 1:
            files.take_over()
            there = files.all()
        known = {item.name: item for item in there}
        known[file.name] = files.bring(file, known.get(file.name))
        return replace(remote, files=tuple(known.values()))

    def drop_file(self, remote: Remote, name: str) -> Remote:
        """Take a file of a draft away."""
        Files(self._transport, _draft_path(remote.id)).drop(name)
        return replace(remote, files=tuple(item for item in remote.files if item.name != name))

    def publish(self, remote: Remote) -> Remote:
        """Publish the draft; one that was published meanwhile is returned."""
        path = self._link(remote, "publish", f"{_draft_path(remote.id)}/actions/publish")
        answer = self._transport.send("POST", path, expect=(MISSING,))
        if answer.status != MISSING:
            return remote_of(answer.content, stage=Stage.PUBLISHED, files=remote.files)
        seen = self.look(remote.id)
        if seen.stage is not Stage.PUBLISHED:
            raise NotAnsweringError(f"{self.name} has no draft {remote.id} to publish.")
        return seen

    def submit(self, remote: Remote, community: str) -> None:
        """Offer a published record to a community; offered before is as good."""
        told = offered(self._transport, _path(remote.id), community)
        if told:
            raise RefusedError(
                f"{self.name} does not take the record into {community}: {told}",
                errors={"communities": told},
            )

    def abandon(self, remote: Remote) -> None:
        """Delete a draft of ours: one that carries the key that was seen, and is not published."""
        now = self.look(remote.id)
        if now.stage is not Stage.DRAFT:
            return
        if not remote.key or now.key != remote.key:
            raise ForeignDraftError(
                f"The draft {remote.id} at {self.name} does not carry our key: it stays."
            )
        self._transport.send("DELETE", _draft_path(remote.id), expect=(MISSING,))

    def resolves(self, doi: str) -> bool:
        """Whether the resolver of the settings knows the DOI; the token is not sent there."""
        status = self._transport.probe(f"{self._settings.resolver}/{quote(doi, safe='/')}")
        if status in FOUND or status == OK:
            return True
        if status in {MISSING, GONE, BAD}:
            return False
        raise NotAnsweringError(
            f"{self._settings.resolver} answered {status}.", wait=60.0, is_doubtful=False
        )

    def _written(self, method: str, path: str, body: dict[str, Any]) -> Remote:
        answer = self._transport.send(
            method, path, json_body(body), faults=lambda content: faults_of(content, body)
        )
        return self._of_draft(answer, ABSENT)

    def _of_draft(self, answer: Answer, before: Remote) -> Remote:
        return remote_of(answer.content, stage=Stage.DRAFT, files=before.files)

    def _look_at_draft(self, remote_id: str) -> Remote:
        found = self._transport.send("GET", _draft_path(remote_id), expect=(MISSING, GONE))
        if found.status != OK:
            return ABSENT
        files = Files(self._transport, _draft_path(remote_id)).all()
        return remote_of(found.content, stage=Stage.DRAFT, files=files)

    def _draft(self, remote_id: str) -> Remote:
        found = self._transport.send("GET", _draft_path(remote_id))
        return remote_of(found.content, stage=Stage.DRAFT)

    def _published_files(self, record: Remote) -> tuple[Any, ...]:
        named = files_of(_object(record.raw).get("files"))
        if named:
            return named
        path = self._link(record, "files", f"{_path(record.id)}/files")
        found = self._transport.send("GET", path, expect=(MISSING,))
        return files_of(found.content)

    def _link(self, remote: Remote, name: str, path: str) -> str:
        given = _object(_object(remote.raw).get("links")).get(name)
        return given if isinstance(given, str) and "://" in given else path

    def _not_reserved(self, answer: Answer) -> RefusedError:
        faults = faults_of(answer.content)
        told = " ".join(faults.values()) or "it does not say why"
        return RefusedError(f"{self.name} reserves no DOI: {told}", errors=faults)

    def _check_own(self, doi: str) -> None:
        prefix = self._settings.prefix
        if doi.partition("/")[0] != prefix:
            raise MisconfiguredError(
                f"{self.name} gives DOIs such as {doi[:100]}, and its settings say the prefix "
                f"{prefix}: is it the sandbox where the repository itself is meant, or the other "
                "way round? Nothing was uploaded."
            )


def _path(remote_id: str) -> str:
    return f"{RECORDS}/{quote(remote_id, safe='')}"


def _draft_path(remote_id: str) -> str:
    return f"{_path(remote_id)}/draft"


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
