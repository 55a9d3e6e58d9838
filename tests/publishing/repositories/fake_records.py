"""The published records of the fake InvenioRDM, and their versions."""

from typing import Any

from tests.publishing.repositories.fake_rows import Parent, Row
from tests.publishing.repositories.fake_talk import Answer, Refusal, Request, route

RDM_JSON = "application/vnd.inveniordm.v1+json"
ACCEPTED = {RDM_JSON, "application/json", "application/ld+json", "*/*", "",
            "application/vnd.datacite.datacite+json", "application/vnd.citationstyles.csl+json",
            "application/x-bibtex", "application/linkset+json"}  # fmt: skip


class RecordRoutes:
    """The routes of records."""

    @route("GET", "/api/records/{}")
    def read(self, request: Request, name: str) -> Answer:
        wanted = request.headers.get("accept", "*/*").split(",")[0].split(";")[0].strip()
        if wanted not in ACCEPTED:
            words = f"Invalid 'Accept' header. Expected one of: {', '.join(sorted(ACCEPTED))}"
            raise Refusal(406, words)
        concept = next((row.parent for row in self.rows.values() if row.parent.id == name), None)
        if concept and name not in self.rows:
            return self._to_latest(concept)
        row, _record = self.public(request, name)
        answer = self.record_answer(row)
        if self.has_legacy_json and wanted != RDM_JSON:
            return Answer(200, self._legacy(row), answer.headers)
        return answer

    def _to_latest(self, parent: Parent) -> Answer:
        latest = next((row for row in self.versions_of(parent) if self.is_latest(row)), None)
        if latest is None:
            raise Refusal(404, "The persistent identifier is not registered.")
        return Answer(302, "", {"location": f"/api/records/{latest.id}"})

    def _legacy(self, row: Row) -> dict[str, Any]:
        assert row.record is not None
        doi = row.record.pids["doi"]["identifier"]
        metadata = {"title": row.record.metadata["title"], "doi": doi}
        files = [
            {"key": item.key, "size": len(item.data or b""), "checksum": item.checksum}
            for item in row.files.values()
        ]
        return {
            "id": int(row.id), "conceptrecid": row.parent.id, "doi": doi, "metadata": metadata,
            "conceptdoi": row.parent.pids["doi"]["identifier"], "files": files, "state": "done",
            "submitted": True, "recid": row.id, "status": "published",
        }  # fmt: skip

    @route("GET", "/api/records/{}/versions/latest")
    def latest(self, request: Request, name: str) -> Answer:
        row = self.row(request, name, write=False)
        found = self._to_latest(row.parent)
        return Answer(301, "", {"location": self.url + found.headers["location"]})

    @route("GET", "/api/records/{}/versions")
    def versions(self, request: Request, name: str) -> Answer:
        row = self.row(request, name, write=False)
        found = self.index.search(self.clock(), f"parent.id:{row.parent.id} is_published:true")
        return self._hits(request, found)

    @route("POST", "/api/records/{}/versions")
    def new_version(self, request: Request, name: str) -> Answer:
        row, record = self.row(request, name), self.public(request, name)[1]
        family = self.versions_of(row.parent)
        open_one = next((other for other in family if other.record is None), None)
        if open_one is None:
            index = max(other.index for other in family) + 1
            open_one = self._new_row(row.parent, row.owner, index)
            content = record.copied()
            content.metadata.pop("version", None)
            content.metadata["publication_date"] = self.today().date().isoformat()
            content.pids, content.revision = {}, 1
            open_one.draft = content
            self.rows[open_one.id] = open_one
            self.touched(open_one)
        return self.draft_answer(open_one, 201)
