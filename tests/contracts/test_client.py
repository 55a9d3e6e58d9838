"""What the client writes is what the service reads, whatever the shape of a request."""

import pytest
from reprise_client import Client

from executor.models import Run
from tests.factories import chains

pytestmark = pytest.mark.django_db


@pytest.fixture
def reprise(settings):
    settings.ANONYMOUS_LIST = None
    chains.register_chain()
    return Client("http://reprise.test")


@pytest.fixture
def plan(client):
    def planned(request):
        answer = client.post("/api/runs/plan/", request.to_json(), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return planned


def summed(reprise, *requests):
    return reprise.request("sum", tables=[request["counts"] for request in requests])


def test_nested_and_flat_requests_are_the_same_question(reprise, plan):
    one, two = (reprise.request("counts", level=level) for level in (1, 2))
    flat = summed(reprise, one, two, one)
    nested = summed(reprise, one, two, reprise.request("counts", level=1))

    assert ("nodes" in flat.to_json(), "nodes" in nested.to_json()) == (True, False)
    assert plan(flat)["want"] == plan(nested)["want"]


def test_a_thousand_runs_may_feed_one(reprise, plan):
    found = plan(summed(reprise, *(reprise.request("counts", level=n) for n in range(1000))))

    assert (found["total"], found["known"]) == (1001, 0)


def test_a_chain_may_be_a_thousand_runs_long(reprise, plan):
    request = reprise.request("sum", tables=[reprise.request("counts")["counts"]])
    for _step in range(998):
        request = reprise.request("sum", tables=[request["table"]])

    assert plan(request)["total"] == 1000


def test_an_answer_of_one_request_feeds_the_next(reprise, client, committed):
    source = reprise.request("counts", level=4)
    total = reprise.request("sum", tables=[source["counts"]], threshold=source["energy"])
    with committed():
        answer = client.post("/api/runs/", total.to_json(), content_type="application/json")

    run = Run.objects.get(address=answer.json()["address"])
    assert (run.state, run.inputs.count()) == ("finished", 2)
