"""Communities of InvenioRDM: a published record is offered to them, and their curators decide."""

from publishing.adapters.repositories.bodies import json_body
from publishing.adapters.repositories.transport import Transport
from publishing.domain.inveniordm_answers import faults_of

REFUSED = 400
OFFERED_BEFORE = ("already included", "already an open")
SILENT = "It does not say why."


def offered(transport: Transport, path: str, community: str) -> str:
    """Offer a record; offered before is as good.

    Args:
        transport: to its repository.
        path: of the record.
        community: slug of the community.

    Returns:
        Why it cannot be offered; empty when it was.
    """
    body = json_body({"communities": [{"id": community}]})
    answer = transport.send("POST", f"{path}/communities", body, expect=(REFUSED,))
    faults = tuple(faults_of(answer.content).values())
    others = [words for words in faults if not _was_before(words)]
    if others or (answer.status == REFUSED and not faults):
        return " ".join(others) or SILENT
    return ""


def _was_before(words: str) -> bool:
    return any(known in words.lower() for known in OFFERED_BEFORE)
