"""``/api/runs/``: exact answers, also to what is wrong."""

import json
from datetime import UTC, datetime

import pytest

from executor.models import Run
from lib import digest
from tests.factories import rows

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def version(sent):
    return rows.VersionFactory(workflow__slug="doubling", number=1)


def post(client, body: object, **more: object):
    return client.post("/api/runs/", body, content_type="application/json", **more)


def problem(identity: str, status: int, title: str, detail: str, **more: object) -> dict:
    return {
        "type": f"/docs/errors#{identity}", "title": title, "status": status, "detail": detail,
        "id": identity,
    } | more  # fmt: skip


def test_a_run_has_its_inputs_outputs_log_and_times(client):
    run = rows.RunFactory(
        version__workflow__slug="doubling", version__number=3, state="finished", done=2, total=3,
        changed_json=["energy"], requested_at=THEN, started_at=THEN, ended_at=THEN, seed=7,
    )  # fmt: skip
    rows.OutputFactory(run=run, product=rows.ProductFactory(data=b"40.0"))
    rows.AttemptFactory(run=run, number=1, log="first")
    rows.AttemptFactory(run=run, number=2, log="second")

    total = digest.of_bytes(b"40.0")
    assert client.get(f"/api/runs/{run.address}/").json() == {
        "address": run.address,
        "workflow": "doubling",
        "version": 3,
        "state": "finished",
        "stage": "",
        "done": 2,
        "total": 3,
        "url": f"/runs/{run.address}",
        "requested_at": "2026-01-02T03:04:05Z",
        "started_at": "2026-01-02T03:04:05Z",
        "ended_at": "2026-01-02T03:04:05Z",
        "environment": "e" * 64,
        "seed": 7,
        "parameters": {"energy": {"type": "float", "unit": "keV", "value": 20.0}},
        "changed": ["energy"],
        "outputs": [
            {
                "name": "total", "role": "output", "file": "total.json", "digest": total,
                "media_type": "application/json", "size": 4, "url": f"/products/{total}",
                "value": 40.0, "unit": "keV",
            }
        ],
        "error": None,
        "log": "second",
        "crate": f"/api/runs/{run.address}/crate/",
    }  # fmt: skip


def test_a_failed_run_says_why_and_whose_move_it_is(client):
    run = rows.RunFactory(state="failed", error_id="executor:user:raised", error="Cell 2 raised E")

    body = client.get(f"/api/runs/{run.address}/").json()

    assert body["error"] == {"id": "executor:user:raised", "detail": "Cell 2 raised E"}
    assert (body["outputs"], body["log"], body["crate"]) == ([], "", None)


@pytest.mark.parametrize(("data", "value"), [(b'"NaN"', "nan"), (b'"-Infinity"', "-inf")])
def test_a_number_that_json_has_not_is_said_as_text(client, data, value):
    run = rows.finished_run()
    run.outputs.update(product=rows.ProductFactory(data=data))

    (output,) = client.get(f"/api/runs/{run.address}/").json()["outputs"]

    assert output["value"] == value


def test_the_list_has_the_newest_first_and_a_page_at_a_time(client):
    runs = rows.RunFactory.create_batch(3)

    body = client.get("/api/runs/?page_size=2").json()

    assert (body["count"], body["previous"]) == (3, None)
    assert body["next"] == "http://testserver/api/runs/?page=2&page_size=2"
    assert [item["address"] for item in body["results"]] == [runs[2].address, runs[1].address]
    assert set(body["results"][0]) == {
        "address", "workflow", "version", "state", "stage", "done", "total", "url",
        "requested_at", "started_at", "ended_at",
    }  # fmt: skip


def test_the_list_asks_the_database_as_often_for_three_runs_as_for_one(
    client, django_assert_num_queries
):
    for number in range(3):
        rows.finished_run(value=number)
        with django_assert_num_queries(4):
            client.get("/api/runs/")


def test_a_run_asks_the_database_as_often_for_three_outputs_as_for_one(
    client, django_assert_num_queries
):
    run = rows.finished_run()
    for number in range(3):
        with django_assert_num_queries(3):
            client.get(f"/api/runs/{run.address}/")
        product = rows.ProductFactory(data=b"%d" % number)
        rows.OutputFactory(run=run, name=f"other-{number}", product=product)


def test_a_request_is_queued_and_known_once_it_has_finished(client, version):
    body = {"workflow": "doubling", "parameters": {"energy": "25 keV"}}

    asked = post(client, body)
    Run.objects.update(state="finished")
    again = post(client, body | {"version": 1, "seed": 0})

    address = Run.objects.get().address
    assert (asked.status_code, asked.json()["known"], asked.json()["state"]) == (
        202,
        False,
        "queued",
    )
    assert (again.status_code, again.json()["known"]) == (200, True)
    assert asked["Location"] == again["Location"] == f"/api/runs/{address}/"


def test_another_seed_is_another_run(client, version):
    first, second = (post(client, {"workflow": "doubling", "seed": seed}) for seed in (0, 1))

    assert first["Location"] != second["Location"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ([], "Send an object with at least the name of a workflow."),
        ("doubling", "Send an object with at least the name of a workflow."),
        (
            {"workflow": "doubling", "speed": 1, "angle": 2},
            "There is no field 'angle': use output, parameters, seed, version, workflow.",
        ),
    ],
)
def test_a_request_of_the_wrong_shape_is_told_the_right_one(client, version, body, detail):
    answer = post(client, json.dumps(body))

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == problem(
        "executor:user:bad-request", 400, "The request was not understood", detail
    )


NAME_IT = 'Name the workflow: {"workflow": …, "parameters": {…}}.'
WHOLE = "The version is a whole number from 1."
SEED = "The seed is a whole number from 0 to 2147483647."
OBJECT = "The parameters are an object: {name: value}."


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"workflow": NAME_IT}),
        ({"workflow": ["doubling"]}, {"workflow": NAME_IT}),
        (
            {"workflow": "doubling", "version": "one", "seed": 1.5},
            {"version": WHOLE, "seed": SEED},
        ),
        ({"workflow": "doubling", "version": 0, "seed": -1}, {"version": WHOLE, "seed": SEED}),
        ({"workflow": "doubling", "version": True}, {"version": WHOLE}),
        ({"workflow": "doubling", "seed": 2**31}, {"seed": SEED}),
        ({"workflow": "doubling", "seed": None}, {"seed": SEED}),
        ({"workflow": "doubling", "parameters": [1]}, {"parameters": OBJECT}),
        ({"workflow": "doubling", "parameters": None}, {"parameters": OBJECT}),
        (
            {"workflow": "doubling", "output": ["total"]},
            {"output": "The output is the name of one, a text."},
        ),
        (
            {"workflow": "doubling", "priority": "urgent"},
            {"priority": "The priority is one of: interactive, landing, bulk."},
        ),
        (
            {"workflow": "doubling", "priority": ["bulk"]},
            {"priority": "The priority is one of: interactive, landing, bulk."},
        ),
    ],
)
def test_every_wrong_field_has_its_sentence(client, version, body, errors):
    answer = post(client, body)

    assert answer.json() == problem(
        "executor:user:bad-request", 400, "The request was not understood",
        " ".join(f"{name}: {sentence}" for name, sentence in errors.items()), errors=errors,
    )  # fmt: skip
    assert Run.objects.count() == 0


@pytest.mark.parametrize("name", ["a b", "d" * 61, "", "\0", "\ud800", "../doubling", "é" * 5000])
def test_a_workflow_of_a_strange_name_is_not_found(client, version, name):
    answer = post(client, json.dumps({"workflow": name}))

    assert (answer.status_code, answer.json()["id"]) == (404, "catalogue:user:unknown-workflow")


def test_an_output_that_is_not_there_is_refused_with_those_that_are(client, version):
    answer = post(client, {"workflow": "doubling", "output": "sum"})

    assert (answer.status_code, answer.json()["errors"]) == (
        422, {"output": "There is no output 'sum'; the outputs are: total."},
    )  # fmt: skip


def test_a_value_out_of_its_limits_is_told_them(client, version):
    answer = post(client, {"workflow": "doubling", "parameters": {"energy": 900}})

    sentence = "900 keV is too large: write at most 500 keV."
    assert (answer.status_code, answer.json()) == (422, problem(
        "executor:user:bad-inputs", 422, "Some parameters are wrong", f"energy: {sentence}",
        errors={"energy": sentence},
    ))  # fmt: skip


@pytest.mark.parametrize(
    "value", ["1e9999", "NaN", "1" * 5000, {"value": {}}, [[]], {"unit": "keV"}, True, "\0"]
)
def test_a_hostile_value_is_a_wrong_parameter_and_no_fault(client, version, value):
    answer = post(client, {"workflow": "doubling", "parameters": {"energy": value}})

    assert (answer.status_code, answer.json()["id"]) == (422, "executor:user:bad-inputs")


@pytest.mark.parametrize("text", ["{", "", "[1, 2", '{"workflow": NaN}', "\ufeff{}"])
def test_what_is_no_json_is_refused(client, version, text):
    answer = post(client, text)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 400
    assert answer.json()["id"] in ("reprise:user:parse_error", "executor:user:bad-request")


def test_json_nested_without_end_is_refused(client, version):
    answer = post(client, "[" * 100_000)

    assert (answer.status_code, answer.json()["id"]) == (400, "reprise:user:parse_error")


def test_another_content_type_is_refused(client, version):
    answer = client.post("/api/runs/", "<run/>", content_type="application/xml")

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == problem(
        "reprise:user:unsupported_media_type", 415, "The request was refused",
        'Unsupported media type "application/xml" in request.',
    )  # fmt: skip


def test_a_request_that_is_too_large_is_refused(client, version, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = post(client, {"workflow": "doubling", "parameters": {"energy": "x" * 2000}})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert Run.objects.count() == 0


def test_a_method_that_is_not_there_is_refused_with_those_that_are(client):
    answer = client.delete("/api/runs/")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert answer.json() == problem(
        "reprise:user:method_not_allowed", 405, "The request was refused",
        'Method "DELETE" not allowed.',
    )  # fmt: skip


@pytest.mark.parametrize("address", ["0" * 64, "x", "%00", "' OR 1=1"])
@pytest.mark.parametrize("part", ["", "provenance/"])
def test_an_unknown_address_is_not_found(client, address, part):
    answer = client.get(f"/api/runs/{address}/{part}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert (answer.json()["id"], answer.json()["title"]) == (
        "executor:user:unknown-run", "No such run",
    )  # fmt: skip


def test_an_unknown_workflow_is_not_found(client, db):
    answer = post(client, {"workflow": "nowhere"})

    assert (answer.status_code, answer.json()["id"]) == (404, "catalogue:user:unknown-workflow")


@pytest.mark.parametrize("version", [7, 10**30])
def test_an_unknown_version_is_not_found(client, version):
    rows.VersionFactory(workflow__slug="doubling", number=1)

    answer = post(client, {"workflow": "doubling", "version": version})

    assert (answer.status_code, answer.json()["id"]) == (404, "catalogue:user:unknown-workflow")


def test_a_full_queue_says_so(client, version, settings):
    settings.QUEUE_AT_MOST = 1
    rows.RunFactory()

    answer = post(client, {"workflow": "doubling"})

    assert answer.json() == problem(
        "executor:platform:queue-full", 503, "Too many runs are waiting",
        "1 of at most 1 runs wait already: ask again later.",
    )  # fmt: skip


def test_cancelling_is_asked_by_post_only(client):
    run = rows.RunFactory()

    refused = client.get(f"/api/runs/{run.address}/cancel/")
    done = client.post(f"/api/runs/{run.address}/cancel/")

    assert (refused.status_code, refused["Allow"]) == (405, "POST, OPTIONS")
    assert (done.status_code, done.json()["state"]) == (202, "cancelled")


def test_a_fault_of_ours_shows_no_traceback(client, monkeypatch):
    def fail(_address: str) -> None:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("executor.api.runs.run_at", fail)
    client.raise_request_exception = False

    answer = client.get(f"/api/runs/{'0' * 64}/")

    assert answer.json() == problem(
        "reprise:platform:error", 500, "Something went wrong here",
        "This is our fault, not yours. The log of the service says more.",
    )  # fmt: skip


def test_provenance_is_json_ld(client):
    run = rows.finished_run()

    answer = client.get(f"/api/runs/{run.address}/provenance/")

    assert answer["Content-Type"] == "application/ld+json"
    ids = {item["@id"] for item in json.loads(answer.content)["@graph"]}
    assert f"http://127.0.0.1:8000/runs/{run.address}" in ids


def test_trials_of_diagnoses_are_not_listed_and_can_be_looked_at(client):
    run = rows.finished_run()
    trial = rows.finished_run(version__workflow__is_hidden=True)

    listed = client.get("/api/runs/").json()["results"]

    assert [item["address"] for item in listed] == [run.address]
    assert client.get(f"/api/runs/{trial.address}/").status_code == 200
