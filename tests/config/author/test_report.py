"""The forms of a report: a table, JSON, JUnit XML, and a page that needs nothing else."""

import io
import json
import os
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from config.author.report import html_form, json_form, junit_form
from config.author.report.text import lines
from config.author.terminal import Terminal
from tests.factories.reports import figure, finding, item, report

HOSTILE = "<script>alert('x')</script>\"&\x00\x1b[2J\ud800\u202e"
PICTURE = "data:image/webp;base64,UklGRg=="


def hostile():
    strange = item(id=HOSTILE, label=HOSTILE, published=HOSTILE, got=HOSTILE, deviation=HOSTILE,
                   sentence=HOSTILE, verdict="different")  # fmt: skip
    failed = figure(slug=HOSTILE, verdict="failed", sentence=HOSTILE, place=HOSTILE)
    failed["run"] |= {"state": "failed", "log": HOSTILE, "error": HOSTILE}
    return report(
        figure(strange, title=HOSTILE, picture_licence=HOSTILE), failed,
        findings=[finding("must", what=HOSTILE, place=HOSTILE)], workflow=HOSTILE, title=HOSTILE,
        source=HOSTILE, paper=HOSTILE, problems=[{"id": HOSTILE, "sentence": HOSTILE}],
    )  # fmt: skip


def junit(found, *, strict=False):
    return ET.fromstring(junit_form.written(found, {}, strict=strict))  # noqa: S314 -- our own


def ends(root):
    return [[child.tag for child in case] for case in root.iter("testcase")]


class Page(HTMLParser):
    """The tags, addresses and texts of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert [name for name, _value in attrs if name.startswith("on")] == []
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data):
        self.words.append(data)


def page(found, pictures=None):
    return Page(html_form.written(found, pictures or {}, strict=False))


def test_the_table_has_a_row_for_each_value_and_the_time_once_a_figure():
    other = item(id="b", label="other", published="41 keV", deviation="-1 keV",
                 verdict="different")  # fmt: skip
    found = report(figure(item(), other, verdict="different"))

    assert list(lines(found, 1)) == [
        "",
        "what                   published  got     deviation        verdict    time",
        "---------------------  ---------  ------  ---------------  ---------  -----",
        "doubled: twice twenty  40 keV     40 keV  +0 keV (+0.00%)  identical  1.5 s",
        "doubled: other         41 keV     40 keV  -1 keV           different",
        "",
        "doubled: told in words",
        "Something is different or has failed. 1 identical, 1 different; 2.0 s.",
    ]


def test_findings_come_first_with_their_place():
    first = next(lines(report(findings=[finding("should")]), 2))

    assert first == "should paper.toml: It is not said where. Say it."


def test_what_is_read_in_is_said_not_to_be_computed():
    told = list(lines(report(figure(item(numbers={"given": True}))), 0))

    assert told[-1] == (
        "All reproduced. 1 identical; 1 of them read in by the workflow, not computed; 2.0 s."
    )


def test_no_strangers_text_steers_the_terminal():
    written = "\n".join(lines(hostile(), 1))

    assert [letter for letter in written if not (letter.isprintable() or letter == "\n")] == []


def test_a_log_gets_plain_lines_and_only_what_stays():
    log = io.StringIO()
    terminal = Terminal(log)
    terminal.progress("running")
    terminal.progress("finished", stays=True)
    terminal.say("a\x1b[2Jb\nc")

    assert log.getvalue() == "finished\na?[2Jb c\n"


def test_a_reader_who_has_gone_stops_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        Terminal(stream).say("one")
        Terminal(stream).say("two")


def test_the_json_is_the_report_with_its_exit_code():
    found = report(figure(item()))

    assert json.loads(json_form.written(found, {}, strict=True)) == found | {
        "strict": True, "exit_code": 0,
    }  # fmt: skip


def test_junit_has_a_suite_a_figure_and_a_case_a_value():
    root = junit(report(figure(item(), item(id="doubled/other", verdict="different"))))

    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
        ("doubling: the entry", "1"), ("doubled", "2"),
    ]  # fmt: skip
    assert ends(root) == [[], [], ["failure"]]
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        "3", "1", "0", "0",
    ]  # fmt: skip
    (failure,) = root.iter("failure")
    assert (failure.get("type"), failure.get("message")) == (
        "different", "the same to every digit printed",
    )  # fmt: skip


@pytest.mark.parametrize(("strict", "kind"), [(False, "skipped"), (True, "failure")])
def test_what_does_not_compare_is_skipped_or_fails_a_strict_check(strict, kind):
    root = junit(report(figure(item(verdict="not comparable")), findings=[finding("should")]),
                 strict=strict)  # fmt: skip

    assert ends(root) == [[kind], [kind]]


def test_a_run_that_failed_is_a_failure_with_its_log():
    failed = figure(verdict="failed", sentence="Cell 3 raised")
    failed["run"]["log"] = "Traceback"
    root = junit(report(failed))

    assert ends(root) == [[], ["failure"]]
    assert [out.text for out in root.iter("system-out")] == ["Traceback"]


def test_what_could_not_be_judged_is_an_error():
    away = figure(problem="no x.fits", problem_id="executor:platform:data-unreachable")

    assert ends(junit(report(away))) == [[], ["error"]]


def test_junit_survives_what_xml_cannot_hold():
    root = junit(hostile())

    assert "<script>" in root.get("name")
    assert {tag for case in ends(root) for tag in case} == {"error", "failure"}


def test_every_element_has_what_the_usual_schema_asks_for():
    needed = {
        "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
        "testcase": {"name", "classname", "time"}, "failure": {"message", "type"},
        "error": {"message", "type"}, "skipped": {"message"},
    }  # fmt: skip
    missing = [
        (part.tag, names - set(part.keys()))
        for part in junit(hostile()).iter()
        if (names := needed.get(part.tag, set())) - set(part.keys())
    ]

    assert missing == []


def test_the_page_needs_nothing_else():
    found = report(figure(item(), picture="published got"))
    made = page(found, {"doubled/published": PICTURE, "doubled/got": PICTURE})

    assert made.addresses == ["#f0", PICTURE, PICTURE]
    assert {"script", "link", "iframe", "object", "form"} & set(made.tags) == set()
    text = html_form.written(found, {}, strict=False)
    assert ("url(" in text, "@import" in text, "default-src 'none'" in text) == (False, False, True)


def test_the_page_shows_published_and_found_side_by_side():
    made = page(report(figure(item(published="41 keV", got="40 keV"))))
    words = [word.strip() for word in made.words if word.strip()]

    at = words.index("Published")
    assert words[at : at + 6] == [
        "Published", "twice twenty", "41 keV", "Re-run", "twice twenty", "40 keV",
    ]  # fmt: skip


def test_no_strangers_text_becomes_part_of_the_page():
    made = page(hostile(), {f"{HOSTILE}/got": PICTURE})

    assert "script" not in made.tags
    assert "\x1b" not in html_form.written(hostile(), {}, strict=False)


def test_only_pictures_become_pictures():
    made = page(report(figure(item())), {"doubled/got": "https://elsewhere.example/x.png"})

    assert made.addresses == ["#f0"]
