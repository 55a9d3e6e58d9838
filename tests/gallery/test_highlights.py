"""What the gallery tells a release of its runs, and the runs that it finds behind its figures."""

import pytest

from lib import highlights
from publishing.domain.shown import figure_from_json
from tests.factories import rows

pytestmark = pytest.mark.django_db
COMPARED = {
    "published": {"output": "total", "label": "twice twenty", "published": 40.0, "places": 1,
                  "unit": "keV", "tolerance": "absolute", "allowed": 0.5},
    "found": 40.04, "verdict": "within tolerance", "deviation": 0.04, "relative": 0.001,
    "sigmas": None,
}  # fmt: skip


def judged(run=None, **figure):
    run = run or rows.finished_run()
    made = rows.FigureFactory(run=run, version=run.version, place="Table 1", **figure)
    rows.CheckFactory(
        figure=made, run=run, verdict="within tolerance", sentence="1 of 1 value is near.",
        comparisons_json=[COMPARED],
    )  # fmt: skip
    return made


def test_a_release_is_told_the_figure_its_verdict_and_its_values():
    figure = judged()
    (told,) = highlights.of_runs([figure.run.address])

    shown = figure_from_json(told)
    (value,) = shown.values
    assert (shown.slug, shown.run, shown.place) == (figure.slug, figure.run.address, "Table 1")
    assert (shown.paper.short, shown.paper.doi) == ("Lovelace 1843", "10.1000/doubling")
    assert (shown.verdict, shown.words) == ("within tolerance", "1 of 1 value is near.")
    assert (value.label, value.published, value.found, value.unit, value.outcome) == (
        "twice twenty", "40.0", "40.040", "keV", "within tolerance",
    )  # fmt: skip


def test_a_verdict_on_another_run_is_not_told():
    figure = judged()
    figure.run = rows.finished_run(value=7.0, version=figure.version)
    figure.save()
    (told,) = highlights.of_runs([figure.run.address])

    assert (told["verdict"], told["values"]) == ("", [])


def test_of_runs_behind_no_figure_nothing_is_told():
    assert highlights.of_runs([rows.finished_run().address]) == []


def test_many_figures_are_told_with_as_many_questions_as_one(django_assert_num_queries):
    addresses = [judged().run.address]
    with django_assert_num_queries(2):
        highlights.of_runs(addresses)
    addresses += [judged().run.address for _ in range(4)]
    with django_assert_num_queries(2):
        assert len(highlights.of_runs(addresses)) == 5


def test_the_runs_behind_a_figure_and_behind_a_version_are_found():
    figure = judged()
    version = figure.version
    other = judged(run=rows.finished_run(value=1.0, version=version))
    name = f"{version.workflow.slug}/{version.number}"

    assert highlights.runs_behind("figure", figure.slug) == [figure.run.address]
    assert highlights.runs_behind("version", name) == sorted(
        [figure.run.address, other.run.address]
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [("figure", "none"), ("figure", "a\0b"), ("version", "none/1"), ("version", "x"),
     ("version", "x/" + "9" * 30), ("release", "x")],
)  # fmt: skip
def test_behind_what_is_not_there_no_run_is_found(kind, name):
    assert highlights.runs_behind(kind, name) is None


def test_a_figure_whose_run_was_not_asked_for_has_none_behind_it():
    assert highlights.runs_behind("figure", rows.FigureFactory(run=None).slug) == []


def test_the_page_of_a_figure_with_a_finished_run_offers_a_release(client):
    figure = judged()
    page = client.get(figure.get_absolute_url()).content.decode()
    answer = client.post("/releases/new", {"figure": figure.slug})

    assert 'action="/releases/new"' in page
    assert answer.status_code == 302
    assert answer["Location"].endswith("/edit")
