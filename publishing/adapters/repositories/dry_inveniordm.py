"""What an InvenioRDM might answer in a dry run: one draft, from nothing to published."""

import hashlib
import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from publishing.adapters.repositories.bodies import Body
from publishing.adapters.repositories.transport import Answer
from publishing.domain.repositories import RepositorySettings

Json = dict[str, Any]
ID = "dry-run"
PLACE = re.compile(r"/api/records/([^/]+)(/.*)?")
NOTHING = Answer(404, {"status": 404, "message": "There is nothing yet."})
DONE = Answer(204)


class PretendedInvenioRdm:
    """A repository in memory; every id but that of the one draft is a record that is public."""

    def __init__(self, settings: RepositorySettings) -> None:
        self._settings = settings
        self._draft: Json = {}
        self._files: dict[str, Json] = {}
        self._is_published = False
        self._number = 1

    def answer(self, method: str, target: str, body: Body | None) -> Answer:
        """What it might answer."""
        path = urlsplit(target).path
        if path == "/api/user/records":
            return Answer(200, {"hits": {"hits": [], "total": 0}})
        if path == "/api/records":
            return self._written(body, 201)
        found = PLACE.fullmatch(path)
        if found is None:
            return NOTHING
        name, rest = unquote(found[1]), found[2] or ""
        if name != ID:
            return self._of_other(name, rest)
        return self._of_draft(method, rest, body)

    def _of_other(self, name: str, rest: str) -> Answer:
        if rest == "/versions":
            self._number = 2
            self._draft = {"metadata": {}}
            return Answer(201, self._shown())
        if rest == "/communities":
            return _taken_in()
        versions = {"is_latest": True, "is_latest_draft": True, "index": 1}
        parent = {"id": f"{name}-all"}
        return Answer(200, {"id": name, "parent": parent, "versions": versions})

    def _of_draft(self, method: str, rest: str, body: Body | None) -> Answer:
        if rest.startswith("/draft/files"):
            return self._of_files(method, rest.removeprefix("/draft/files"), body)
        if (method, rest) == ("PUT", "/draft"):
            return self._written(body, 200)
        known = {
            ("POST", "/draft/pids/doi"): self._reserve,
            ("POST", "/draft/actions/publish"): self._publish,
            ("DELETE", "/draft"): self._delete,
            ("POST", "/communities"): _taken_in,
        }
        if (method, rest) in known:
            return known[method, rest]()
        is_there = self._is_published if rest == "" else self._is_open and rest == "/draft"
        return Answer(200, self._shown()) if is_there else NOTHING

    @property
    def _is_open(self) -> bool:
        return bool(self._draft) and not self._is_published

    def _reserve(self) -> Answer:
        self._draft["pids"] = {"doi": self._doi(ID)}
        return Answer(201, self._shown())

    def _publish(self) -> Answer:
        self._is_published = True
        return Answer(202, self._shown())

    def _delete(self) -> Answer:
        self._draft = {}
        return DONE

    def _of_files(self, method: str, rest: str, body: Body | None) -> Answer:
        if rest == "":
            if method == "POST" and body is not None:
                for item in json.loads(_all(body)):
                    self._files[item["key"]] = {"key": item["key"], "status": "pending"}
            return Answer(200, {"entries": list(self._files.values())})
        name, _, what = rest.removeprefix("/").partition("/")
        file = self._files.get(unquote(name))
        if file is None:
            return NOTHING
        if method == "DELETE":
            del self._files[unquote(name)]
            return DONE
        if what == "content" and body is not None:
            file |= {"size": body.size, "checksum": f"md5:{_md5(body)}"}
        elif what == "commit":
            file["status"] = "completed"
        return Answer(200, file)

    def _written(self, body: Body | None, status: int) -> Answer:
        self._draft = json.loads(_all(body)) if body is not None else {}
        return Answer(status, self._shown())

    def _shown(self) -> Json:
        page = f"{self._settings.url}/{'records' if self._is_published else 'uploads'}/{ID}"
        return {
            **self._draft,
            "id": ID,
            "revision_id": 1,
            "links": {"self_html": page},
            "parent": {
                "id": f"{ID}-all",
                "pids": {"doi": self._doi(f"{ID}-all")} if self._is_published else {},
            },
            "versions": {"index": self._number, "is_latest": True, "is_latest_draft": True},
            "is_published": self._is_published,
            "files": {"entries": self._files},
        }

    def _doi(self, name: str) -> Json:
        return {"identifier": f"{self._settings.prefix}/{name}", "provider": "datacite"}


def _taken_in() -> Answer:
    return Answer(200, {"processed": [{}], "errors": []})


def _all(body: Body) -> bytes:
    return b"".join(body.chunks())


def _md5(body: Body) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    for chunk in body.chunks():
        md5.update(chunk)
    return md5.hexdigest()
