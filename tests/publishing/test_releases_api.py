"""``/api/releases/`` and the crates of runs."""

import io
import zipfile

import pytest

from executor.models import Run
from lib import digest
from publishing.models import Deposit, Release
from tests.publishing.factories import ABOUT, RunFactory, VersionFactory

pytestmark = pytest.mark.django_db


def post(client, **body):
    return client.post("/api/releases/", body, content_type="application/json")


def test_a_run_is_released_once(client):
    run = RunFactory()
    first, second = post(client, run=run.address), post(client, run=run.address)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first["Location"] == f"/api/releases/{first.json()['id']}/"


def test_a_release_names_its_doi_its_runs_and_its_crate(client):
    run = RunFactory()
    body = post(client, run=run.address, title="My figure").json()
    assert (body["title"], body["licence"]) == ("My figure", "BSD-3-Clause")
    assert body["runs"] == [
        {
            "address": run.address,
            "workflow": run.version.workflow.slug,
            "version": 1,
            "url": f"/runs/{run.address}",
        }
    ]
    assert body["deposit"]["doi"] == f"10.5072/reprise.{body['id']}"
    assert body["deposit"]["is_test"] is True
    assert body["crate"] == f"https://reprise.example.org/api/releases/{body['id']}/crate/"


def test_the_crate_of_a_release_is_what_was_deposited(client):
    name = post(client, run=RunFactory().address).json()["id"]
    answer = client.get(f"/api/releases/{name}/crate/")
    data = b"".join(answer.streaming_content)
    assert (digest.of_bytes(data), len(data)) == (
        Deposit.objects.get().crate,
        int(answer["Content-Length"]),
    )
    assert answer["Content-Disposition"] == f'attachment; filename="reprise-{name}.crate.zip"'


def test_releases_are_listed_with_as_many_queries_as_for_one(client, django_assert_num_queries):
    post(client, run=RunFactory().address)
    with django_assert_num_queries(6):
        client.get("/api/releases/")
    for _ in range(3):
        post(client, run=RunFactory().address)
    with django_assert_num_queries(6):
        assert client.get("/api/releases/").json()["count"] == 4


def test_a_release_is_shown(client):
    made = post(client, run=RunFactory().address).json()
    assert client.get(f"/api/releases/{made['id']}/").json() == made


def test_the_crate_of_a_run_is_streamed_under_its_name(client):
    run = RunFactory()
    answer = client.get(f"/api/runs/{run.address}/crate/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        assert archive.read("outputs/half.json") == b"12.5\n"
    name = f"reprise-{run.version.workflow.slug}-{run.address[:12]}.crate.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == "application/zip"


@pytest.mark.parametrize(
    ("path", "status", "problem"),
    [
        ("/api/releases/nothing/", 404, "publishing:user:unknown-release"),
        ("/api/releases/nothing/crate/", 404, "publishing:user:unknown-release"),
        (f"/api/runs/{'0' * 64}/crate/", 404, "executor:user:unknown-run"),
    ],
)
def test_what_is_not_there_is_a_problem_with_an_id(client, path, status, problem):
    answer = client.get(path)
    assert (answer.status_code, answer.json()["id"]) == (status, problem)


@pytest.mark.parametrize("state", [Run.States.QUEUED, Run.States.RUNNING, Run.States.FAILED])
def test_only_a_finished_run_has_a_crate(client, state):
    answer = client.get(f"/api/runs/{RunFactory(state=state).address}/crate/")
    assert (answer.status_code, answer.json()["id"]) == (409, "publishing:user:run-not-finished")


@pytest.mark.parametrize(
    "body", [{}, {"run": "x"}, {"run": ["a"]}, {"run": "0" * 64, "title": "x" * 301}]
)
def test_a_request_that_is_not_understood_says_what_to_send(client, body):
    answer = post(client, **body)
    assert (answer.status_code, answer.json()["id"]) == (400, "publishing:user:bad-request")


def test_a_list_instead_of_an_object_is_not_understood(client):
    answer = client.post("/api/releases/", "[1]", content_type="application/json")
    assert (answer.status_code, answer.json()["id"]) == (400, "publishing:user:bad-request")


def test_a_run_whose_workflow_names_no_people_is_not_released(client):
    version = VersionFactory(about_json=ABOUT | {"people": []})
    answer = post(client, run=RunFactory(version=version).address)
    assert (answer.status_code, answer.json()["errors"]) == (
        422, {"publishing/people": "It names no author."},
    )  # fmt: skip
    assert Release.objects.count() == 0


def test_reading_changes_nothing(client):
    run = RunFactory()
    b"".join(client.get(f"/api/runs/{run.address}/crate/").streaming_content)
    client.get("/api/releases/")
    assert (Release.objects.count(), Deposit.objects.count()) == (0, 0)
