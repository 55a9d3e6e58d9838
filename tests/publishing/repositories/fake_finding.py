"""What the fake InvenioRDM lists: records, words of vocabularies, communities and requests."""

from typing import Any

from tests.publishing.repositories.fake_talk import Answer, Request, not_found, route
from tests.publishing.repositories.fake_words import VOCABULARIES


class FindingRoutes:
    """The routes that list."""

    @route("GET", "/api/user/records")
    def mine(self, request: Request) -> Answer:
        self.user(request)
        found = self.index.search(self.clock(), request.query.get("q", ""))
        return self._hits(request, [item for item in found if self._is_of(request, item)])

    def _is_of(self, request: Request, item: dict[str, Any]) -> bool:
        row = self.rows.get(item["id"])
        return row is None or row.owner == self.user(request)

    @route("GET", "/api/records")
    def search(self, request: Request) -> Answer:
        found = self.index.search(self.clock(), request.query.get("q", ""))
        return self._hits(request, [item for item in found if item["is_published"]])

    def _hits(self, request: Request, found: list[dict[str, Any]]) -> Answer:
        size, page = int(request.query.get("size", 25)), int(request.query.get("page", 1))
        shown = found[(page - 1) * size : page * size]
        links = {"self": f"{self.url}{request.path}"}
        if page * size < len(found):
            links["next"] = f"{self.url}{request.path}?page={page + 1}&size={size}"
        return Answer(200, {"hits": {"hits": shown, "total": len(found)}, "links": links})

    @route("GET", "/api/vocabularies/{}")
    def vocabulary(self, request: Request, name: str) -> Answer:
        if name not in VOCABULARIES:
            raise not_found()
        return self._hits(request, [{"id": word} for word in sorted(VOCABULARIES[name])])

    @route("GET", "/api/vocabularies/{}/{}")
    def word(self, _request: Request, name: str, word: str) -> Answer:
        if word not in VOCABULARIES.get(name, ()):
            raise not_found()
        return Answer(200, {"id": word, "type": name})

    @route("GET", "/api/communities/{}")
    def community(self, _request: Request, name: str) -> Answer:
        if name not in self.communities:
            raise not_found()
        return Answer(200, {"id": f"id-of-{name}", "slug": name, "metadata": {"title": name}})

    @route("POST", "/api/records/{}/communities")
    def offer(self, request: Request, name: str) -> Answer:
        row = self.row(request, name)
        self.public(request, name)
        processed, errors = [], []
        for item in request.json().get("communities", []):
            slug = str(item["id"]).removeprefix("id-of-")
            if slug not in self.communities:
                errors.append({"community_id": item["id"], "message": "Community not found."})
            elif slug in row.parent.waiting + row.parent.communities:
                words = "There is already an open inclusion request for this community."
                errors.append({"community_id": item["id"], "message": words})
            else:
                row.parent.waiting.append(slug)
                request_id = f"request-{row.parent.id}-{slug}"
                processed.append({"community_id": f"id-of-{slug}", "request_id": request_id})
        if not processed:
            return Answer(400, {"errors": errors})
        return Answer(200, {"processed": processed, "errors": errors})

    @route("GET", "/api/records/{}/communities")
    def communities_of(self, request: Request, name: str) -> Answer:
        row, _record = self.public(request, name)
        return self._hits(request, [{"slug": slug} for slug in row.parent.communities])

    @route("GET", "/api/records/{}/requests")
    def requests_of(self, request: Request, name: str) -> Answer:
        row = self.row(request, name)
        waiting = [
            {"type": "community-inclusion", "status": "submitted", "is_open": True,
             "receiver": {"community": f"id-of-{slug}"}, "topic": {"record": row.id}}
            for slug in row.parent.waiting
        ]  # fmt: skip
        return self._hits(request, waiting)
