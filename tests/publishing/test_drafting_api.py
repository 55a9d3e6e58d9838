"""``/api/releases/`` for drafts: whatever is sent, the answer says by field what is wrong."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from executor.actions.accounts import Share, open_account
from executor.models import Run
from lib import highlights
from publishing.actions import deposit_on_shelf
from publishing.domain.drafting import KNOWN
from publishing.models import Concept, Deposit, Release
from tests.publishing.factories import RunFactory, VersionFactory

pytestmark = pytest.mark.django_db


def send(client, verb, path, body=None, **headers):
    text = json.dumps(body) if body is not None else ""
    return getattr(client, verb)(
        f"/api/releases/{path}", text, content_type="application/json", headers=headers
    )


def drafted(client, **more):
    run = RunFactory()
    answer = send(client, "post", "", {"runs": [run.address]} | more)
    assert answer.status_code == 201
    return answer.json()["id"]


@pytest.fixture
def name(client):
    return drafted(client)


def test_a_draft_is_made_from_runs_and_is_on_no_list(client):
    run = RunFactory()
    answer = send(client, "post", "", {"runs": [run.address], "title": "Mine"})
    body = answer.json()

    assert (answer.status_code, answer["Location"]) == (201, f"/api/releases/{body['id']}/draft/")
    assert (body["title"], body["made_from"], body["runs"]) == ("Mine", "runs", [run.address])
    assert (body["frozen_at"], Deposit.objects.count()) == (None, 0)
    assert client.get("/api/releases/").json()["count"] == 0
    assert client.get(f"/api/releases/{body['id']}/").status_code == 404


def test_a_draft_is_made_from_one_run_a_version_or_a_production(client, monkeypatch):
    monkeypatch.setattr(highlights, "_finders", {})
    version = VersionFactory()
    runs = [RunFactory(version=version) for _ in range(2)]
    addresses = [run.address for run in runs]
    slug = version.workflow.slug
    production = {"workflow": slug, "version": 1, "runs": addresses}
    bodies = [
        send(client, "post", "", said).json()
        for said in (
            {"run": addresses[1], "draft": True},
            {"version": f"{slug}/1"},
            {"production": production},
            {"production": addresses},
        )
    ]

    assert [(body["made_from"], len(body["runs"])) for body in bodies] == [
        ("run", 1), ("version", 1), ("production", 2), ("production", 2),
    ]  # fmt: skip
    assert bodies[1]["runs"] == [addresses[0]]


def test_a_draft_is_made_from_the_runs_behind_a_figure(client, monkeypatch):
    monkeypatch.setattr(highlights, "_finders", {})
    run = RunFactory()
    highlights.add_finder("test", lambda kind, name: {
        ("figure", "spectrum"): [run.address], ("figure", "unasked"): [],
    }.get((kind, name)))  # fmt: skip
    said = [send(client, "post", "", {"figure": name}) for name in ("spectrum", "unasked", "none")]

    assert [answer.status_code for answer in said] == [201, 400, 400]
    assert said[0].json()["runs"] == [run.address]
    assert said[1].json()["errors"] == {
        "figure": "There is no run behind it yet: ask for its run, then release it."
    }


@pytest.mark.parametrize(
    "body",
    [
        {"figure": "a", "runs": ["0" * 64]}, {"runs": []}, {"runs": "x"}, {"runs": [1]},
        {"version": "nothing/1"}, {"version": "x"}, {"version": ["x"]}, {"figure": "a\0b"},
        {"figure": {}}, {"production": {"runs": "all"}}, {"run": "0", "draft": 1},
        {"production": 7}, {"draft": True},
    ],
)  # fmt: skip
def test_what_names_nothing_is_told(client, body):
    answer = send(client, "post", "", body)

    assert answer.status_code in {400, 404, 422}
    assert answer.json()["id"].startswith(("publishing:user:", "executor:user:"))
    assert Release.objects.count() == 0


def test_a_production_is_of_the_version_that_it_names(client):
    run = RunFactory()
    production = {"workflow": "another", "version": 1, "runs": [run.address]}
    several = {"runs": [run.address, RunFactory().address]}

    assert [
        send(client, "post", "", {"production": said}).json()["detail"]
        for said in (production, several)
    ] == [
        "production: Its runs are of another version than it names.",
        "production: A production is of one version, and these runs are of several.",
    ]


def test_several_faults_are_told_at_once_each_at_its_field(client, name):
    people = [{"family": "Rubin", "orcid": "0000-0002-1825-0098"}, {"family": "Rubin"}]
    body = {"people": people, "licence": "mine", "embargo": "2001-01-01", "colour": "blue",
            "title": "\u202eevil", "funding": [{}], "options": {"wheels": "yes"}}  # fmt: skip
    answer = send(client, "patch", f"{name}/draft/", body)

    assert (answer.status_code, answer.json()["id"]) == (422, "publishing:user:draft")
    assert sorted(answer.json()["errors"]) == [
        "colour", "embargo", "funding.0.funder", "licence", "options.wheels", "people.0.orcid",
        "title",
    ]  # fmt: skip


def test_a_draft_is_changed_frozen_continued_and_withdrawn(client, name):
    changed = send(client, "patch", f"{name}/draft/", {"title": "New", "licence": "MIT"}).json()
    listed = client.get(f"/api/releases/{name}/checklist/").json()["findings"]
    frozen = send(client, "post", f"{name}/freeze/").json()
    later = send(client, "patch", f"{name}/draft/", {"title": "Newer"})
    following = [send(client, "post", f"{name}/versions/") for _ in range(2)]
    gone = send(client, "post", f"{name}/withdraw/", {"reason": "Wrong."}).json()

    assert (changed["title"], changed["licence"]) == ("New", "MIT")
    assert [item["severity"] for item in listed] == ["may", "may"]
    assert frozen["frozen_at"] is not None
    assert (later.status_code, later.json()["id"]) == (409, "publishing:user:frozen")
    assert [answer.status_code for answer in following] == [201, 200]
    assert following[0].json()["number"] == 2
    assert gone["withdrawn_reason"] == "Wrong."


def test_what_is_missing_keeps_it_from_freezing(client, name):
    send(client, "patch", f"{name}/draft/", {"people": [], "licence": ""})
    answer = send(client, "post", f"{name}/freeze/")

    assert (answer.status_code, sorted(answer.json()["errors"])) == (422, ["licence", "people"])
    assert Release.objects.get().frozen_at is None


def test_the_crate_of_a_withdrawn_release_is_offered_no_more(client):
    made = send(client, "post", "", {"run": RunFactory().address}).json()
    send(client, "post", f"{made['id']}/withdraw/", {"reason": "The calibration was wrong."})

    crate = client.get(f"/api/releases/{made['id']}/crate/")
    about = client.get(f"/api/releases/{made['id']}/")
    assert (crate.status_code, crate.json()["id"]) == (410, "publishing:user:crate-withdrawn")
    assert (about.json()["withdrawn_reason"], about.json()["deposit"]["doi"]) == (
        "The calibration was wrong.", made["deposit"]["doi"],
    )  # fmt: skip
    assert client.get("/api/releases/").json()["count"] == 0


def test_a_newer_version_supersedes_an_older_one(client):
    first = send(client, "post", "", {"run": RunFactory().address}).json()["id"]
    second = send(client, "post", f"{first}/versions/").json()["id"]
    before = client.get(f"/api/releases/{first}/").json()["superseded_by"]
    send(client, "patch", f"{second}/draft/", {"title": "Mended"})
    deposit_on_shelf(Release.objects.get(pk=second))
    after = [client.get(f"/api/releases/{name}/").json() for name in (first, second)]

    assert before is None
    assert [item["superseded_by"] for item in after] == [f"/releases/{second}", None]
    assert [item["number"] for item in after] == [1, 2]


def test_a_draft_of_an_account_is_seen_and_changed_with_its_token_alone(client):
    mine = {"Authorization": f"Bearer {open_account('vera', Share()).token}"}
    other = {"Authorization": f"Bearer {open_account('other', Share()).token}"}
    made = send(client, "post", "", {"runs": [RunFactory().address]}, **mine).json()["id"]
    paths = [("get", "draft/"), ("get", "checklist/"), ("patch", "draft/"), ("delete", "draft/"),
             ("post", "freeze/"), ("post", "versions/"), ("post", "withdraw/")]  # fmt: skip
    told = [
        send(client, verb, f"{made}/{path}", {} if verb == "patch" else None, **who).status_code
        for verb, path in paths
        for who in ({}, other)
    ]

    assert set(told) == {403}
    assert client.get(f"/api/releases/{made}/draft/", headers=mine).status_code == 200
    assert send(client, "delete", f"{made}/draft/", **mine).status_code == 204
    assert (Release.objects.count(), Concept.objects.count()) == (0, 0)


def test_a_closed_service_takes_drafts_from_accounts_alone(client, settings):
    settings.REGISTRATION = "closed"
    answer = send(client, "post", "", {"runs": [RunFactory().address]})

    assert (answer.status_code, answer.json()["id"]) == (403, "publishing:user:drafting-closed")


def test_a_request_that_is_too_long_is_not_read(client, name):
    answer = send(client, "patch", f"{name}/draft/", {"description": "x" * 1_100_000})

    assert (answer.status_code, answer.json()["detail"]) == (
        400, "The request is larger than 1 MB.",
    )  # fmt: skip


@pytest.mark.parametrize("body", ["[" * 100_000, "nonsense", "[]", "7", '"\\ud800"', "NaN", "null"])
def test_what_is_no_object_changes_nothing(client, name, body):
    answer = client.patch(f"/api/releases/{name}/draft/", body, content_type="application/json")

    assert 400 <= answer.status_code < 500
    assert Release.objects.get().title == "Half of an energy"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def rows_of(*names):
    """Lists of objects that look right from afar."""
    return st.lists(st.dictionaries(st.sampled_from(names), JSON, max_size=4), max_size=2)


NEAR = {
    "people": rows_of("given", "family", "orcid", "ror", "roles"),
    "related": rows_of("identifier", "scheme", "relation", "kind"),
    "funding": st.lists(st.dictionaries(st.sampled_from(["funder", "url"]), JSON), max_size=2),
    "licences": st.dictionaries(st.sampled_from(["code", "data"]), JSON),
    "communities": st.dictionaries(st.text(max_size=5), st.lists(JSON, max_size=2), max_size=2),
    "options": st.dictionaries(st.sampled_from(["wheels", "ro_crate"]), JSON),
    "keywords": st.lists(JSON, max_size=3),
    "embargo": JSON | st.dates().map(str),
}  # fmt: skip
WANTED = ("figure", "runs", "version", "production", "run", "draft", "people")
CHANGES = st.fixed_dictionaries({}, optional={name: JSON | NEAR.get(name, JSON) for name in KNOWN})


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=CHANGES | JSON)
def test_whatever_is_sent_it_is_saved_whole_or_not_at_all(db, body):
    release = Release.objects.first()
    if release is None:
        release = Release.objects.get(pk=drafted(Client()))
    before = Release.objects.values().get(pk=release.pk)
    answer = send(Client(), "patch", f"{release.pk}/draft/", body)
    after = Release.objects.values().get(pk=release.pk)

    assert answer.status_code in {200, 400, 422}
    assert answer.status_code == 200 or after == before
    assert Client().get(f"/api/releases/{release.pk}/draft/").status_code == 200
    assert Client().get(f"/releases/{release.pk}/edit").status_code == 200


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.fixed_dictionaries({}, optional=dict.fromkeys(WANTED, JSON)) | JSON)
def test_whatever_is_asked_for_nothing_is_made_half_way(db, body):
    answer = send(Client(), "post", "", body)

    assert 400 <= answer.status_code < 500
    assert (Release.objects.count(), Concept.objects.count(), Run.objects.count()) == (0, 0, 0)
