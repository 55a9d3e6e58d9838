"""WorkflowHub and every other SEEK, by submitting crates.

It has no drafts: what is not submitted yet lies here alone, so that a draft has an id of our own
(``draft:<key>``, or ``draft:after/<id>`` for a version after another) and the files that were
packed. ``publish`` submits the crate. A version there has the id ``<workflow>/<number>``.

It gives no DOIs to programs: the crate carries the one of another repository. A DOI that a person
had minted there is read back by ``look``.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from lib import store
from publishing.adapters import crate_zip
from publishing.adapters.repositories.bodies import Body, form_body
from publishing.adapters.repositories.http import FOUND
from publishing.adapters.repositories.transport import Answer, Transport
from publishing.domain.formats.wording import line
from publishing.domain.record import Record
from publishing.domain.remote import ABSENT, Remote, RemoteFile, Stage, WantedFile
from publishing.domain.repositories import RepositorySettings
from publishing.domain.workflowhub import (
    Identity,
    identity_of,
    is_unread_crate,
    numbers_of,
    remote_of,
    workflow_id,
)
from publishing.errors import (
    LostBytesError,
    MisconfiguredError,
    NotAnsweringError,
    RefusedError,
)

SUBMIT = "/workflows/submit"
PERSON = "/people/current"
DRAFT = "draft:"
AFTER = "draft:after/"
CRATE = ".crate.zip"
ZIP = "application/zip"
MISSING, GONE, UNREAD = 404, 410, 500
LOOKS = 20
"""Versions, newest first, among which ours is looked for."""
OK = 200
LOST = "The store no longer has the crate: try again, to pack it anew."
Packed = Callable[[], Sequence[WantedFile]]


def nothing_packed() -> Sequence[WantedFile]:
    """The files of a deposit that was not packed."""
    return ()


class WorkflowHub:
    """A registry of workflows; see ``port.Repository``."""

    kind = "workflowhub"
    mints = False

    def __init__(
        self, settings: RepositorySettings, transport: Transport, packed: Packed = nothing_packed
    ) -> None:
        self.name = settings.name
        self.is_production = settings.production
        self._settings = settings
        self._transport = transport
        self._packed = packed

    def check(self) -> None:
        """See that the token is somebody's, before anything is sent."""
        answer = self._transport.send("GET", PERSON, expect=(MISSING,))
        data = answer.content.get("data") if isinstance(answer.content, dict) else None
        if answer.status == MISSING or not isinstance(data, dict) or data.get("type") != "people":
            raise MisconfiguredError(
                f"{self.name} at {self._settings.url} does not say whose token it was given: is "
                "it a WorkflowHub, and is the token still there?"
            )

    def metadata(
        self, record: Record, *, key: str, page: str, published: str, version: str = ""
    ) -> dict[str, Any]:
        """What goes there beside the crate, which says all else; the rest is for people."""
        return {
            "key": key, "title": line(record.title), "page": page, "published": published,
            "version": version, "projects": list(self._settings.projects),
        }  # fmt: skip

    def look(self, remote_id: str) -> Remote:
        """The version of this id as it is now; a draft is as it lies here."""
        if remote_id.startswith(DRAFT):
            return self._draft(remote_id)
        name, _slash, number = remote_id.partition("/")
        answer = self._transport.send("GET", f"/workflows/{name}", expect=(MISSING, GONE))
        if answer.status == MISSING:
            return ABSENT
        if answer.status == GONE:
            return Remote(stage=Stage.DELETED, id=remote_id)
        if workflow_id(answer.content) != name or int(number) not in numbers_of(answer.content):
            raise NotAnsweringError(f"{self.name} does not tell of version {number} of {name}.")
        return remote_of(answer.content, int(number), self._settings.url)

    def find(self, key: str) -> Remote:
        """The draft of this key: it lies here, so that nothing was lost with an answer."""
        return self._draft(f"{DRAFT}{key}")

    def create(self, metadata: dict[str, Any]) -> Remote:
        """A draft that lies here; nothing is sent."""
        return self._draft(f"{DRAFT}{metadata['key']}")

    def new_version(self, previous_id: str) -> Remote:
        """A draft of the version after another; nothing is sent."""
        return self._draft(f"{AFTER}{previous_id}")

    def describe(self, remote: Remote, metadata: dict[str, Any]) -> Remote:
        """Nothing: the crate holds the metadata."""
        del metadata
        return remote

    def reserve(self, remote: Remote) -> Remote:
        """Nothing: no DOI is given here."""
        return remote

    def upload(self, remote: Remote, file: WantedFile) -> Remote:
        """Nothing: the crate goes there when it is submitted, unless the store lost it."""
        if not store.has(file.sha256):
            raise LostBytesError(LOST)
        return self._draft(remote.id)

    def drop_file(self, remote: Remote, name: str) -> Remote:
        """Nothing: a draft has the files that were packed, and no other."""
        del name
        return remote

    def publish(self, remote: Remote) -> Remote:
        """Submit the crate; submitted before, the version that it made is returned.

        Raises:
            RefusedError: WorkflowHub does not accept the crate, or would not know its version.
            LostBytesError: the store no longer has the crate.
        """
        if not remote.id.startswith(DRAFT):
            return self.look(remote.id)
        crate = self._crate()
        identity = self._identity(crate)
        projects = [str(number) for number in self._settings.projects]
        body = Body(ZIP, crate.size, lambda: store.chunks(crate.sha256))
        form = form_body({"workflow[project_ids][]": projects}, "ro_crate", crate.name, body)
        answer = self._transport.send("POST", SUBMIT, form, expect=(UNREAD,))
        self._check_read(answer)
        return self._read_back(answer, identity)

    def submit(self, remote: Remote, community: str) -> None:
        """Refuse: collections there are made by people."""
        del remote
        raise RefusedError(
            f"{self.name} has no communities: put it into {community} there, by hand.",
            errors={"communities": f"{self.name} has no communities."},
        )

    def abandon(self, remote: Remote) -> None:
        """Nothing for a draft, which lies here; what was submitted stays."""
        if not remote.id.startswith(DRAFT):
            raise RefusedError(f"{self.name} has it already: withdraw it there, by hand.")

    def resolves(self, doi: str) -> bool:
        """Whether the resolver of the settings knows the DOI."""
        status = self._transport.probe(f"{self._settings.resolver}/{doi}")
        return status == OK or status in FOUND

    def _draft(self, remote_id: str) -> Remote:
        key = "" if remote_id.startswith(AFTER) else remote_id.removeprefix(DRAFT)
        files = tuple(
            RemoteFile(item.name, item.size, item.md5, complete=store.has(item.sha256))
            for item in self._packed()
        )
        return Remote(stage=Stage.DRAFT, id=remote_id, key=key, files=files)

    def _crate(self) -> WantedFile:
        crate = next((item for item in self._packed() if item.name.endswith(CRATE)), None)
        if crate is None or not store.has(crate.sha256):
            raise LostBytesError(LOST)
        return crate

    def _identity(self, crate: WantedFile) -> Identity:
        with store.open_file(crate.sha256) as handle:
            found = identity_of(crate_zip.read_metadata(handle))
        faults = found.faults()
        if faults:
            raise RefusedError(f"Nothing was sent to {self.name}. {faults['crate']}", errors=faults)
        return found

    def _check_read(self, answer: Answer) -> None:
        if answer.status != UNREAD:
            return
        if is_unread_crate(answer.content):
            words = line(str(answer.content.get("detail", "")))[:300]
            raise RefusedError(
                f"{self.name} could not read the crate: {words}",
                errors={"crate": "Validate it as a Workflow RO-Crate, then pack it anew."},
            )
        raise NotAnsweringError(f"{self.name}, POST {SUBMIT} was answered by 500.")

    def _read_back(self, answer: Answer, identity: Identity) -> Remote:
        """The version that holds our crate: that of the answer may be a newer one."""
        name = workflow_id(answer.content)
        for number in numbers_of(answer.content)[:LOOKS]:
            place = f"/workflows/{name}/ro_crate_metadata?version={number}"
            there = identity_of(_as_text(self._transport.send("GET", place).content))
            if there.version == identity.version:
                self._check_same(there, identity)
                return remote_of(answer.content, number, self._settings.url)
        raise NotAnsweringError(
            f"{self.name} took the crate, and tells of no version {identity.version}."
        )

    def _check_same(self, there: Identity, identity: Identity) -> None:
        if there.doi.casefold() != identity.doi.casefold():
            raise RefusedError(
                f"{self.name} has version {identity.version} of {identity.source} already, with "
                f"the DOI {there.doi or 'of nothing'}: it was left as it is.",
                errors={"crate": "Another crate was submitted there as this version."},
            )


def _as_text(content: object) -> bytes:
    return json.dumps(content).encode()
