"""A [[table]]: a figure of every row of a file."""

import tracemalloc

import pytest

from gallery.domain.paper import BadPaperError, read_paper
from gallery.domain.paper.rows import ROWS_AT_MOST, expand

NUMBERED = b"""# Table 1
number,name,flux,err,doi
1,Crab,2.280,0.004,10.5281/zenodo.1
2,Vela X-1,3,,10.5281/zenodo.2
"""
HEADLESS = "The table rows.csv needs a first line with a name for each of its columns, 100 at most."
TEMPLATE = """
[paper]
slug = "a"
title = "b"
doi = "10.1000/a"

[[figure]]
slug = "first"
title = "first"

[[table]]
file = "rows.csv"
slug = "row-{number}"
title = "{name}: {flux} {{not a column}}"
place = "Table 1, row of {name}"
request = { parameters = { source = "{name}", levels = ["{flux}", 2, { e = "{err}" }] } }
[[table.value]]
output = "flux"
published = "{flux}"
error = "{err}"
doi = "{doi}"
tolerance = { absolute = 0.5 }
[[table.value]]
output = "error"
published = "{err}"
tolerance = { absolute = 0.5 }
"""


def read(text: str = TEMPLATE, data: bytes | None = NUMBERED, name: str = "rows.csv"):
    return read_paper(text, lambda asked: data if asked == name else None).figures


def refusal(text: str = TEMPLATE, data: bytes | None = NUMBERED, name: str = "rows.csv") -> str:
    with pytest.raises(BadPaperError) as refused:
        read(text, data, name)
    return str(refused.value)


def test_the_rows_of_a_table_become_figures_of_one_block():
    first, crab, vela = read()

    assert (first.slug, crab.slug, vela.slug) == ("first", "row-1", "row-2")
    assert (first.kind, crab.kind, vela.kind) == ("figure", "row", "row")
    assert (crab.title, crab.place) == ("Crab: 2.280 {not a column}", "Table 1, row of Crab")


def test_a_placeholder_alone_is_the_value_and_inside_a_text_as_it_is_printed():
    _first, crab, _vela = read()

    assert crab.parameters == {"source": "Crab", "levels": [2.28, 2, {"e": 0.004}]}
    assert (crab.values[0].published, crab.values[0].error) == (2.28, 0.004)
    assert crab.values[0].doi == "10.5281/zenodo.1"


def test_what_needs_an_empty_cell_is_left_out_and_so_is_a_value_that_was_not_published():
    text = TEMPLATE.replace(', { e = "{err}" }', "")

    _first, crab, vela = read(text)

    assert [value.output for value in crab.values] == ["flux", "error"]
    assert [(value.output, value.error) for value in vela.values] == [("flux", None)]
    assert type(vela.values[0].published) is int


def test_a_table_may_be_ecsv():
    ecsv = (
        b"# %ECSV 1.0\n# ---\n# datatype:\n# - {name: number, datatype: int64}\n"
        b"# - {name: name, datatype: string}\n# - {name: flux, datatype: float64}\n"
        b"# - {name: err, datatype: float64}\n# - {name: doi, datatype: string}\n"
        b'number name flux err doi\n1 Crab 2.28 0.004 10.5281/zenodo.1\n2 "Vela X-1" 3 "" ""\n'
    )
    text = TEMPLATE.replace("rows.csv", "rows.ecsv").replace('doi = "{doi}"\n', "")

    _first, crab, vela = read(text.replace(', { e = "{err}" }', ""), ecsv, "rows.ecsv")

    assert (crab.values[0].published, vela.title) == (2.28, "Vela X-1: 3.0 {not a column}")
    assert [value.error for value in vela.values] == [None]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('file = "rows.csv"', "", "There is no file in a [[table]] of paper.toml."),
        (
            'file = "rows.csv"',
            'file = "/etc/passwd"',
            "The table /etc/passwd is not there: put it beside the statement.",
        ),
        (
            "{flux} {{",
            "{fluks} {{",
            (
                "There is no column 'fluks' in rows.csv; its columns are: number, name, flux, err, "
                "doi. Write {{ and }} for braces themselves."
            ),
        ),
        (
            "{flux} {{",
            "{flux.__class__} {{",
            (
                "There is no column 'flux.__class__' in rows.csv; its columns are: number, name, "
                "flux, err, doi. Write {{ and }} for braces themselves."
            ),
        ),
        (
            "{flux} {{",
            "{0!r:>999999999} {{",
            (
                "There is no column '0!r:>999999999' in rows.csv; its columns are: number, name, "
                "flux, err, doi. Write {{ and }} for braces themselves."
            ),
        ),
        (
            "{flux} {{",
            "{flux {{",
            (
                "A brace of the [[table]] of rows.csv stands alone: write {{ or }} for the brace "
                "itself."
            ),
        ),
        ("row-{number}", "row", "Two figures of paper.toml have the same slug."),
        (
            "row-{number}",
            "row-{name}",
            "The slug 'row-Crab' of a [[figure]] is not of small letters, digits and hyphens.",
        ),
    ],
)
def test_what_a_template_may_not_say(old, new, sentence):
    assert refusal(TEMPLATE.replace(old, new, 1)) == sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The table rows.csv has no rows."),
        (b"a,a\n1,2\n", HEADLESS),
        (b"a,\n1,2\n", HEADLESS),
        (b",".join([b"a"] * 101) + b"\n" + b",".join([b"1"] * 101), HEADLESS),
        (b"a,b\n", "The table rows.csv has no rows."),
        (b"a,b\n1\n", "A row of the table rows.csv has not as many cells as it has columns."),
        (b"a\n" + b"1\n" * (ROWS_AT_MOST + 1), "The table rows.csv has more than 500 rows."),
        (b"a\n" + b"1\n" * 600_000, "The table rows.csv is larger than 1024 kB."),
        (
            b"\xff\xfe",
            (
                "The table rows.csv is no CSV in UTF-8: 'utf-8' codec can't decode byte 0xff in "
                "position 0: invalid start byte."
            ),
        ),
        (b'a\n"x', "The table rows.csv is no CSV in UTF-8: unexpected end of data."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused(data, sentence):
    assert refusal(data=data) == sentence


def test_other_formats_are_not_tables_of_rows():
    text = TEMPLATE.replace("rows.csv", "rows.fits")

    assert refusal(text, b"SIMPLE", "rows.fits") == "The table rows.fits is neither .csv nor .ecsv."


def test_a_template_for_many_rows_stays_small():
    data = b"a\n" + b"x" * 2000 + b"\n" + b"y\n" * 400
    template = {"file": "a.csv", "slug": "{a}", "title": "{a}" * 100}

    tracemalloc.start()
    expand(template, lambda _name: data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000
