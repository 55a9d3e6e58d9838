"""What runs a CWL entry: cwltool, in one lock with what the entry needs."""

import re
from pathlib import Path

import pytest

from catalogue.domain.choices import Runtime
from catalogue.domain.cwl import read_cwl
from catalogue.domain.cwl_requirements import Allowed
from catalogue.domain.entry import Entry
from catalogue.domain.lock import check_lock, pins
from catalogue.domain.needs import CWLTOOL, read_needs

OURS = next(pin for pin in pins(CWLTOOL.read_text()) if pin.name == "cwltool")
PINNED = f"numpy==2.4.0 \\\n    --hash=sha256:{'0' * 64}\n"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "author.md"


def needs(**files: str):
    named = {name.replace("__", "."): text.encode() for name, text in files.items()}
    return read_needs(named, runtime=Runtime.CWL, python="3.11.7")


def test_our_own_lock_is_one_and_names_no_place_to_download_from():
    text = CWLTOOL.read_text()

    assert check_lock(text, "cwltool.lock") == ()
    assert re.findall(r"https?:|file:|--index|--find", text) == []


def test_an_entry_without_needs_has_our_lock():
    assert needs() == read_needs({}, runtime=Runtime.CWL, python="3.11.7")
    assert needs().lock == CWLTOOL.read_text()


def test_needs_are_locked_together_with_our_cwltool():
    assert needs(requirements__txt="numpy>=2\n").wanted == f"numpy>=2\ncwltool=={OURS.version}"


def test_an_author_may_choose_the_cwltool():
    assert needs(requirements__txt="cwltool==3.1\n").wanted == "cwltool==3.1"


def test_a_lock_of_the_author_must_hold_cwltool():
    found = needs(requirements__lock=PINNED)

    assert [(item.severity.value, item.what) for item in found.findings] == [
        ("must", "The lock has no cwltool, which runs CWL documents.")
    ]


@pytest.mark.parametrize(
    ("names", "main"),
    [
        (["main.cwl", "other.cwl"], "main.cwl"),
        (["workflow.cwl", "tool.cwl"], "workflow.cwl"),
        (["count.cwl", "tools/x.cwl"], "count.cwl"),
        (["a.cwl", "b.cwl"], None),
        (["tools/main.cwl"], None),
    ],
)
def test_the_document_of_an_entry_is_main_workflow_or_the_only_one(names, main):
    assert Entry(dict.fromkeys(names, b"")).document == main


def test_the_example_of_the_guide_is_understood():
    (text,) = re.findall(r"```yaml\n(cwlVersion.*?)```", GUIDE.read_text(), re.DOTALL)
    reading = read_cwl({"main.cwl": text.encode()}, "main.cwl", Allowed())

    assert reading.findings == ()
    assert [(item.name, item.term) for item in reading.interface.parameters] == [
        ("e_min", "Energy"), ("image", "SkyMap"),
    ]  # fmt: skip
    assert [(item.name, item.kind.value) for item in reading.interface.outputs] == [
        ("counts", "number"), ("rows", "table"),
    ]  # fmt: skip
