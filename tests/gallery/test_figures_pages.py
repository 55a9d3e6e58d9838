"""Pages of figures and papers: the verdict in words, whatever state a figure is in."""

import json

import pytest
from django.test import Client

from gallery.actions import judge_run
from gallery.domain.paper import Published, value_to_json
from gallery.models import Check, Facet, Figure
from gallery.pages.cards import card, progress
from gallery.pages.figures import request_json
from gallery.pages.rows import rows as rows_of
from tests.factories import rows

pytestmark = pytest.mark.django_db
ATTACK = "<script>alert(1)</script>"
MINUS, SIGMA = "\N{MINUS SIGN}", "\N{GREEK SMALL LETTER SIGMA}"


def judged(number: int = 0, **figure: object) -> Figure:
    run = rows.finished_run(value=number)
    made = rows.FigureFactory(run=run, version=run.version, **figure)
    rows.CheckFactory(figure=made, run=run)
    return made


def seen(client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize("path", ["/figures/", "/papers/"])
def test_an_empty_gallery_is_a_page(client, path):
    assert seen(client, path)


def test_the_figure_has_verdict_numbers_and_what_to_do(client, figure, run_of):
    judge_run(run_of(figure, 40.5).pk)

    page = client.get("/figures/doubled")

    assert page.context["card"].chip == "within tolerance"
    (row,) = page.context["rows"]
    assert (row.label, row.published, row.found, row.verdict) == (
        "twice twenty", "40", "40.5", "within tolerance",
    )  # fmt: skip
    assert page.context["card"].sentence == (
        "twice twenty: published 40 keV, found 40.5 keV; allowed ± 0.5 keV."
    )
    assert "found 40.5 keV; allowed ± 0.5 keV" in page.content.decode()


GONE, LOST = "x.fits is gone.", "The worker was lost."


@pytest.mark.parametrize(
    ("how", "shown"),
    [
        ({"state": "queued"}, ("busy", "queued", "It waits for a free worker.")),
        ({"state": "running", "stage": "running cell 2"}, ("busy", "running", "running cell 2")),
        ({"state": "waiting for data", "error": GONE}, ("grey", "data not reachable", GONE)),
        ({"state": "failed", "error": LOST}, ("grey", "not judged", LOST)),
    ],
)
def test_a_figure_without_verdict_says_how_its_run_stands(client, figure, run_of, how, shown):
    run_of(figure, **how)

    found = client.get("/figures/doubled").context["card"]

    assert (found.tone, found.chip, found.sentence) == shown


def test_a_figure_whose_run_was_not_asked_for_waits_for_its_turn(client, figure):
    shown = client.get("/figures/doubled").context["card"]

    assert (shown.tone, shown.chip) == ("busy", "waiting for its turn")


@pytest.mark.parametrize(
    ("verdict", "tone"),
    [
        ("identical", "good"),
        ("within tolerance", "good"),
        ("same data drawn differently", "fair"),
        ("not comparable", "grey"),
        ("different", "bad"),
        ("failed", "bad"),
    ],
)
def test_every_verdict_has_a_tone_and_its_own_words(verdict, tone):
    made = judged()
    Check.objects.update(verdict=verdict)

    assert (card(made).tone, card(made).chip) == (tone, verdict)


def test_the_gallery_counts_what_is_judged(client, run_of):
    judged()
    waiting = rows.FigureFactory(title="Thrice twenty")
    run_of(waiting, state="running")

    context = client.get("/figures/").context

    assert context["tally"] == {"identical": 1, "not judged yet": 1}
    shown = progress(Figure.objects.all())
    assert (shown.judged, shown.total, shown.running, shown.pending) == (
        1, 2, ["Thrice twenty"], True,
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 100])
def test_the_gallery_asks_the_database_as_often_for_many_figures_as_for_one(
    client, django_assert_num_queries, count
):
    for number in range(count):
        judged(number % 5)

    with django_assert_num_queries(8):
        seen(client, "/figures/")


@pytest.mark.parametrize("count", [1, 3, 100])
def test_a_choice_costs_one_question_for_each_facet_and_not_for_each_figure(
    client, django_assert_num_queries, count
):
    for number in range(count):
        Facet.objects.create(figure=judged(number % 5), name="source", value="Crab")

    with django_assert_num_queries(9):
        seen(client, "/figures/?source=Crab&q=twice&sort=verdict")


def test_a_paper_asks_the_database_as_often_for_three_figures_as_for_one(
    client, django_assert_num_queries
):
    paper = rows.PaperFactory(slug="lovelace-1843")
    for number in range(3):
        judged(number, paper=paper)
        with django_assert_num_queries(5):
            seen(client, "/papers/lovelace-1843")


def test_a_paper_shows_its_own_figures(client):
    paper = rows.PaperFactory(slug="lovelace-1843")
    judged(1, paper=paper, slug="mine")
    judged(2, slug="other")

    shown = client.get("/papers/lovelace-1843").context["cards"]

    assert [item.figure.slug for item in shown] == ["mine"]


@pytest.mark.parametrize("path", ["/figures/nowhere", "/papers/nowhere"])
def test_what_is_not_there_is_a_page_with_a_sentence(client, path):
    page = client.get(path)

    assert page.status_code == 404
    assert "lists what there is." in page.content.decode()


def test_checking_is_no_matter_of_following_a_link(client, figure, sent):
    assert client.get("/figures/doubled/check").status_code == 405
    figure.refresh_from_db()
    assert figure.run is None

    asked = client.post("/figures/doubled/check")

    figure.refresh_from_db()
    assert (asked.status_code, asked["Location"]) == (302, "/figures/doubled")
    assert figure.run.state == "queued"


def test_a_form_of_another_site_is_refused(figure):
    page = Client(enforce_csrf_checks=True).post("/figures/doubled/check")

    figure.refresh_from_db()
    assert (page.status_code, figure.run) == (403, None)


@pytest.mark.parametrize("path", ["/figures/", "/figures/hostile", "/papers/hostile", "/papers/"])
def test_what_an_author_wrote_is_shown_and_not_run(client, path):
    paper = rows.PaperFactory(slug="hostile", title=ATTACK, authors_json=[ATTACK], journal=ATTACK)
    value = Published("total", ATTACK, 40.0, "absolute", 0.5, unit=ATTACK, source=ATTACK)
    made = judged(
        paper=paper, slug="hostile", title=ATTACK, caption=ATTACK, place=ATTACK,
        values_json=[value_to_json(value)], parameters_json={"energy": ATTACK},
    )  # fmt: skip
    Check.objects.update(sentence=ATTACK)
    judge_run(made.run.pk)

    assert ATTACK not in seen(client, path)


def test_every_page_forbids_foreign_scripts_and_frames(client, figure):
    page = client.get("/figures/doubled")

    policy = page["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert (page["X-Content-Type-Options"], page["X-Frame-Options"]) == ("nosniff", "DENY")


def test_the_request_of_a_figure_can_stand_between_apostrophes():
    made = rows.FigureFactory(
        version__workflow__slug="doubling", version__number=2, parameters_json={"name": "Hale's"}
    )

    text = request_json(made)

    assert "'" not in text
    assert json.loads(text) == {
        "workflow": "doubling", "version": 2, "parameters": {"name": "Hale's"},
    }  # fmt: skip


# What other pages show of figures


def test_the_page_of_a_run_has_the_verdict_that_it_carries(client, figure, run_of):
    run = run_of(figure)
    judge_run(run.pk)

    page = seen(client, run.get_absolute_url())

    assert "/figures/doubled" in page
    assert "identical" in page


def test_the_page_of_another_run_of_the_workflow_carries_no_verdict(client, figure, run_of):
    judge_run(run_of(figure).pk)
    other = rows.finished_run(value=1.0, version=figure.version)

    assert "identical" not in seen(client, other.get_absolute_url())


def test_the_page_of_the_workflow_has_its_figures(client, figure, run_of):
    judge_run(run_of(figure).pk)

    page = seen(client, figure.version.get_absolute_url())

    assert "/figures/doubled" in page
    assert "identical" in page


# The table of values


def row_of(figure: Figure, value: object, **published: object):
    """The row for a value of the re-run."""
    run = rows.finished_run(value=value, version=figure.version)
    interface = figure.version.interface_json
    unit = published.get("unit")
    total = interface["outputs"][0] | {"unit": unit}
    figure.version.interface_json = interface | {"outputs": [total]}
    figure.version.save()
    stated = {"output": "total", "label": "it", "published": 4.0, "tolerance": "absolute",
              "allowed": 0.5}  # fmt: skip
    figure.run, figure.values_json = run, [stated | published]
    figure.save()
    (check,) = judge_run(run.pk)
    (row,) = rows_of(check)
    return row


@pytest.mark.parametrize(
    ("value", "published", "cells"),
    [
        (4.25, {}, ("4", "4.25", "+0.25", "+6.2 %", "± 0.5")),
        (3.75, {"places": 1}, ("4.0", "3.750", f"{MINUS}0.250", f"{MINUS}6.2 %", "± 0.5")),
        (4.0, {"error": 0.5}, ("4 ± 0.5", "4", f"0 {SIGMA}", "", "± 0.5")),
        (5.0, {"error": 0.5}, ("4 ± 0.5", "5", f"+2.00 {SIGMA}", "+25 %", "± 0.5")),
        (1.0, {"published": 0.0}, ("0", "1", "+1", "", "± 0.5")),
        ("NaN", {}, ("4", "nan", "", "", "± 0.5")),
        ("x", {}, ("4", "x", "", "", "± 0.5")),
        (None, {}, ("4", "nothing", "", "", "± 0.5")),
        (True, {"published": True}, ("True", "True", "", "", "± 0.5")),
        (4.25, {"unit": "keV"}, ("4", "4.25", "+0.25", "+6.2 %", "± 0.5")),
    ],
)
def test_a_row_has_every_cell_as_text(figure, value, published, cells):
    row = row_of(figure, value, **published)

    assert (row.published, row.found, row.deviation, row.relative, row.allowed) == cells


@pytest.mark.parametrize(("who", "offered"), [("", 0), ("entry:crab", 0), ("account:ada", 1)])
def test_a_paper_that_somebody_stated_here_can_be_changed(client, who, offered):
    paper = rows.FigureFactory(paper__stated_by=who).paper

    page = client.get(paper.get_absolute_url()).content.decode()

    assert page.count(f"{paper.get_absolute_url()}/edit") == offered


def test_the_list_of_papers_leads_to_stating_one(client):
    assert 'href="/papers/new"' in client.get("/papers/").content.decode()
    rows.PaperFactory()
    assert 'href="/papers/new"' in client.get("/papers/").content.decode()
