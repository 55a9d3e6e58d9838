"""The funnel: stages that never lie, whatever happened in what order."""

import csv
import io
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.funnel import (
    STAGES,
    STUDY,
    Judged,
    Stage,
    Track,
    counted,
    moments,
    over_time,
    track,
)
from gallery.domain.funnel_picture import HEIGHT, LABEL, drawn_over_time
from gallery.domain.verdict import Verdict
from tests.factories import rows

T = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in range(1, 29)]
times = st.integers(0, 27).map(T.__getitem__)
checks = st.lists(
    st.builds(Judged, st.integers(1, 3), times, st.sampled_from([item.value for item in Verdict])),
    max_size=8,
)


def test_each_moment_brings_a_stage():
    made = track(T[0], T[1], T[2], [Judged(1, T[3], "identical")])

    assert [made.stage(at) for at in T[:4]] == [
        Stage.DECLARED, Stage.INSTALLED, Stage.RAN, Stage.REPRODUCED,
    ]  # fmt: skip
    assert made.stage(T[0] - timedelta(days=1)) == Stage.LISTED
    assert made.stage() == Stage.REPRODUCED


@pytest.mark.parametrize(
    ("verdicts", "stage"),
    [
        (["identical"], Stage.REPRODUCED),
        (["within tolerance"], Stage.REPRODUCED),
        (["same data drawn differently"], Stage.REPRODUCED),
        (["different"], Stage.COMPARED),
        (["different", "identical"], Stage.REPRODUCED),
        (["identical", "different"], Stage.COMPARED),
        (["identical", "failed"], Stage.COMPARED),
        (["identical", "not comparable"], Stage.COMPARED),
        (["failed"], Stage.RAN),
        (["not comparable"], Stage.RAN),
        ([], Stage.RAN),
    ],
)
def test_the_newest_check_decides_what_is_reproduced(verdicts, stage):
    made = [Judged(1, T[3 + number], verdict) for number, verdict in enumerate(verdicts)]

    assert track(T[0], T[1], T[2], made).stage() == stage


def test_an_entry_is_reproduced_when_all_its_figures_are():
    one, other = Judged(1, T[3], "identical"), Judged(2, T[4], "different")

    assert track(T[0], T[1], T[2], [one, other]).stage() == Stage.COMPARED
    assert track(T[0], T[1], T[2], [one, other, Judged(2, T[5], "identical")]).stage() == (
        Stage.REPRODUCED
    )


@given(st.none() | times, st.none() | times, st.none() | times, checks, times)
def test_only_what_was_compared_falls_back_and_no_farther(declared, installed, ran, found, at):
    made = track(declared, installed, ran, found)

    steps = [stage for _when, stage in made.steps]
    falls = [(a, b) for a, b in pairwise(steps) if b < a]
    assert all(pair == (Stage.REPRODUCED, Stage.COMPARED) for pair in falls)
    assert made.stage(at) <= max(steps, default=Stage.LISTED)
    assert list(made.steps) == sorted(made.steps)


@given(st.lists(st.builds(track, times, st.none() | times, st.none() | times, checks), max_size=9))
def test_no_stage_has_more_than_the_one_before(tracks):
    found = counted("x", tracks)

    numbers = [found.total, *(found.stages[stage] for stage in STAGES)]
    assert numbers == sorted(numbers, reverse=True)


def test_the_study_has_the_numbers_it_printed():
    assert [STUDY.stages[stage] for stage in STAGES] == [15_817, 10_388, 1_203, 1_203, 879]
    assert (round(STUDY.share(Stage.REPRODUCED), 1), round(STUDY.share(Stage.RAN), 1)) == (3.2, 4.4)
    assert counted("none", []).share(Stage.RAN) == 0


@pytest.mark.parametrize(("days", "count"), [(0, 1), (1, 2), (92, 93), (93, 4), (800, 27)])
def test_a_long_time_is_told_in_months(days, count):
    first = datetime(2026, 1, 15, tzinfo=UTC)

    ends = moments([Track(((first, Stage.RAN),))], first + timedelta(days=days))

    assert len(ends) == count
    assert ends[-1] > first + timedelta(days=days)


def test_nothing_has_no_time():
    assert moments([], T[0]) == []


def test_the_counts_at_the_end_of_a_day_are_of_what_was_there():
    points = over_time("x", [track(T[0]), track(T[1], T[1], T[1])], T[1])

    assert [(date, counts.total, counts.stages[Stage.RAN]) for date, counts in points] == [
        ("2026-01-02", 1, 0), ("2026-01-03", 2, 1),
    ]  # fmt: skip


@given(st.lists(st.builds(track, times, st.none() | times, st.none() | times, checks), min_size=1))
def test_the_names_beside_the_lines_can_be_told_apart(tracks):
    picture = drawn_over_time("x", over_time("x", tracks, T[27]))

    if picture is not None:
        heights = [line.label_y for line in picture.lines]
        assert all(b - a >= LABEL - 0.01 for a, b in pairwise(heights))
        assert 0 < min(heights) <= max(heights) < HEIGHT


def test_one_day_is_no_line():
    assert drawn_over_time("x", over_time("x", [track(T[0])], T[0])) is None


# Page, file and API


@pytest.fixture
def here(db):
    """Four entries: reproduced, ran without a figure, only declared, and one that is hidden."""
    run = rows.finished_run(started_at=T[1], ended_at=T[1])
    rows.AttemptFactory(run=run, facts_json={"isolation": "bubblewrap"}, started_at=T[1])
    rows.CheckFactory(figure=rows.FigureFactory(version=run.version, run=run), run=run)
    ran = rows.finished_run(started_at=T[1], ended_at=T[1])
    rows.AttemptFactory(run=ran, facts_json={"isolation": "bubblewrap"}, started_at=T[1])
    rows.VersionFactory()
    rows.VersionFactory(is_draft=True)
    rows.VersionFactory(workflow__is_hidden=True)


def numbers(total, *stages):
    return dict(zip(("total", *(stage.word for stage in STAGES)), (total, *stages), strict=True))


def test_the_funnel_counts_every_listed_entry(client, here):
    body = client.get("/api/funnel/").json()

    assert body["entries"] == numbers(4, 3, 2, 2, 1, 1)
    assert body["figures"] == numbers(1, 1, 1, 1, 1, 1)
    assert body["study"]["doi"] == "10.1093/gigascience/giad113"
    assert set(body["meanings"]) == {stage.word for stage in STAGES}
    assert body["over_time"]["entries"][-1]["reproduced"] == 1


def test_the_file_has_a_line_for_every_day_and_the_study(client, here):
    answer = client.get("/funnel.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode())))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0] == ["population", "before", "total", *(stage.word for stage in STAGES)]
    assert lines[-1] == [
        "notebooks of biomedical papers", "2024", "27271", "15817", "10388", "1203", "1203", "879",
    ]  # fmt: skip
    assert {line[0] for line in lines[1:-1]} == {"entries", "figures"}


def test_the_page_has_all_three_funnels_in_words(client, here):
    page = client.get("/funnel").content.decode()

    assert page.count('<ol class="funnel">') == 3
    assert "15,817" in page


def test_an_empty_service_has_a_funnel_page(client, db):
    assert "Nothing is registered yet" in client.get("/funnel").content.decode()
    assert client.get("/api/funnel/").json()["entries"] == numbers(0, 0, 0, 0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 100])
def test_the_funnel_asks_the_database_as_often_for_many_as_for_one(
    client, django_assert_num_queries, count
):
    version, paper = rows.VersionFactory(), rows.PaperFactory()
    for _number in range(count):
        figure = rows.FigureFactory(version=version, paper=paper)
        rows.CheckFactory(figure=figure, run=rows.RunFactory(version=version))

    with django_assert_num_queries(6):
        client.get("/funnel")
