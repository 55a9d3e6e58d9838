"""The drafts of the fake InvenioRDM: made, described, reserved for, published, discarded."""

from typing import Any

from tests.publishing.repositories.fake_rows import Content, Parent, Row
from tests.publishing.repositories.fake_talk import Answer, Refusal, Request, route
from tests.publishing.repositories.fake_words import unknown_word


class DraftRoutes:
    """The routes of drafts; the rest of the fake says whose they are and what is wrong."""

    @route("POST", "/api/records")
    def create(self, request: Request) -> Answer:
        owner, sent = self.user(request), self._sent(request)
        parent = Parent(str(self._new_id()))
        row = self._new_row(parent, owner, 1)
        row.draft = self._content(sent)
        self.rows[row.id] = row
        self.touched(row)
        return self.draft_answer(row, 201)

    @route("GET", "/api/records/{}/draft")
    def read_draft(self, request: Request, name: str) -> Answer:
        return self.draft_answer(self.draft(request, name)[0])

    @route("PUT", "/api/records/{}/draft")
    def update(self, request: Request, name: str) -> Answer:
        row, draft = self.draft(request, name)
        given = request.headers.get("if-match", "")
        if given and not given.isdigit():  # an ETag with its quotes is not understood
            raise Refusal(400, "A validation error occurred.", [("if_match", "Not a number.")])
        if given and given != str(draft.revision):
            words = f"Revision id provided({given}) doesn't match record's one({draft.revision})"
            raise Refusal(412, words)
        new = self._content(self._sent(request))
        if row.record:
            new.pids = row.record.pids  # what is published keeps its DOI
        elif draft.pids and not new.pids:
            self.dropped.append(draft.pids["doi"]["identifier"])
        new.revision = draft.revision + 2
        row.draft = new
        self.touched(row)
        return self.draft_answer(row)

    @route("POST", "/api/records/{}/draft")
    def edit(self, request: Request, name: str) -> Answer:
        row, record = self.row(request, name), self.public(request, name)[1]
        if row.draft is None:
            row.draft = record.copied()
            row.draft.revision = 20
            self.touched(row)
        return self.draft_answer(row, 201)

    @route("DELETE", "/api/records/{}/draft")
    def discard(self, request: Request, name: str) -> Answer:
        row = self.draft(request, name)[0]
        row.draft, row.extra = None, {}
        self.touched(row)
        if not row.record:
            del self.rows[name]
        return Answer(204)

    @route("POST", "/api/records/{}/draft/pids/doi")
    def reserve(self, request: Request, name: str) -> Answer:
        row, draft = self.draft(request, name)
        if draft.pids.get("doi"):
            words = "A PID already exists for type doi"
            raise Refusal(400, "A validation error occurred.", [("pids.doi", words)])
        draft.pids["doi"] = self._pid(name)
        draft.revision += 2
        self.touched(row)
        return self.draft_answer(row, 201)

    @route("DELETE", "/api/records/{}/draft/pids/doi")
    def unreserve(self, request: Request, name: str) -> Answer:
        row, draft = self.draft(request, name)
        if not draft.pids.pop("doi", None):
            raise Refusal(404, "No such PID.")
        self.touched(row)
        return Answer(204)

    @route("POST", "/api/records/{}/draft/actions/publish")
    def publish(self, request: Request, name: str) -> Answer:
        row, draft = self.draft(request, name)
        if faults := [*self._publish_faults(row, draft)]:
            raise Refusal(400, "A validation error occurred.", faults)
        if row.record is None:
            draft.pids.setdefault("doi", self._pid(row.id))
            row.parent.pids.setdefault("doi", self._pid(row.parent.id))
            self.published.append(draft.pids["doi"]["identifier"])
            draft.pids["oai"] = {"identifier": f"oai:fake:{row.id}", "provider": "oai"}
            draft.revision = 4  # of the record: not that of its draft
        row.record, row.draft, row.extra = draft, None, {}
        for other in self.versions_of(row.parent):
            self.touched(other)
        self._register(row)
        return self.record_answer(row, 202)

    def _register(self, row: Row) -> None:
        assert row.record is not None
        page = f"{self.url}/records/"
        for doi, leads in (
            (row.record.pids["doi"]["identifier"], row.id),
            (row.parent.pids["doi"]["identifier"], row.parent.id),
        ):
            self.resolver.register(self.clock(), doi, page + leads)

    def _publish_faults(self, row: Row, draft: Content) -> list[tuple[str, str]]:
        pairs = [(item["field"], item["messages"][0]) for item in self.faults_of(draft)]
        files = row.shown_files
        if draft.has_files and not files:
            words = "Missing uploaded files. To disable files for this record please mark it as "
            pairs.append(("files.enabled", words + "metadata-only."))
        if pending := [key for key, item in files.items() if not item.is_committed]:
            words = f"One or more files have not completed their transfer: {', '.join(pending)}."
            pairs.append(("files", words))
        doi = draft.pids.get("doi", {}).get("identifier")
        taken = {
            other.record.pids["doi"]["identifier"]
            for other in self.rows.values()
            if other.record and other is not row
        }
        if doi in taken:
            pairs.append(("pids.doi", f"doi:{doi} already exists."))
        return pairs

    def _pid(self, number: str) -> dict[str, str]:
        doi = f"{self.prefix}/zenodo.{number}"
        return {"identifier": doi, "provider": "datacite", "client": "datacite"}

    def _new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _new_row(self, parent: Parent, owner: str, index: int) -> Row:
        now = self.today()
        return Row(str(self._new_id()), parent, owner, index, now, now)

    def _sent(self, request: Request) -> dict[str, Any]:
        sent = request.json()
        if not isinstance(sent, dict):
            raise Refusal(400, "Unable to decode JSON data in request body.")
        if word := unknown_word(sent.get("metadata") or {}):
            raise Refusal(400, f"Invalid value {word}.")
        return sent

    def _content(self, sent: dict[str, Any]) -> Content:
        metadata = sent.get("metadata") or {}
        return Content(
            metadata=metadata,
            access={"record": "public", "files": "public"} | (sent.get("access") or {}),
            custom_fields=sent.get("custom_fields") or {},
            pids=dict(sent.get("pids") or {}),
            has_files=(sent.get("files") or {}).get("enabled", True),
        )
