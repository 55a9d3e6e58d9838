"""The files of the fake InvenioRDM's drafts and records."""

from tests.publishing.repositories.fake_rows import Content, File, Row
from tests.publishing.repositories.fake_talk import Answer, Refusal, Request, route

LOCKED = "Bucket is locked for modifications."


class FileRoutes:
    """The routes of files; the rest of the fake says whose draft it is."""

    @route("GET", "/api/records/{}/draft/files")
    def list_draft(self, request: Request, name: str) -> Answer:
        row, _draft = self.draft(request, name)
        return Answer(200, self.files_json(row, is_draft=True))

    @route("POST", "/api/records/{}/draft/files")
    def init(self, request: Request, name: str) -> Answer:
        row, draft = self.draft(request, name)
        sent = request.json()
        self._may_init(row, draft, [item["key"] for item in sent])
        for item in sent:
            told = {name: item[name] for name in ("size",) if name in item}
            made = File(item["key"], told=told)
            (row.extra if row.is_locked else row.files)[made.key] = made
        self.writes += 1
        return Answer(201, self.files_json(row, is_draft=True))

    def _may_init(self, row: Row, draft: Content, keys: list[str]) -> None:
        if not draft.has_files:
            raise Refusal(400, "Files support is not enabled.")
        for key in keys:
            if key in row.shown_files:
                raise Refusal(400, f"File with key {key} already exists.")
        if (count := len(row.shown_files) + len(keys)) > self.most_files:
            words = f"Uploading selected files will result in {count} files"
            raise Refusal(400, f"{words}, while the limit is {self.most_files}.")

    @route("GET", "/api/records/{}/draft/files/{}")
    def read_draft_file(self, request: Request, name: str, key: str) -> Answer:
        row, item = self._file(request, name, key)
        return Answer(200, self.file_json(row, item, is_draft=True))

    @route("DELETE", "/api/records/{}/draft/files/{}")
    def delete_file(self, request: Request, name: str, key: str) -> Answer:
        row, _item = self._file(request, name, key)
        self._not_locked(row)
        del row.files[key]
        self.writes += 1
        return Answer(204)

    @route("PUT", "/api/records/{}/draft/files/{}/content")
    def put(self, request: Request, name: str, key: str) -> Answer:
        row, item = self._file(request, name, key)
        self._not_locked(row)
        self.writes += 1
        if item.is_committed:
            del row.files[key]
            self.destroyed.append(f"{name}/{key}")
            words = {"errors": ["File upload transfer failed."]}
            return Answer(200, self.file_json(row, item, is_draft=True) | words)
        others = sum(len(other.data or b"") for other in row.files.values() if other is not item)
        if others + len(request.body) > self.quota:
            raise Refusal(400, "Bucket quota exceeded.")
        item.data = request.body
        return Answer(200, self.file_json(row, item, is_draft=True))

    @route("POST", "/api/records/{}/draft/files/{}/commit")
    def commit(self, request: Request, name: str, key: str) -> Answer:
        row, item = self._file(request, name, key)
        self._not_locked(row)
        if item.data is None:
            words = (
                "The server encountered an internal error and was unable to complete your request."
            )
            raise Refusal(500, words, error_id="0f1e")
        if not item.is_committed:
            item.is_committed = True
            self.writes += 1
        return Answer(200, self.file_json(row, item, is_draft=True))

    @route("GET", "/api/records/{}/draft/files/{}/content")
    def read_draft_bytes(self, request: Request, name: str, key: str) -> Answer:
        _row, item = self._file(request, name, key)
        return Answer(200, item.data or b"")

    @route("POST", "/api/records/{}/draft/actions/files-import")
    def import_files(self, request: Request, name: str) -> Answer:
        row, _draft = self.draft(request, name)
        if row.files:
            words = ("files.enabled", "Please remove all files first.")
            raise Refusal(400, "A validation error occurred.", [words])
        before = [other for other in self.versions_of(row.parent) if other.record is not None]
        if row.is_locked or not before:
            raise Refusal(404, "There is no previous version to import files from.")
        for key, item in max(before, key=lambda other: other.index).files.items():
            row.files[key] = File(key, item.data, is_committed=True)
        self.writes += 1
        return Answer(201, self.files_json(row, is_draft=True))

    @route("GET", "/api/records/{}/files")
    def list_public(self, request: Request, name: str) -> Answer:
        row, _record = self.public(request, name)
        return Answer(200, self.files_json(row, is_draft=False))

    @route("GET", "/api/records/{}/files/{}")
    def read_public_file(self, request: Request, name: str, key: str) -> Answer:
        row, item = self._public_file(request, name, key)
        return Answer(200, self.file_json(row, item, is_draft=False))

    @route("GET", "/api/records/{}/files/{}/content")
    def read_public_bytes(self, request: Request, name: str, key: str) -> Answer:
        return Answer(200, self._public_file(request, name, key)[1].data or b"")

    def _public_file(self, request: Request, name: str, key: str) -> tuple[Row, File]:
        row, _record = self.public(request, name)
        if key not in row.files:
            raise Refusal(404, f"Record '{name}' has no file '{key}'.")
        return row, row.files[key]

    def _file(self, request: Request, name: str, key: str) -> tuple[Row, File]:
        row, _draft = self.draft(request, name)
        if key not in row.shown_files:
            raise Refusal(404, f"Record '{name}' has no file '{key}'.")
        return row, row.shown_files[key]

    def _not_locked(self, row: Row) -> None:
        if row.is_locked:
            raise Refusal(403, LOCKED)
