"""The report as JUnit XML: a suite for each figure, a case for each value and product."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from config.author.report.shape import BAD, NOT_COMPARABLE, Figure, Item, Report

UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference (section 2.2, Char)."""


def written(report: Report, _pictures: Mapping[str, str], *, strict: bool) -> str:
    """The report as JUnit XML."""
    root = ET.Element("testsuites", name=_text(f"reprise check {report['workflow']}"))
    entry = _entry_suite(root, report, strict=strict)
    suites = [entry, *(_figure_suite(root, figure, report, strict=strict)
                       for figure in report["figures"])]  # fmt: skip
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", _time(report["seconds"]))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ET.Element, name: str, report: Report, seconds: float | None) -> ET.Element:
    return ET.SubElement(
        root, "testsuite", name=_text(name), timestamp=report["made_at"][:19], time=_time(seconds)
    )


def _entry_suite(root: ET.Element, report: Report, *, strict: bool) -> ET.Element:
    """What was found of the entry as a whole."""
    suite = _suite(root, f"{report['workflow']}: the entry", report, None)
    for item in report["findings"]:
        kind = {"must": "error", "should": "failure" if strict else "skipped"}
        case = _case(suite, report["workflow"], f"{item['id']} {item['place']}", None)
        told = f"{item['what']} {item['mend']}".strip()
        _end(case, kind.get(item["severity"], "skipped"), item["severity"], told)
    for problem in report["problems"]:
        case = _case(suite, report["workflow"], problem["id"], None)
        _end(case, "error", problem["id"], problem["sentence"])
    if not report["findings"] and not report["problems"]:
        _case(suite, report["workflow"], "the entry is complete", None)
    return _counted(suite)


def _figure_suite(root: ET.Element, figure: Figure, report: Report, *, strict: bool) -> ET.Element:
    run = figure["run"]
    suite = _suite(root, figure["slug"], report, run["seconds"] if run else None)
    classname = f"{report['workflow']}.{figure['slug']}"
    if not figure["items"]:
        case = _case(suite, classname, f"{figure['slug']}/run", run["seconds"] if run else None)
        kind = "failure" if figure["verdict"] in BAD else "error"
        _end(case, kind, figure["verdict"] or figure["problem_id"], figure["sentence"])
        if run and run["log"]:
            ET.SubElement(suite, "system-out").text = _text(run["log"])
    for item in figure["items"]:
        _item_case(suite, classname, item, strict=strict)
    return _counted(suite)


def _item_case(suite: ET.Element, classname: str, item: Item, *, strict: bool) -> None:
    case = _case(suite, classname, f"{item['id']} {item['label']}", None)
    if item["verdict"] in BAD:
        _end(case, "failure", item["verdict"], item["sentence"])
    elif item["verdict"] == NOT_COMPARABLE:
        _end(case, "failure" if strict else "skipped", item["verdict"], item["sentence"])


def _case(suite: ET.Element, classname: str, name: str, seconds: float | None) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", classname=_text(classname), name=_text(name), time=_time(seconds)
    )


def _end(case: ET.Element, kind: str, name: str, sentence: str) -> None:
    """A case that did not pass; what is skipped has no type in the usual schema."""
    made = ET.SubElement(case, kind, message=_text(sentence))
    if kind != "skipped":
        made.set("type", _text(name))
    made.text = _text(sentence)


def _counted(suite: ET.Element) -> ET.Element:
    suite.set("tests", str(len(suite.findall("testcase"))))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{kind}"))))
    return suite


def _time(seconds: float | None) -> str:
    return f"{seconds or 0.0:.3f}"


def _text(text: str) -> str:
    """The text with what XML cannot hold replaced."""
    return UNWRITABLE.sub("?", text)
