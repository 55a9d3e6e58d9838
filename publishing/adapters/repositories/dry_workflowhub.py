"""A WorkflowHub that is only pretended, for dry runs: it answers as one that takes everything."""

import json
from typing import Any
from urllib.parse import urlsplit

from lib import store
from publishing.adapters import crate_zip
from publishing.adapters.repositories.bodies import Body
from publishing.adapters.repositories.transport import Answer
from publishing.adapters.repositories.workflowhub import CRATE, PERSON, SUBMIT, Packed

NUMBER = "1"
VERSIONS = [{"version": 1, "doi": None}]


class PretendedWorkflowHub:
    """Answers as WorkflowHub might; see ``dry.Pretended``."""

    def __init__(self, packed: Packed) -> None:
        self._packed = packed

    def answer(self, method: str, target: str, body: Body | None) -> Answer:
        """What it might answer: it never had the crate before, and takes it."""
        del body
        path = urlsplit(target).path
        if path == PERSON:
            return Answer(200, {"data": {"type": "people", "id": NUMBER}})
        if (method, path) == ("POST", SUBMIT) or path == f"/workflows/{NUMBER}":
            return Answer(200, {"data": {"id": NUMBER, "attributes": {"versions": VERSIONS}}})
        if path == f"/workflows/{NUMBER}/ro_crate_metadata":
            return Answer(200, self._submitted())
        return Answer(404, {"errors": [{"title": "Not found"}]})

    def _submitted(self) -> dict[str, Any]:
        crate = next(item for item in self._packed() if item.name.endswith(CRATE))
        with store.open_file(crate.sha256) as handle:
            return dict(json.loads(crate_zip.read_metadata(handle)))
