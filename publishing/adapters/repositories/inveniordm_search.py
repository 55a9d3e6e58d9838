"""The search of InvenioRDM for our own records: it lags behind, and is never decided on alone."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from publishing.adapters.repositories.transport import Transport
from publishing.domain.inveniordm_answers import remote_of
from publishing.domain.remote import Stage

MINE = "/api/user/records"
HITS = 25
MISSING = 404


def own_records(transport: Transport, query: str = "", *, size: int = HITS) -> list[Any]:
    """Drafts and records of whoever has the token, newest first.

    Raises:
        LookupError: what answers has no such search, so it is no InvenioRDM.
    """
    asked = {"q": query, "size": str(size), "sort": "newest"}
    asked = {name: value for name, value in asked.items() if value}
    answer = transport.send("GET", f"{MINE}?{urlencode(asked)}", expect=(MISSING,))
    hits = _object(_object(answer.content).get("hits")).get("hits")
    if answer.status == MISSING or not isinstance(hits, list):
        raise LookupError("no list of records")
    return hits


def searched(transport: Transport, query: str, key: str) -> list[str]:
    """Ids of what the search says has the key, published ones first."""
    try:
        hits = own_records(transport, query)
    except LookupError:
        return []
    found = [remote_of(hit, stage=Stage.DRAFT) for hit in hits]
    ours = [item for item in found if item.key == key and item.id]
    ours.sort(key=lambda item: not _object(item.raw).get("is_published"))
    return [item.id for item in ours]


def minted(hits: Iterable[object]) -> Iterator[str]:
    """The DOIs that the repository itself gave to some records."""
    for hit in hits:
        pid = _object(_object(_object(hit).get("pids")).get("doi"))
        if pid.get("provider") == "datacite" and isinstance(pid.get("identifier"), str):
            yield pid["identifier"]


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
