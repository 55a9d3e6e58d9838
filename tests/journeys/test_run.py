"""Journey 2, Run: a request is normalised, addressed, run in the sandbox, and known afterwards."""

import json

import pytest

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from executor.models import Attempt, Run
from tests.factories import entries

pytestmark = pytest.mark.django_db

FORM = {"reprise-workflow": "doubling", "reprise-version": "1"}


@pytest.fixture
def doubling():
    files = entries.files(without=("paper.toml",))
    return register_entry(Entry(files), slug="doubling", source="folder:doubling").version


def ask(client, committed, **parameters):
    with committed():
        return client.post(
            "/api/runs/",
            {"workflow": "doubling", "parameters": parameters},
            content_type="application/json",
        )


def test_a_request_becomes_products_with_provenance(client, committed, doubling):
    asked = ask(client, committed, energy="0.03 MeV")

    run = client.get(asked["Location"]).json()
    provenance = json.loads(client.get(f"{asked['Location']}provenance/").content)
    made = {item["name"]: item for item in run["outputs"]}
    total, notebook = made["total"], made["notebook"]
    assert (asked.status_code, run["state"], run["changed"]) == (202, "finished", ["energy"])
    assert (total["value"], total["unit"]) == (60.0, "keV")
    assert json.loads(client.get(total["url"]).getvalue()) == 60.0
    assert json.loads(client.get(notebook["url"]).getvalue())["nbformat"] == 4
    assert run["log"] == "multiplied 30.0\n"
    assert any("prov:Activity" in str(item.get("@type")) for item in provenance["@graph"])


def test_the_same_question_in_other_words_is_answered_at_once(client, committed, doubling):
    first = ask(client, committed, energy=25)
    again = [ask(client, committed, energy=value) for value in (25.0, "25 keV", "0.025 MeV")]

    assert first.status_code == 202
    assert [(item.status_code, item.json()["known"]) for item in again] == [(200, True)] * 3
    assert {item.json()["address"] for item in [first, *again]} == {Run.objects.get().address}
    assert Attempt.objects.count() == 1


def test_a_form_asks_for_the_same_run_as_the_api(client, committed, doubling):
    with committed():
        form = {
            "reprise-workflow": "doubling",
            "reprise-version": "1",
            "energy": "25 keV",
            "times": "",
        }
        sent = client.post("/runs/", form)

    page = client.get(sent["Location"])
    assert sent["Location"] == f"/runs/{Run.objects.get().address}"
    assert (page.status_code, page.context["run"].state) == (200, "finished")
    assert ask(client, committed, energy=25).status_code == 200


def test_a_wrong_form_comes_back_with_a_sentence_beside_the_field(client, committed, doubling):
    sent = client.post(
        "/runs/", {"reprise-workflow": "doubling", "reprise-version": "1", "energy": "900"}
    )

    page = client.get(sent["Location"])
    fields = {field.parameter.name: (field.shown, field.fault) for field in page.context["fields"]}
    assert sent.status_code == 302
    assert fields["energy"] == ("900", "900 keV is too large: write at most 500 keV.")
    assert Run.objects.count() == 0


def test_the_address_of_the_page_fills_the_form(client, doubling):
    page = client.get("/workflows/doubling/1?energy=0.1+MeV")

    field = page.context["fields"][0]
    assert (field.shown, field.changed, field.fault) == (100.0, True, "")


def test_a_bad_request_says_what_is_wrong_with_each_parameter(client, committed, doubling):
    answer = ask(client, committed, energy="12 m", speed=1)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"] == {
        "energy": "'m' does not convert to keV: write a value in keV.",
        "speed": "There is no parameter 'speed'; the parameters are: energy, times.",
    }


def test_a_run_that_waits_can_be_cancelled(client, doubling):
    asked = client.post("/api/runs/", {"workflow": "doubling"}, content_type="application/json")
    cancelled = client.post(f"{asked['Location']}cancel/")
    again = client.post(f"{asked['Location']}cancel/")

    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
    assert (again.status_code, again.json()["id"]) == (409, "executor:user:run-ended")
