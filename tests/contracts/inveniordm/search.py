"""A stand-in for OpenSearch, in memory: as much of its HTTP API as InvenioRDM asks for.

Real search servers come from no package index. Documents are found at once, by walking over all
of them, which is enough for some dozens of records.
"""

import fnmatch
import json
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from asked import Doc, answers, values_at

Answer = tuple[int, Any]
SHARDS = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
DONE: Answer = (200, {"acknowledged": True})
BANNER = {
    "name": "stand-in",
    "version": {
        "number": "2.17.0",
        "distribution": "opensearch",
        "minimum_wire_compatibility_version": "7.10.0",
        "minimum_index_compatibility_version": "7.0.0",
    },
}
KEPT_AS_THEY_ARE = ("_index_template", "_template", "_component_template", "_ingest", "_settings")


class Engine:
    """Indices with their documents, aliases and templates."""

    def __init__(self) -> None:
        self.indices: dict[str, dict[str, Doc]] = {}
        self.aliases: dict[str, set[str]] = defaultdict(set)
        self.templates: set[str] = set()

    def named(self, name: str) -> list[str]:
        """The indices that a name, an alias, a list or a pattern stands for."""
        known = [*((key, {key}) for key in self.indices), *self.aliases.items()]
        found = [
            index
            for part in name.split(",")
            for key, targets in known
            if fnmatch.fnmatchcase(key, part) or part in ("_all", "")
            for index in sorted(targets)
        ]
        return list(dict.fromkeys(found))

    def target(self, name: str) -> str:
        """The index to write to; made when there is none."""
        if self.aliases.get(name):
            return min(self.aliases[name])
        self.indices.setdefault(name, {})
        return name

    def search(self, name: str, body: Doc, options: dict[str, str]) -> Doc:
        """All documents that answer, sorted and cut."""
        rows = [
            (index, key, doc)
            for index in self.named(name)
            for key, doc in self.indices[index].items()
            if answers(body.get("query"), key, doc) and answers(body.get("post_filter"), key, doc)
        ]
        for item in reversed(body.get("sort") or []):
            _sort(rows, item)
        begin = int(options.get("from", body.get("from", 0)))
        end = begin + int(options.get("size", body.get("size", 10)))
        total = {"value": len(rows), "relation": "eq"}
        wanted = body.get("aggs") or body.get("aggregations") or {}
        return {
            "took": 1, "timed_out": False, "_shards": SHARDS,
            "hits": {"total": total, "max_score": 1.0, "hits": list(map(_hit, rows[begin:end]))},
            "aggregations": {part: {"buckets": []} for part in wanted},
        }  # fmt: skip

    def bulk(self, name: str, lines: list[Doc]) -> Doc:
        """Write, change and remove many documents."""
        items, rows = [], iter(lines)
        for head in rows:
            verb, about = next(iter(head.items()))
            kept = self.indices[self.target(about.get("_index", name))]
            key = str(about.get("_id", len(kept)))
            if verb == "delete":
                kept.pop(key, None)
            else:
                _write(kept, key, next(rows))
            items.append({verb: {"_id": key, "status": 200, "result": "updated"}})
        return {"took": 1, "errors": False, "items": items}

    def respond(self, method: str, path: list[str], options: dict[str, str], data: bytes) -> Answer:
        """Answer a request."""
        verb = next((part for part in path if part.startswith("_")), "")
        name = path[0] if path and not path[0].startswith("_") else ""
        if not path:
            return 200, BANNER
        if verb in ("_bulk", "_msearch"):
            return self._many(verb, name, [json.loads(line) for line in data.splitlines() if line])
        body = json.loads(data) if data.strip() else {}
        if verb in KEPT_AS_THEY_ARE:
            return self._template(method, "/".join(path))
        known = {
            "_search": self._search, "_count": self._count, "_alias": self._alias,
            "_aliases": self._alias, "_doc": self._document, "_create": self._document,
            "_update": self._document, "_delete_by_query": self._forget, "": self._index,
        }.get(verb)  # fmt: skip
        if known is None:  # _refresh, _cluster, _cat and others that want no more than a nod
            return 200, {"_shards": SHARDS, "status": "green"}
        return known(method, name, path, body | {"?": options})

    def _many(self, verb: str, name: str, lines: list[Doc]) -> Answer:
        if verb == "_bulk":
            return 200, self.bulk(name, lines)
        pairs = zip(lines[::2], lines[1::2], strict=True)
        found = [self.search(_text(head.get("index", name)), query, {}) for head, query in pairs]
        return 200, {"took": 1, "responses": [item | {"status": 200} for item in found]}

    def _template(self, method: str, path: str) -> Answer:
        if method in ("PUT", "POST"):
            self.templates.add(path)
            return DONE
        return (200 if path in self.templates else 404), {}

    def _search(self, _method: str, name: str, path: list[str], body: Doc) -> Answer:
        if path[-1] == "scroll":  # everything was in the first answer
            return 200, {"_scroll_id": "end"} | self.search("none", {}, {})
        found = self.search(name, body, body["?"])
        return 200, found | ({"_scroll_id": "end"} if "scroll" in body["?"] else {})

    def _count(self, _method: str, name: str, _path: list[str], body: Doc) -> Answer:
        found = self.search(name, body, {"size": "0"})["hits"]["total"]["value"]
        return 200, {"count": found, "_shards": SHARDS}

    def _forget(self, _method: str, name: str, _path: list[str], body: Doc) -> Answer:
        gone = self.search(name, body, {"size": "10000"})["hits"]["hits"]
        for hit in gone:
            del self.indices[hit["_index"]][hit["_id"]]
        return 200, {"deleted": len(gone), "total": len(gone), "failures": [], "took": 1}

    def _alias(self, method: str, name: str, path: list[str], body: Doc) -> Answer:
        wanted = "" if path[-1].startswith("_") else path[-1]
        for action in body.get("actions", ()):
            self._change_alias(*next(iter(action.items())))
        if body.get("actions"):
            return DONE
        if method in ("PUT", "POST"):
            self.aliases[wanted] |= set(self.named(name))
            return DONE
        found = {index: {"aliases": {wanted: {}}} for index in self.aliases.get(wanted, ())}
        return (200 if found or not wanted else 404), found

    def _change_alias(self, verb: str, told: Doc) -> None:
        for alias in told.get("aliases", [told.get("alias")]):
            indices = set(told.get("indices", [told.get("index")]))
            kept = self.aliases[alias]
            self.aliases[alias] = kept | indices if verb == "add" else kept - indices

    def _document(self, method: str, name: str, path: list[str], body: Doc) -> Answer:
        body.pop("?")
        kept = self.indices[self.target(name)]
        key = path[2] if len(path) > 2 else str(len(kept))
        told = {"_index": name, "_id": key, "_version": 1, "_shards": SHARDS}
        if method in ("PUT", "POST"):
            _write(kept, key, body)
            return 201, told | {"result": "created"}
        if key not in kept:
            return 404, told | {"found": False, "result": "not_found"}
        if method == "DELETE":
            del kept[key]
            return 200, told | {"result": "deleted"}
        return 200, told | {"found": True, "_source": kept[key]}

    def _index(self, method: str, name: str, _path: list[str], body: Doc) -> Answer:
        if method == "PUT":
            self.indices.setdefault(name, {})
            for alias in body.get("aliases", {}):
                self.aliases[alias].add(name)
            return 200, {"acknowledged": True, "shards_acknowledged": True, "index": name}
        found = self.named(name)
        if method == "DELETE":
            for index in found:
                del self.indices[index]
            return DONE
        return (200 if found else 404), {index: {"mappings": {}, "aliases": {}} for index in found}


def _hit(row: tuple[str, str, Doc]) -> Doc:
    index, key, doc = row
    return {"_index": index, "_id": key, "_score": 1.0, "_version": 1, "_source": doc, "sort": [0]}


def _sort(rows: list[tuple[str, str, Doc]], item: Any) -> None:
    field, way = next(iter(item.items())) if isinstance(item, dict) else (item, "asc")
    way = way.get("order", "asc") if isinstance(way, dict) else way
    if not field.startswith("_"):
        rows.sort(key=lambda row: str((values_at(row[2], field) or [""])[0]), reverse=way == "desc")


def _write(kept: dict[str, Doc], key: str, sent: Doc) -> None:
    is_part = set(sent) <= {"doc", "doc_as_upsert"} and "doc" in sent
    kept[key] = {**kept.get(key, {}), **sent["doc"]} if is_part else sent


def _text(index: Any) -> str:
    return ",".join(index) if isinstance(index, list) else str(index)


class Handler(BaseHTTPRequestHandler):
    """HTTP before the engine; one request at a time."""

    protocol_version = "HTTP/1.1"
    engine = Engine()
    lock = threading.Lock()

    def log_message(self, *_given: Any) -> None:
        """Say nothing of requests that went well."""

    def respond(self) -> None:
        """Answer whatever is asked; what is not understood is said on standard error."""
        parts = urlsplit(self.path)
        path = [unquote(part) for part in parts.path.split("/") if part]
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            with self.lock:
                status, content = self.engine.respond(self.command, path, options, data)
        except Exception as error:  # noqa: BLE001 -- whoever reads the log must see what was asked
            told = f"{self.command} {self.path} {data[:500]!r}: {error!r}"
            sys.stderr.write(f"search stand-in: {told}\n")
            status, content = 400, {"error": {"type": "parsing", "reason": repr(error)}}
        self._send(status, content)

    def _send(self, status: int, content: Any) -> None:
        data = b"" if self.command == "HEAD" else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = respond  # noqa: N815 -- as the base has it


def begin() -> int:
    """Start it on loopback; returns its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port
