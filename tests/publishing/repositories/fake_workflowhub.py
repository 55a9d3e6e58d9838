"""A fake WorkflowHub on loopback, built from the rules by which SEEK takes crates.

``POST /workflows/submit`` finds the workflow by the source address of the crate: none makes one,
one takes another version or, where it has this version already, stays as it is, and two are an
error. Its answers have the shape of the contract's ``workflowResponse``. What its code does beside
that is not here.
"""

import contextlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

TOKEN = "Token right-one"
WHEN = "2026-03-01T12:00:00.000Z"
METADATA = "ro-crate-metadata.json"
CHOICE = ("isBasedOn", "url")


@dataclass
class Version:
    """A version of a workflow: its name in the crate, and the crate's metadata."""

    number: int
    name: str
    metadata: dict[str, Any]
    doi: str | None = None


@dataclass
class Workflow:
    """A workflow that was submitted."""

    id: str
    source: str
    title: str
    versions: list[Version] = field(default_factory=list)


class Refused(Exception):  # noqa: N818 -- an answer, not an error of ours
    """An answer that is no success."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status, self.body = status, body


class FakeWorkflowHub:
    """The state of a WorkflowHub, and its answers.

    ``faults`` are what goes wrong with the next submissions: ``before`` and ``after`` cut the
    connection before or after the work is done, ``html`` answers 502 with a page.
    """

    def __init__(self) -> None:
        self.workflows: list[Workflow] = []
        self.faults: list[str] = []
        self.log: list[str] = []
        self.members = {"7"}
        self.url = ""

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.log.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        fault = self.faults.pop(0) if self.faults and environ["REQUEST_METHOD"] == "POST" else ""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        data = environ["wsgi.input"].read(length)
        if fault == "before":
            raise ConnectionResetError
        try:
            status, body = 200, self.answer(environ, data)
        except Refused as refused:
            status, body = refused.status, refused.body
        if fault == "after":
            raise ConnectionResetError
        text = json.dumps(body).encode()
        kind = "application/json"
        if fault == "html":
            status, text, kind = 502, b"<html><title>Bad Gateway</title></html>", "text/html"
        start(f"{status} X", [("Content-Type", kind), ("Content-Length", str(len(text)))])
        return [text]

    def answer(self, environ: dict[str, Any], data: bytes) -> dict[str, Any]:
        """What is asked, done."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if "application/json" not in environ.get("HTTP_ACCEPT", ""):
            raise Refused(422, {"errors": [{"title": "Can't verify CSRF token authenticity."}]})
        if environ.get("HTTP_AUTHORIZATION") != TOKEN:
            raise Refused(401, {"errors": [{"title": "Unauthorized", "detail": "Log in."}]})
        if (method, path) == ("GET", "/people/current"):
            return {"data": {"id": "1", "type": "people", "attributes": {}}}
        if (method, path) == ("POST", "/workflows/submit"):
            return self.shown(self.submit(environ["CONTENT_TYPE"], data))
        return self.read(path.strip("/").split("/"), environ.get("QUERY_STRING", ""))

    def read(self, parts: list[str], query: str) -> dict[str, Any]:
        found = [item for item in self.workflows if ["workflows", item.id] == parts[:2]]
        if not found:
            raise Refused(404, {"errors": [{"title": "Not found"}]})
        if parts[2:] != ["ro_crate_metadata"]:
            return self.shown(found[0])
        number = int(query.removeprefix("version="))
        return next(item.metadata for item in found[0].versions if item.number == number)

    def submit(self, media_type: str, data: bytes) -> Workflow:
        form = parts_of(media_type, data)
        if "workflow[project_ids][]" not in form:
            raise Refused(400, {"errors": [{"title": "param is missing: workflow"}]})
        metadata, root, main = read_crate(form["ro_crate"][0])
        source, faults = source_of(root, main), []
        if not main:
            faults.append("did not specify a main workflow.")
        if not source:
            faults.append("source URL could not be determined.")
        if not root.get("version"):
            faults.append("version could not be determined.")
        known = [item for item in self.workflows if source and item.source == source]
        if len(known) > 1:
            faults.append(f"{len(known)} workflows found matching the given ID.")
        if faults:
            raise Refused(422, errors_of("attributes/ro_crate", faults))
        self.check_words(root, form)
        return self.kept(known, source, root, metadata)

    def check_words(self, root: dict[str, Any], form: dict[str, list[bytes]]) -> None:
        if not root.get("name"):
            raise Refused(422, errors_of("attributes/title", ["can't be blank"]))
        if not {item.decode() for item in form["workflow[project_ids][]"]} <= self.members:
            raise Refused(422, errors_of("relationships/projects", ["must be a member of"]))

    def kept(
        self, known: list[Workflow], source: str, root: dict[str, Any], metadata: dict[str, Any]
    ) -> Workflow:
        if not known:
            known = [Workflow(str(100 + len(self.workflows)), source, root["name"])]
            self.workflows += known
        workflow, name = known[0], str(root["version"])
        if name not in {item.name for item in workflow.versions}:
            number = len(workflow.versions) + 1
            workflow.versions.append(Version(number, name, metadata))
        return workflow

    def shown(self, workflow: Workflow) -> dict[str, Any]:
        """A workflow in the shape of ``workflowResponse``."""
        last, page = workflow.versions[-1], f"{self.url}/workflows/{workflow.id}"
        nobody: dict[str, Any] = {"data": []}
        others = (
            "people", "investigations", "studies", "assays", "publications", "sops",
            "presentations", "data_files", "documents", "creators", "submitter", "projects",
        )  # fmt: skip
        return {
            "data": {
                "id": workflow.id,
                "type": "workflows",
                "attributes": {
                    "title": workflow.title,
                    "workflow_class": {"title": "Jupyter", "key": "jupyter", "description": None},
                    "license": None,
                    "latest_version": last.number,
                    "version": last.number,
                    "versions": [
                        {
                            "version": item.number, "revision_comments": None, "doi": item.doi,
                            "url": f"{page}?version={item.number}", "commit": None, "ref": None,
                            "tree": f"{page}/git/{item.number}/tree",
                        }
                        for item in workflow.versions
                    ],
                    "doi": last.doi,
                    "created_at": WHEN,
                    "updated_at": WHEN,
                    "content_blobs": [
                        {
                            "original_filename": METADATA, "url": None, "md5sum": None,
                            "sha1sum": None, "content_type": "application/json", "size": None,
                            "link": f"{page}/content_blobs/1",
                        }
                    ],
                },
                "relationships": dict.fromkeys(others, nobody),
                "links": {"self": f"/workflows/{workflow.id}?version={last.number}"},
                "meta": {
                    "created": WHEN, "modified": WHEN, "api_version": "0.3",
                    "base_url": self.url, "uuid": f"uuid-{workflow.id}",
                },
            },
            "jsonapi": {"version": "1.0"},
        }  # fmt: skip


def parts_of(media_type: str, data: bytes) -> dict[str, list[bytes]]:
    """The fields of a form: name → values."""
    head = f"Content-Type: {media_type}\r\n\r\n".encode()
    form: dict[str, list[bytes]] = {}
    for part in message_from_bytes(head + data, policy=policy.HTTP).iter_parts():
        name = part.get_param("name", header="content-disposition")
        form.setdefault(str(name), []).append(part.get_payload(decode=True))
    return form


def read_crate(crate: bytes) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The metadata of a crate, its root and its main workflow."""
    try:
        with zipfile.ZipFile(io.BytesIO(crate)) as archive:
            metadata = dict(json.loads(archive.read(METADATA)))
        entities = {item["@id"]: item for item in metadata["@graph"]}
        root = entities[entities[METADATA]["about"]["@id"]]
    except zipfile.BadZipFile:
        fault = "could not be extracted, please check it is a valid RO-Crate."
        raise Refused(422, errors_of("attributes/ro_crate", [fault])) from None
    except (KeyError, ValueError) as error:
        words = f"Couldn't read RO-Crate metadata - check the RO-Crate is valid: {error}"
        raise Refused(500, {"title": "RO-Crate Read Error", "detail": words}) from None
    return metadata, root, entities.get(root.get("mainEntity", {}).get("@id"), {})


def source_of(root: dict[str, Any], main: dict[str, Any]) -> str:
    first = root["@id"] if root["@id"].startswith("http") else None
    known = [first, *(root.get(name) for name in CHOICE), main.get("url")]
    found = next((item for item in known if item), "")
    if not isinstance(found, str):
        raise Refused(500, {"title": "Internal Server Error"})
    return found.rstrip("/")


def errors_of(place: str, details: list[str]) -> dict[str, Any]:
    return {
        "errors": [{"source": {"pointer": f"/data/{place}"}, "detail": item} for item in details]
    }


class _Handler(WSGIRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served() -> Iterator[FakeWorkflowHub]:
    """The fake, served from a thread of this process."""
    fake = FakeWorkflowHub()
    server = make_server("127.0.0.1", 0, fake, handler_class=_Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
