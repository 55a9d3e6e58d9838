"""``/api/figures/`` and ``/api/papers/``: exact answers, also to what is wrong."""

from datetime import UTC, datetime

import pytest

from gallery.actions import judge_run
from gallery.models import Check
from tests.factories import rows

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def doubled(figure):
    """The figure ``doubled`` of the workflow ``doubling``, version 1."""
    figure.version.workflow.slug = "doubling"
    figure.version.workflow.save()
    figure.version.number = 1
    figure.version.save()
    return figure


def test_a_judged_figure_has_its_verdict_and_every_number(client, doubled, run_of, time_machine):
    time_machine.move_to(THEN, tick=False)
    run = run_of(doubled, 40.5)
    judge_run(run.pk)

    body = client.get("/api/figures/").json()

    assert body == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "slug": "doubled",
                "paper": "lovelace-1843",
                "title": "Twice twenty",
                "kind": "number",
                "place": "Note G",
                "workflow": "doubling",
                "version": 1,
                "parameters": {},
                "verdict": "within tolerance",
                "sentence": "twice twenty: published 40 keV, found 40.5 keV; allowed ± 0.5 keV.",
                "checked_at": "2026-01-02T03:04:05+00:00",
                "compared": [
                    {
                        "published": {
                            "output": "total",
                            "label": "twice twenty",
                            "published": 40.0,
                            "tolerance": "absolute",
                            "allowed": 0.5,
                            "error": None,
                            "unit": "keV",
                            "places": None,
                            "reason": "it is exact",
                            "source": "Note G",
                            "doi": "",
                            "column": "",
                            "row": {},
                            "given": False,
                        },
                        "found": 40.5,
                        "deviation": 0.5,
                        "relative": 0.0125,
                        "sigmas": None,
                        "verdict": "within tolerance",
                        "sentence": "published 40 keV, found 40.5 keV; allowed ± 0.5 keV",
                    }
                ],
                "run": {"address": run.address, "state": "finished"},
                "url": "/figures/doubled",
            }
        ],
    }
    assert client.get("/api/figures/doubled/").json() == body["results"][0]


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"state": "queued"}, "Its run is queued."),
        ({"state": "waiting for data", "error": "x.fits is gone."}, "x.fits is gone."),
    ],
)
def test_a_figure_without_verdict_says_how_its_run_stands(client, doubled, run_of, how, sentence):
    run = run_of(doubled, **how)

    found = client.get("/api/figures/doubled/").json()

    assert (found["verdict"], found["checked_at"], found["compared"]) == (None, None, [])
    assert found["sentence"] == sentence
    assert found["run"] == {"address": run.address, "state": how["state"]}


def test_a_figure_whose_run_was_not_asked_for_says_nothing(client, doubled):
    found = client.get("/api/figures/doubled/").json()

    assert (found["verdict"], found["sentence"], found["run"]) == (None, "", None)


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_a_number_that_json_has_not_is_said_as_text(client, doubled, run_of, value):
    judge_run(run_of(doubled, value).pk)

    (compared,) = client.get("/api/figures/doubled/").json()["compared"]

    assert compared["found"] == {"NaN": "nan", "Infinity": "inf"}[value]
    assert (compared["deviation"], compared["verdict"]) == (None, "different")


def test_the_list_asks_the_database_as_often_for_three_figures_as_for_one(
    client, django_assert_num_queries
):
    for number in range(3):
        run = rows.finished_run(value=number)
        rows.CheckFactory(figure=rows.FigureFactory(run=run), run=run)
        with django_assert_num_queries(4):
            client.get("/api/figures/")


def test_a_figure_is_checked_by_post_only(client, doubled, sent):
    refused = client.get("/api/figures/doubled/check/")
    asked = client.post("/api/figures/doubled/check/")

    assert (refused.status_code, refused["Allow"]) == (405, "POST, OPTIONS")
    assert (asked.status_code, asked.json()["run"]["state"]) == (202, "queued")
    assert Check.objects.count() == 0


@pytest.mark.parametrize(
    ("path", "identity", "title", "detail"),
    [
        (
            "/api/figures/nowhere/",
            "gallery:user:unknown-figure",
            "No such figure",
            "There is no figure 'nowhere': /api/figures/ lists what there is.",
        ),
        (
            "/api/papers/nowhere/",
            "gallery:user:unknown-paper",
            "No such paper",
            "There is no paper 'nowhere': /api/papers/ lists what there is.",
        ),
    ],
)
def test_what_is_not_there_is_a_problem_with_a_hint(client, path, identity, title, detail):
    answer = client.get(path)

    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()) == (404, {
        "type": f"/docs/errors#{identity}", "title": title, "status": 404, "detail": detail,
        "id": identity,
    })  # fmt: skip


def test_checking_what_is_not_there_is_a_problem_too(client):
    answer = client.post("/api/figures/nowhere/check/")

    assert (answer.status_code, answer.json()["id"]) == (404, "gallery:user:unknown-figure")


def test_a_paper_has_what_one_cites(client, doubled):
    paper = {
        "slug": "lovelace-1843",
        "title": "On doubling",
        "doi": "10.1000/doubling",
        "bibcode": "",
        "arxiv": "",
        "authors": ["Lovelace, A."],
        "journal": "Notes 1, 1",
        "year": 1843,
        "url": "/papers/lovelace-1843",
    }

    alone = client.get("/api/papers/lovelace-1843/").json()
    assert alone.pop("bibtex").startswith("@article{Lovelace1843,")
    assert [figure["slug"] for figure in alone.pop("figures")] == ["doubled"]
    assert alone == paper
    assert client.get("/api/papers/").json() == {
        "count": 1, "next": None, "previous": None, "results": [paper],
    }  # fmt: skip


def test_papers_ask_the_database_as_often_for_three_as_for_one(client, django_assert_num_queries):
    for _ in range(3):
        rows.FigureFactory()
        with django_assert_num_queries(2):
            client.get("/api/papers/")
