"""A first paper.toml and annotations: asked for, proposed, and written with all else kept."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.notebook import read_cells
from catalogue.domain.reading import read_interface
from config.author.initial import notebook as annotating
from config.author.initial.asking import Asking
from config.author.initial.command import initialise
from config.author.initial.raw_json import inserted, places, spans
from gallery.domain.paper import read_paper
from tests.factories import entries

PLAIN = 'e_min = 20.0\nRA = 83.6\nT1 = "2003-03-15"\nname = "Crab"\ncount = 3\nfast = True'


def plain_notebook(*more):
    return entries.notebook(
        entries.cell("# Title", kind="markdown"), entries.cell(PLAIN), *more
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "crab").mkdir()
    return tmp_path / "crab"


def asked(answers=None, *, text="", yes=False):
    return Asking(answers or {}, yes=yes, source=io.StringIO(text), shown=io.StringIO())


@pytest.mark.parametrize(
    ("name", "value", "term"),
    [
        ("energy_min", 20.0, "oda:Energy_keV"), ("emax", 30, "oda:Energy_keV"),
        ("RA", 83.6, "oda:PointOfInterestRA"), ("dec", 22.0, "oda:PointOfInterestDEC"),
        ("radius", 1.5, "oda:AngleDegrees"), ("T1", "2003-03-15T00:00:00", "oda:StartTimeISOT"),
        ("t_stop", 52000.0, "oda:EndTimeMJD"), ("t1", 3.0, "oda:Float"),
        ("src_name", "Crab", "oda:AstrophysicalObjectOfInterest"), ("band", "hard", "oda:String"),
        ("ra", "05:34", "oda:String"), ("n", 3, "oda:Integer"), ("fast", True, "oda:Boolean"),
        ("many", [1], ""), ("nothing", None, ""),
    ],
)  # fmt: skip
def test_a_term_is_proposed_by_name_and_value(name, value, term):
    assert annotating.term_for(name, value) == term


def test_proposed_annotations_are_understood(folder):
    file = folder / "a.ipynb"
    file.write_bytes(plain_notebook(entries.cell("flux = 2.5\nprint(flux)")))
    initialise(folder, asked(yes=True))
    reading = read_interface(read_cells(file.read_bytes()), file.name)

    assert [(item.name, item.term, item.unit) for item in reading.interface.parameters] == [
        ("e_min", "Energy", "keV"), ("RA", "RightAscension", "deg"), ("T1", "StartTime", None),
        ("name", "String", None), ("count", "Integer", None), ("fast", "Boolean", None),
    ]  # fmt: skip
    assert [item.name for item in reading.interface.outputs] == ["flux"]
    assert reading.findings == ()


def test_all_else_of_the_notebook_is_kept_byte_for_byte(folder):
    file = folder / "a.ipynb"
    before = json.dumps(
        json.loads(entries.simple_notebook(parameters="e_min = 20.0\nname = 'é😀'")), indent=3
    ).replace("20.0", "20.00").encode()  # fmt: skip
    file.write_bytes(before)
    initialise(folder, asked(yes=True))
    after = file.read_bytes()

    assert after != before
    assert after.replace(b"  # oda:Energy_keV", b"").replace(b"  # oda:String", b"") == before
    assert (folder / "a.ipynb.before").read_bytes() == before


def test_nothing_is_written_into_the_notebook_without_a_yes(folder):
    file = folder / "a.ipynb"
    file.write_bytes(plain_notebook())
    initialise(folder, asked(text=""))

    assert file.read_bytes() == plain_notebook()
    assert sorted(path.name for path in folder.iterdir()) == [
        "CITATION.cff",
        "a.ipynb",
        "paper.toml",
    ]


def test_a_paper_toml_that_is_there_is_never_touched(folder):
    for name, data in entries.files().items():
        (folder / name).write_bytes(data)
    initialise(folder, asked(yes=True))

    assert (folder / "paper.toml").read_text() == entries.PAPER
    assert (folder / "CITATION.cff").read_text() == entries.CITATION


def test_the_first_paper_toml_can_be_read_and_leaves_its_values_as_questions(folder):
    (folder / "a.ipynb").write_bytes(entries.simple_notebook())
    told = {"title": 'The "Crab" = \\ steady', "authors": "Neronov, A.; Curie, M.", "year": "2021",
            "doi": "10.1000/x"}  # fmt: skip
    initialise(folder, asked(told))
    paper = read_paper((folder / "paper.toml").read_text())

    assert (paper.title, paper.authors, paper.year, paper.doi) == (
        'The "Crab" = \\ steady', ("Neronov, A.", "Curie, M."), 2021, "10.1000/x",
    )  # fmt: skip
    (figure,) = paper.figures
    assert [(item.output, item.published, item.unit) for item in figure.values] == [
        ("total", "TODO", "keV")
    ]


def test_the_end_of_the_answers_takes_the_defaults(folder):
    (folder / "a.ipynb").write_bytes(entries.simple_notebook())

    assert initialise(folder, asked(text="A title\n")) == 0
    assert read_paper((folder / "paper.toml").read_text()).title == "A title"


@given(st.text(max_size=80))
def test_any_title_gives_a_paper_toml_that_says_the_same(tmp_path_factory, title):
    folder = tmp_path_factory.mktemp("entry")
    (folder / "a.ipynb").write_bytes(entries.simple_notebook())
    if not title.isprintable() or not title.strip():
        return
    initialise(folder, asked({"title": title, "figure": title}))

    assert read_paper((folder / "paper.toml").read_text("utf-8")).title == " ".join(title.split())


def test_a_folder_without_a_notebook_is_told_so(folder):
    asking = asked()

    assert initialise(folder, asking) == 2
    assert asking.shown.getvalue() == (
        f"There is no notebook (.ipynb) at the top of {folder}: put yours there first.\n"
    )


def test_lines_with_a_comment_or_more_than_one_statement_are_left_alone():
    cells = read_cells(entries.notebook(entries.cell(
        "a = 1  # mine\nb = 1; c = 2\nd = (1,\n 2)\ne = 3"
    )))  # fmt: skip

    assert [item.name for item in annotating.proposals(cells[0])] == ["e"]


@pytest.mark.parametrize("metadata", ["{}", '{"tags": []}', '{ "tags": ["x"] }', '{"a": [1]}'])
@pytest.mark.parametrize(
    "source", ['"a = 1\\nb = 2"', '["a = 1\\n", "b = 2"]', '["a = 1\\nb = 2"]']
)
def test_every_way_to_write_a_cell_is_annotated(metadata, source):
    text = (f'{{"cells": [{{"cell_type": "code", "metadata": {metadata}, "source": {source}}}],'
            ' "nbformat": 4, "metadata": {}}')  # fmt: skip
    lines = [annotating.Proposal(0, 1, "a", "A"), annotating.Proposal(0, 2, "b", "B")]
    (cell,) = read_cells(annotating.annotated(text, lines, {0: "parameters"}).encode())

    assert cell.source == "a = 1  # A\nb = 2  # B"
    assert "parameters" in cell.tags


def test_saved_files_and_shown_variables_are_proposed_as_results():
    cells = read_cells(entries.notebook(entries.cell(
        "x = 1\ny = 2\nplt.savefig('lc.png', dpi=90)\nprint(f'{x:.2f}', z)\ny"
    )))  # fmt: skip

    assert annotating.candidates(cells) == ["lc.png", "x", "y"]


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=8,
), st.booleans(), st.sampled_from([None, 1]))  # fmt: skip
def test_the_places_of_values_are_those_of_json(content, ascii_only, indent):
    text = json.dumps(content, ensure_ascii=ascii_only, indent=indent)

    for path, (start, end) in spans(text).items():
        found = content
        for part in path:
            found = found[part]
        assert json.loads(text[start:end]) == found


@given(st.text(max_size=20), st.booleans(), st.data())
def test_a_place_in_a_json_string_is_that_of_its_character(words, ascii_only, data):
    text = json.dumps(words, ensure_ascii=ascii_only)
    at = data.draw(st.integers(0, len(words)))
    place = places(text, (0, len(text)))[at]

    assert json.loads(inserted(text, iter([(place, "!")]))) == f"{words[:at]}!{words[at:]}"


@pytest.mark.parametrize("text", ["", "{", '{"a" 1', "[1 2]", "[" * 100, '["'])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=r"JSON|nested|Unterminated|bounds"):
        spans(text)
