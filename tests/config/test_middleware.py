"""Headers of every page, and who may change things."""

import pytest

pytestmark = pytest.mark.django_db


def test_every_page_allows_only_our_own_scripts(client):
    policy = client.get("/figures/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy.split("; ")
    assert "default-src 'none'" in policy.split("; ")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://testserver.evil.example", "null"]
)
def test_a_page_of_another_site_changes_nothing(client, origin):
    answer = client.post("/api/runs/", {"workflow": "x"}, headers={"Origin": origin})

    assert (answer.status_code, answer.json()["id"]) == (403, "reprise:user:foreign-page")


def test_a_program_and_our_own_page_may_ask(client):
    content, kind = {"workflow": "x"}, "application/json"
    ours = {"Origin": "http://testserver"}
    own = client.post("/api/runs/", content, content_type=kind, headers=ours)
    program = client.post("/api/runs/", content, content_type=kind)

    assert [item.json()["id"] for item in (own, program)] == ["catalogue:user:unknown-workflow"] * 2


def test_a_host_name_that_is_not_ours_is_refused(client):
    answer = client.get("/api/figures/", headers={"Host": "rebound.example"})

    assert (answer.status_code, answer.json()["id"]) == (400, "reprise:user:bad-request")
