"""The bot that keeps verdicts fresh: it asks only for what has no verdict."""

import pytest

from bots import recheck
from bots.tasks import recheck_figures
from gallery.models import Figure
from tests.factories import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_takes_messages(monkeypatch):
    monkeypatch.setattr("lib.queue._send", lambda *_message: None)


def judged(**figure: object) -> Figure:
    run = rows.finished_run()
    made = rows.FigureFactory(run=run, version=run.version, **figure)
    rows.CheckFactory(figure=made, run=run)
    return made


def test_a_verdict_that_stands_is_not_asked_for_again():
    judged()

    assert recheck.plan() == []


def test_a_figure_that_was_never_judged_is_planned():
    figure = rows.FigureFactory()

    assert recheck.plan() == [figure]


def test_a_figure_that_moved_to_a_new_version_is_planned():
    figure = judged()
    figure.run = None
    figure.save()

    assert recheck.plan() == [figure]


def test_a_figure_that_asks_for_another_run_now_is_planned():
    figure = judged()
    figure.run = rows.RunFactory(state="waiting for data")
    figure.save()

    assert recheck.plan() == [figure]


def test_planning_writes_nothing(django_assert_num_queries):
    rows.FigureFactory()

    with django_assert_num_queries(2):
        recheck.plan()

    assert Figure.objects.get().run is None


def test_acting_asks_for_the_runs_and_says_a_line_for_each():
    figure = rows.FigureFactory(slug="doubled")

    assert recheck.act(recheck.plan()) == ["doubled: queued"]
    figure.refresh_from_db()
    assert figure.run.state == "queued"


def test_a_refusal_is_a_line_and_does_not_stop_the_others(settings):
    rows.FigureFactory(slug="a", parameters_json={"speed": 1})
    rows.FigureFactory(slug="b")

    assert recheck.act(recheck.plan()) == [
        "a: speed: There is no parameter 'speed'; the parameters are: energy.",
        "b: queued",
    ]


def test_acting_twice_asks_once():
    rows.FigureFactory(slug="doubled")

    assert recheck.act(recheck.plan()) == recheck.act(recheck.plan()) == ["doubled: queued"]


def test_the_task_plans_and_acts():
    rows.FigureFactory()

    recheck_figures()

    assert Figure.objects.get().run.state == "queued"
