"""What the fake InvenioRDM keeps: concepts, records, their drafts and files."""

import copy
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote


@dataclass
class File:
    """A file of a draft or record; committed when it has a checksum."""

    key: str
    data: bytes | None = None
    is_committed: bool = False
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def checksum(self) -> str:
        return "md5:" + hashlib.md5(self.data or b"", usedforsecurity=False).hexdigest()


@dataclass
class Content:
    """What can be edited of a record, and the number of the edit."""

    metadata: dict[str, Any] = field(default_factory=dict)
    access: dict[str, Any] = field(default_factory=dict)
    custom_fields: dict[str, Any] = field(default_factory=dict)
    pids: dict[str, Any] = field(default_factory=dict)
    has_files: bool = True
    revision: int = 1

    def copied(self) -> "Content":
        return copy.deepcopy(self)


@dataclass
class Parent:
    """A concept: what all versions are versions of."""

    id: str
    pids: dict[str, Any] = field(default_factory=dict)
    communities: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@dataclass
class Row:
    """One record: its draft, its published content, or both; and its files."""

    id: str
    parent: Parent
    owner: str
    index: int
    created: datetime
    updated: datetime
    draft: Content | None = None
    record: Content | None = None
    files: dict[str, File] = field(default_factory=dict)
    extra: dict[str, File] = field(default_factory=dict)
    tombstone: dict[str, Any] | None = None

    @property
    def is_locked(self) -> bool:
        return self.record is not None

    @property
    def shown_files(self) -> dict[str, File]:
        return self.files | self.extra


class Shapes:
    """The JSON of records, drafts and files, as InvenioRDM writes it.

    Attributes:
        url: where the fake is served, without a slash at the end.
    """

    url = ""

    def record_json(
        self, row: Row, content: Content, *, is_draft: bool, is_latest: bool, is_newest: bool
    ) -> dict[str, Any]:
        """A record or draft, whole."""
        return {
            "id": row.id,
            "created": row.created.isoformat(),
            "updated": row.updated.isoformat(),
            "links": self._links(row, content, is_draft=is_draft),
            "revision_id": content.revision,
            "parent": self._parent_json(row.parent),
            "versions": {
                "is_latest": is_latest,
                "is_latest_draft": is_newest,
                "index": row.index,
            },
            "is_published": row.record is not None,
            "is_draft": is_draft,
            "status": _status(row, is_draft=is_draft),
            "pids": content.pids,
            "metadata": _dumped(content.metadata),
            "custom_fields": content.custom_fields,
            "access": content.access | {"status": _access_status(content.access)},
            "files": {
                "enabled": content.has_files,
                "count": len(row.shown_files),
                "total_bytes": sum(len(item.data or b"") for item in row.shown_files.values()),
                "order": [],
                "entries": {key: _entry(item) for key, item in row.shown_files.items()},
            },
            "media_files": {"enabled": False, "order": [], "count": 0, "entries": {}},
        }

    def _parent_json(self, parent: Parent) -> dict[str, Any]:
        return {
            "id": parent.id,
            "pids": parent.pids,
            "access": {"owned_by": {"user": "1"}},
            "communities": {"ids": parent.communities},
        }

    def _links(self, row: Row, content: Content, *, is_draft: bool) -> dict[str, str]:
        api, draft = f"{self.url}/api/records/{row.id}", f"{self.url}/api/records/{row.id}/draft"
        page = f"{self.url}/{'uploads' if is_draft else 'records'}/{row.id}"
        links = {
            "self": draft if is_draft else api,
            "self_html": page,
            "files": f"{draft if is_draft else api}/files",
            "record": api,
            "record_html": f"{self.url}/records/{row.id}",
            "draft": draft,
            "versions": f"{api}/versions",
            "latest": f"{api}/versions/latest",
            "latest_html": f"{self.url}/records/{row.id}/latest",
            "reserve_doi": f"{draft}/pids/doi",
            "communities": f"{api}/communities",
            "access_links": f"{api}/access/links",
        }
        if is_draft:
            links |= {"publish": f"{draft}/actions/publish", "review": f"{draft}/review"}
        if doi := content.pids.get("doi", {}).get("identifier"):
            links |= {"self_doi" if not is_draft else "doi": f"https://doi.org/{doi}"}
        return links

    def file_json(self, row: Row, item: File, *, is_draft: bool) -> dict[str, Any]:
        """One file; its checksum is known once it is committed, a size may be what was told."""
        base = f"{self.url}/api/records/{row.id}{'/draft' if is_draft else ''}/files"
        link = f"{base}/{quote(item.key, safe='')}"
        links = {"self": link, "content": f"{link}/content"}
        if is_draft:
            links["commit"] = f"{link}/commit"
        known = {"checksum": item.checksum, "size": len(item.data or b"")}
        return {
            "key": item.key,
            "status": "completed" if item.is_committed else "pending",
            "metadata": None,
            "access": {"hidden": False},
            "transfer": {"type": "L"},
            "links": links,
        } | (known if item.is_committed else item.told)

    def files_json(self, row: Row, *, is_draft: bool) -> dict[str, Any]:
        """All files of a draft or record."""
        base = f"{self.url}/api/records/{row.id}{'/draft' if is_draft else ''}"
        files = [self.file_json(row, item, is_draft=is_draft) for item in row.shown_files.values()]
        return {
            "enabled": True,
            "links": {"self": f"{base}/files"},
            "entries": files,
            "default_preview": None,
            "order": [],
        }


def _status(row: Row, *, is_draft: bool) -> str:
    if row.record is not None:
        return "published"
    return "new_version_draft" if row.index > 1 else "draft"


def _entry(item: File) -> dict[str, Any]:
    """A file within its record: one that is not committed has no checksum."""
    known = {"checksum": item.checksum, "size": len(item.data or b"")}
    return {"key": item.key, "metadata": None} | (known if item.is_committed else {})


def _dumped(metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata as they come back: words of vocabularies with their titles, people with names."""
    shown = copy.deepcopy(metadata)
    if kind := shown.get("resource_type"):
        kind["title"] = {"en": kind.get("id")}
    for person in [*(shown.get("creators") or []), *(shown.get("contributors") or [])]:
        who = person.get("person_or_org") or {}
        parts = [who.get(name) for name in ("family_name", "given_name")]
        if any(parts):
            who["name"] = ", ".join(part for part in parts if part)
    return shown


def _access_status(access: dict[str, Any]) -> str:
    if (access.get("embargo") or {}).get("active"):
        return "embargoed"
    return "open" if access.get("files", "public") == "public" else "restricted"
