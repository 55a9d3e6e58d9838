"""Badges say what became of a figure, paper or workflow, in words that fit."""

import json
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.badge import COLOURS, Badge, margin_svg, shields, svg, width
from gallery.domain.badge_words import Standing, of_figure, of_figures
from gallery.domain.verdict import Verdict
from gallery.models import Check, Figure
from tests.factories import rows

V = Verdict
DAY = date(2026, 11, 20)
SVG = "{http://www.w3.org/2000/svg}"
COMPARED = {
    "published": {"output": "total", "label": "flux", "published": 1.0, "tolerance": "absolute",
                  "allowed": 0.1},
    "found": 1.05, "deviation": 0.05, "relative": 0.05, "sigmas": None,
    "verdict": "within tolerance", "sentence": "",
}  # fmt: skip
ATTACK = '</title><script>alert(1)</script>"&\x07\u202e'


@pytest.mark.parametrize(
    ("verdict", "parts", "given", "message", "tone"),
    [
        (V.WITHIN_TOLERANCE, [V.WITHIN_TOLERANCE] * 16, 0,
         "reproduced 2026-11-20, 16 of 16 values within tolerance", "good"),
        (V.IDENTICAL, [V.IDENTICAL], 0,
         "reproduced 2026-11-20, 1 of 1 value identical", "good"),
        (V.IDENTICAL, [V.IDENTICAL] * 2, 2,
         "read in and carried through 2026-11-20, 2 of 2 values identical", "good"),
        (V.IDENTICAL, [V.IDENTICAL] * 3, 2,
         "reproduced 2026-11-20, 3 of 3 values identical, 2 of them read in", "good"),
        (V.WITHIN_TOLERANCE, [], 0, "reproduced 2026-11-20", "good"),
        (V.DRAWN_DIFFERENTLY, [], 0, "same data drawn differently 2026-11-20", "fair"),
        (V.DIFFERENT, [V.IDENTICAL, V.DIFFERENT], 0,
         "different 2026-11-20, 1 of 2 values within tolerance", "bad"),
        (V.FAILED, [], 0, "re-run failed 2026-11-20", "bad"),
        (V.NOT_COMPARABLE, [V.NOT_COMPARABLE], 0, "not comparable 2026-11-20", "grey"),
    ],
)  # fmt: skip
def test_every_verdict_has_its_words(verdict, parts, given, message, tone):
    is_read_in = bool(given) and given == len(parts)
    made = of_figure(Standing("Crab", verdict, DAY, tuple(parts), given, is_read_in))
    assert (made.message, made.tone) == (message, tone)


def test_what_was_never_checked_says_so():
    assert of_figure(Standing("Crab")).message == "not judged yet"


@pytest.mark.parametrize(
    ("verdicts", "message", "tone"),
    [
        ([], "no published values", "grey"),
        ([None], "not judged yet", "grey"),
        ([V.IDENTICAL, V.WITHIN_TOLERANCE],
         "reproduced 2026-11-20, 2 of 2 results within tolerance", "good"),
        ([V.IDENTICAL, None], "judged 2026-11-20, 1 of 2 results within tolerance", "grey"),
        ([V.IDENTICAL, V.DIFFERENT], "judged 2026-11-20, 1 of 2 results within tolerance", "bad"),
    ],
)  # fmt: skip
def test_a_paper_counts_its_results(verdicts, message, tone):
    figures = [Standing("x", verdict, DAY if verdict else None) for verdict in verdicts]
    made = of_figures("A paper", figures)
    assert (made.message, made.tone) == (message, tone)


def test_a_paper_says_how_many_of_its_results_were_read_in():
    figures = [Standing("x", V.IDENTICAL, DAY, (), 1, is_read_in) for is_read_in in (True, False)]
    assert of_figures("A paper", figures).message == (
        "reproduced 2026-11-20, 2 of 2 results within tolerance, 1 of them read in"
    )


def test_a_paper_is_as_old_as_its_oldest_check():
    figures = [Standing("x", V.IDENTICAL, date(2026, 1, day)) for day in (9, 3)]
    assert "2026-01-03" in of_figures("A paper", figures).message


def test_the_json_is_what_shields_reads():
    assert shields(Badge("reproduced", "good")) == {
        "schemaVersion": 1, "label": "reprise", "message": "reproduced", "color": "#0c6353",
    }  # fmt: skip


@pytest.mark.parametrize("tone", COLOURS)
def test_white_on_every_colour_is_easily_read(tone):
    assert contrast(COLOURS[tone]) >= 4.5


def contrast(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_the_picture_has_its_words_for_those_who_cannot_see_it():
    picture = ET.fromstring(svg(Badge("reproduced", "good", "The Crab")))  # noqa: S314 -- our own text
    assert picture.get("role") == "img"
    assert picture.find(f"{SVG}title").text == "The Crab. reprise: reproduced"


def test_the_picture_is_as_wide_as_its_words():
    picture = ET.fromstring(svg(Badge("reproduced", "good")))  # noqa: S314 -- our own text
    lengths = [int(item.get("textLength")) for item in picture.iter(f"{SVG}text")]
    assert int(picture.get("width")) == sum(lengths) + 4 * 6
    assert lengths == [width("reprise"), width("reproduced")]


@given(st.text(), st.text(), st.sampled_from(sorted(COLOURS)))
def test_any_words_make_a_well_formed_picture(message, title, tone):
    for draw in (svg, margin_svg):
        picture = ET.fromstring(draw(Badge(message, tone, title)))  # noqa: S314 -- our own text
        assert {item.tag for item in picture.iter()} <= {
            f"{SVG}{name}" for name in ("svg", "title", "g", "rect", "path", "text")
        }


def test_words_for_a_margin_stay_within_it():
    message = "reproduced 2026-11-20, 16 of 16 values within tolerance"
    picture = ET.fromstring(margin_svg(Badge(message, "good")))  # noqa: S314 -- our own text
    lines = [item.text for item in picture.iter(f"{SVG}text")][1:]
    assert " ".join(lines) == message
    assert max(map(len, lines)) <= 20


@pytest.fixture
def judged(db) -> Figure:
    """A figure with one value, reproduced on 20 November 2026."""
    figure = rows.FigureFactory(slug="crab", title="The Crab", verdict="within tolerance")
    run = rows.RunFactory(version=figure.version, state="finished")
    Figure.objects.filter(pk=figure.pk).update(run=run)
    Check.objects.create(
        figure=figure, run=run, verdict="within tolerance", sentence="All well.",
        comparisons_json=[COMPARED],
        checked_at=datetime(2026, 11, 20, 23, 59, tzinfo=UTC),
    )  # fmt: skip
    return figure


def test_a_row_that_is_read_in_is_counted_as_such(client, judged):
    given = COMPARED["published"] | {"given": True}
    Figure.objects.update(values_json=[given])
    told = [
        client.get(f"{item.get_absolute_url()}/badge.json").json()["message"]
        for item in (judged, judged.paper)
    ]
    assert told == [
        "read in and carried through 2026-11-20, 1 of 1 value within tolerance",
        "reproduced 2026-11-20, 1 of 1 result within tolerance, 1 of them read in",
    ]


def test_a_figure_a_paper_and_a_workflow_have_badges(client, judged):
    places = [judged, judged.paper, judged.version.workflow]
    told = [
        client.get(f"{item.get_absolute_url()}/badge.json").json()["message"] for item in places
    ]
    assert told == [
        "reproduced 2026-11-20, 1 of 1 value within tolerance",
        "reproduced 2026-11-20, 1 of 1 result within tolerance",
        "reproduced 2026-11-20, 1 of 1 result within tolerance",
    ]


def test_a_badge_is_kept_for_a_while_and_then_asked_for_again(client, judged):
    first = client.get("/figures/crab/badge.svg")
    second = client.get("/figures/crab/badge.svg", headers={"If-None-Match": first["ETag"]})
    assert first["Content-Type"] == "image/svg+xml"
    assert first["Cache-Control"] == "public, max-age=600, stale-while-revalidate=86400"
    assert (second.status_code, second.content, second["ETag"]) == (304, b"", first["ETag"])


def test_a_badge_changes_with_the_verdict(client, judged):
    tag = client.get("/figures/crab/badge.svg")["ETag"]
    Check.objects.update(verdict="different")
    again = client.get("/figures/crab/badge.svg", headers={"If-None-Match": tag})
    assert (again.status_code, b"different 2026-11-20" in again.content) == (200, True)


def test_a_badge_may_not_act(client, judged):
    Figure.objects.update(title=ATTACK)
    answer = client.get("/figures/crab/badge.svg")
    assert b"<script" not in answer.content
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    ET.fromstring(answer.content)  # noqa: S314 -- our own text


def test_the_margin_has_a_badge_of_its_own(client, judged):
    wide, narrow = (
        ET.fromstring(client.get(f"/figures/crab/badge.svg{more}").content)  # noqa: S314 -- our own text
        for more in ("", "?style=margin")
    )
    assert int(narrow.get("width")) < int(wide.get("width"))


@pytest.mark.parametrize(
    "path", ["/figures/none/badge.svg", "/papers/none/badge.json", "/workflows/none/badge.svg"]
)
def test_what_is_not_there_has_no_badge(client, db, path):
    assert client.get(path).status_code == 404


def test_the_badge_costs_few_queries(client, judged, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        client.get("/figures/crab/badge.svg")


def test_the_page_of_a_figure_has_what_to_paste(client, judged, settings):
    settings.PUBLIC_URL = "https://reprise.example.org"
    page = client.get("/figures/crab").content.decode()
    mark = "[![The Crab: reproduced 2026-11-20, 1 of 1 value within tolerance]"
    badge = "(https://reprise.example.org/figures/crab/badge.svg)"
    assert f"{mark}{badge}](https://reprise.example.org/figures/crab)" in page


def test_latex_is_sent_as_text(client, judged):
    answer = client.get("/figures/crab/latex")
    assert answer["Content-Type"] == "application/x-tex; charset=utf-8"
    assert b"\\def\\reprisemark{" in answer.content


def test_the_badge_of_json_is_json(client, judged):
    assert json.loads(client.get("/figures/crab/badge.json").content)["schemaVersion"] == 1
