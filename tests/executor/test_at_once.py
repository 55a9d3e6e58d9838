"""Many ask the same at the same moment: the question is answered once, for all of them."""

import json

import pytest
from django.test import Client

from executor.actions import attempt as attempts
from executor.actions import work
from executor.domain.job import Cause, Ending
from executor.models import Attempt, Run
from tests.executor import notebooks

MANY = 16
BODY = {"parameters": {"energy": "0.025 MeV"}}
MANIFEST = {
    "format": "reprise.manifest/1",
    "outputs": [{"name": "total", "file": "total.json"}],
    "python": "3.11.7",
    "packages": [],
}


@pytest.fixture
def executed(monkeypatch) -> list[str]:
    """The addresses of the runs that were executed, each time they were."""
    seen: list[str] = []

    def run_prepared(attempt, prepared, _progress) -> Ending:
        seen.append(attempt.run.address)
        outputs = prepared.job.folder / "outputs"
        outputs.mkdir()
        (outputs / "manifest.json").write_text(json.dumps(MANIFEST))
        (outputs / "total.json").write_text("40.0")
        return Ending(Cause.EXITED, 0, 0.1)

    monkeypatch.setattr(attempts, "run_prepared", run_prepared)
    return seen


def test_sixteen_identical_requests_at_once_are_one_execution(on_file, ready, sent, executed):
    (slug,) = on_file(lambda: notebooks.version("total = 40.0").workflow.slug, 1)

    def post() -> tuple[int, str]:
        body = {"workflow": slug, **BODY}
        answer = Client().post("/api/runs/", body, content_type="application/json")
        return answer.status_code, answer.json()["address"]

    asked = on_file(post, MANY)
    worked = on_file(work, 4)
    again = on_file(post, MANY)

    (address,) = executed
    assert asked == [(202, address)] * MANY
    assert sorted(worked) == [0, 0, 0, 1]
    assert again == [(200, address)] * MANY
    states = on_file(lambda: list(Run.objects.values_list("address", "state")), 1)
    assert states == [[(address, "finished")]]
    assert on_file(Attempt.objects.count, 1) == [1]
