"""paper.toml: what it may say, and the sentence for everything that it may not."""

import json
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.paper import (
    BadPaperError,
    PaperStatement,
    Published,
    read_content,
    read_paper,
    value_to_json,
)

BUNDLED = sorted((Path(__file__).resolve().parents[2] / "workflows").glob("*/paper.toml"))
PAPER = """
[paper]
slug = "neronov-2021"
doi = "10.1051/0004-6361/202037850"
title = "Long-term stability"
authors = ["Neronov, A.", "Savchenko, V."]
journal = "A&A 651, A97"
year = 2021
"""
FIGURE = """
[[figure]]
slug = "crab-stability"
title = "Stability of the Crab"
kind = "table"
place = "Table 1"
picture = "evolution"
[figure.parameters]
e_min = 25.0
"""
VALUE = """
[[figure.value]]
output = "flux"
label = "the flux"
published = 4.96
error = 0.02
unit = "%"
places = 2
tolerance = { absolute = 0.005 }
reason = "it is printed so"
source = "Table 1"
doi = "10.5281/zenodo.1"
column = "flux"
row = { year = 2003 }
"""
WHOLE = PAPER + FIGURE + VALUE
PLACE = "value flux of figure crab-stability"


def refusal(text: str) -> str:
    with pytest.raises(BadPaperError) as refused:
        read_paper(text)
    return str(refused.value)


def test_a_paper_says_what_it_published():
    assert read_paper(WHOLE) == PaperStatement(
        slug="neronov-2021",
        title="Long-term stability",
        doi="10.1051/0004-6361/202037850",
        authors=("Neronov, A.", "Savchenko, V."),
        journal="A&A 651, A97",
        year=2021,
        figures=read_paper(WHOLE).figures,
    )
    (figure,) = read_paper(WHOLE).figures
    assert (figure.slug, figure.kind, figure.picture) == ("crab-stability", "table", "evolution")
    assert figure.parameters == {"e_min": 25.0}
    assert figure.values == (
        Published(
            output="flux", label="the flux", published=4.96, tolerance="absolute", allowed=0.005,
            error=0.02, unit="%", places=2, reason="it is printed so", source="Table 1",
            doi="10.5281/zenodo.1", column="flux", row={"year": 2003},
        ),
    )  # fmt: skip


@pytest.mark.parametrize("prefix", ["https://doi.org/", "https://dx.doi.org/", "doi:", "DOI:", ""])
def test_a_doi_is_kept_without_its_resolver(prefix):
    text = PAPER.replace('doi = "', f'doi = "{prefix}')

    assert read_paper(text).doi == "10.1051/0004-6361/202037850"


def test_a_paper_of_arxiv_alone_has_the_doi_that_arxiv_gives():
    text = PAPER.replace('doi = "10.1051/0004-6361/202037850"', 'arxiv = "arXiv:2002.12895v2"')

    statement = read_paper(text)

    assert (statement.arxiv, statement.doi) == ("2002.12895v2", "10.48550/arXiv.2002.12895")


def test_a_note_without_doi_says_that_it_is_unpublished():
    text = PAPER.replace('doi = "10.1051/0004-6361/202037850"', "unpublished = true")

    assert read_paper(text).doi == ""


def test_every_field_of_a_paper_that_is_wrong_is_told():
    with pytest.raises(BadPaperError) as refused:
        read_content({"paper": {"slug": "A", "doi": "x", "year": 3}})

    assert list(refused.value.errors) == ["slug", "title", "doi", "year"]


def test_null_of_json_is_nothing_said():
    content = tomllib.loads(WHOLE)
    content["paper"]["journal"] = None
    content["figure"][0]["caption"] = None

    statement = read_content(content)

    assert (statement.journal, statement.figures[0].caption) == ("", "")


def test_what_no_database_keeps_is_left_out():
    text = WHOLE.replace("Stability of the Crab", "Crab\\u0000")

    assert read_paper(text).figures[0].title == "Crab"


def test_a_paper_without_figures_is_a_paper():
    assert read_paper(PAPER).figures == ()


def test_a_value_without_label_is_called_as_its_output():
    (figure,) = read_paper(WHOLE.replace('label = "the flux"\n', "")).figures

    assert figure.values[0].label == "flux"


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.parent.name)
def test_every_bundled_statement_is_read(path):
    statement = read_paper(path.read_text(), lambda name: (path.parent / name).read_bytes())

    assert statement.doi or "unpublished = true" in path.read_text()
    assert [figure.slug for figure in statement.figures if figure.values] != []


def test_there_are_bundled_statements():
    assert len(BUNDLED) >= 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "paper.toml has no [paper] table."),
        ("paper = 3", "paper.toml has no [paper] table."),
        ("[paper]", "There is no slug in [paper] of paper.toml."),
        ('[paper]\nslug = "a"\ntitle = "b"', "There is no doi in [paper] of paper.toml."),
        ('[paper]\nslug = "a"\ndoi = "b"', "There is no title in [paper] of paper.toml."),
        ('[paper]\ndoi = "b"', "There is no slug in [paper] of paper.toml."),
        ('[paper]\nslug = "  "', "There is no slug in [paper] of paper.toml."),
        ("figure = 3" + PAPER, "The figure of paper.toml is written [[figure]], once for each."),
        ("figure = [3]" + PAPER, "The figure of paper.toml is written [[figure]], once for each."),
        (WHOLE + FIGURE, "Two figures of paper.toml have the same slug."),
        (PAPER + '[[figure]]\ntitle = "a"', "There is no slug in a [[figure]] of paper.toml."),
        (PAPER + '[[figure]]\nslug = "a"', "There is no title in figure a of paper.toml."),
        (PAPER + FIGURE + "[[figure.value]]\n", (
            "There is no output in a value of figure crab-stability of paper.toml."
        )),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_place(text, sentence):
    assert refusal(text) == sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"neronov-2021"',
            '"Neronov 2021"',
            "The slug 'Neronov 2021' of [paper] is not of small letters, digits and hyphens.",
        ),
        (
            '"crab-stability"',
            '"../crab"',
            "The slug '../crab' of a [[figure]] is not of small letters, digits and hyphens.",
        ),
        (
            '"crab-stability"',
            f'"{"a" * 81}"',
            f"The slug '{'a' * 80}' of a [[figure]] is not of small letters, digits and hyphens.",
        ),
        (
            '"table"',
            '"movie"',
            "Figure crab-stability is of kind 'movie': write one of figure, table, number, row.",
        ),
        (
            "[figure.parameters]\ne_min = 25.0",
            "parameters = 25.0",
            "The parameters of figure crab-stability are no table.",
        ),
        (
            '["Neronov, A.", "Savchenko, V."]',
            '"Neronov, A."',
            'The authors of [paper] are a list of names: ["Neronov, A.", …].',
        ),
        (
            '"neronov-2021"',
            '"new"',
            "The slug 'new' of [paper] is the name of a page: take another.",
        ),
        (
            '"10.1051/0004-6361/202037850"',
            '"https://example.org/x"',
            (
                "The doi 'https://example.org/x' of [paper] is none: it looks like "
                "10.1051/0004-6361/202037850."
            ),
        ),
        (
            '"10.1051/0004-6361/202037850"',
            '"10.1051/<script>\\u0001"',
            (
                "The doi '10.1051/<script>\\x01' of [paper] is none: it looks like "
                "10.1051/0004-6361/202037850."
            ),
        ),
        (
            "year = 2021",
            'bibcode = "2021A&A"',
            (
                "The bibcode '2021A&A' of [paper] is none: it has 19 characters, such as "
                "2021A&A...651A..97N."
            ),
        ),
        (
            "year = 2021",
            'arxiv = "../../x"',
            "The arxiv '../../x' of [paper] is none: write 2002.12895.",
        ),
        (
            '["Neronov, A.", "Savchenko, V."]',
            "5",
            'The authors of [paper] are a list of names: ["Neronov, A.", …].',
        ),
        ("2021\n", '"2021"\n', "The year of [paper] is a number of four digits."),
        ("2021\n", "true\n", "The year of [paper] is a number of four digits."),
        ("2021\n", "-5\n", "The year of [paper] is a number of four digits."),
        ("2021\n", "99999\n", "The year of [paper] is a number of four digits."),
        (
            "Long-term stability",
            "x" * 301,
            f"The title '{'x' * 40}'… is longer than 300 characters.",
        ),
    ],
)
def test_what_a_paper_or_figure_may_not_say(old, new, sentence):
    assert old in WHOLE
    assert refusal(WHOLE.replace(old, new, 1)) == sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("published = 4.96\n", "", f"The {PLACE} says nothing of what was published."),
        ("= 4.96\n", "= 2003-01-01\n", f"The {PLACE} says nothing of what was published."),
        ("= 4.96\n", "= [4.96]\n", f"The {PLACE} says nothing of what was published."),
        ("= 4.96\n", "= nan\n", f"The published {PLACE} is no finite number."),
        ("= 4.96\n", "= inf\n", f"The published {PLACE} is no finite number."),
        ("= 4.96\n", f"= 1{'0' * 400}\n", f"The published {PLACE} is no finite number."),
        (
            "tolerance = { absolute = 0.005 }",
            "",
            f"The {PLACE} needs a tolerance: one of absolute, relative, sigma.",
        ),
        (
            "{ absolute = 0.005 }",
            "0.005",
            f"The {PLACE} needs a tolerance: one of absolute, relative, sigma.",
        ),
        (
            "{ absolute = 0.005 }",
            "{ absolute = 0.005, relative = 0.1 }",
            f"The {PLACE} needs a tolerance: one of absolute, relative, sigma.",
        ),
        (
            "{ absolute = 0.005 }",
            "{ absolute = 0.005, about = 0.1 }",
            f"The {PLACE} needs a tolerance: one of absolute, relative, sigma.",
        ),
        ("= 0.005", "= -1", f"The tolerance of the {PLACE} is no number of zero or more."),
        ("= 0.005", "= true", f"The tolerance of the {PLACE} is no number of zero or more."),
        ("= 0.005", '= "1"', f"The tolerance of the {PLACE} is no number of zero or more."),
        ("= 0.005", "= inf", f"The tolerance of the {PLACE} is no number of zero or more."),
        ("= 0.005", "= nan", f"The tolerance of the {PLACE} is no number of zero or more."),
        (
            "= 0.005",
            f"= 1{'0' * 400}",
            f"The tolerance of the {PLACE} is no number of zero or more.",
        ),
        ("= 0.02", "= 0", f"The error of the {PLACE} is no number above zero."),
        ("= 0.02", "= false", f"The error of the {PLACE} is no number above zero."),
        ("= 0.02", "= nan", f"The error of the {PLACE} is no number above zero."),
        (
            "error = 0.02\n",
            "tolerance = { sigma = 1 }\n#",
            f"The {PLACE} has a tolerance in errors but no error.",
        ),
        ("places = 2", "places = -1", f"The places of the {PLACE} are no number from 0 to 15."),
        ("places = 2", "places = 16", f"The places of the {PLACE} are no number from 0 to 15."),
        ("places = 2", "places = true", f"The places of the {PLACE} are no number from 0 to 15."),
        ("places = 2", "places = 2.0", f"The places of the {PLACE} are no number from 0 to 15."),
        ("row = { year = 2003 }", "", f"The {PLACE} needs both column and row, or neither."),
        (
            "row = { year = 2003 }",
            "row = {}",
            f"The {PLACE} needs both column and row, or neither.",
        ),
        ('column = "flux"', "", f"The {PLACE} needs both column and row, or neither."),
        ("row = { year = 2003 }", "row = 3", f"The {PLACE} needs both column and row, or neither."),
        (
            "{ year = 2003 }",
            "{ year = [2003] }",
            f"The row of the {PLACE} is chosen by texts and numbers only.",
        ),
        (
            "{ year = 2003 }",
            "{ day = 2003-01-01 }",
            f"The row of the {PLACE} is chosen by texts and numbers only.",
        ),
    ],
)
def test_what_a_value_may_not_say(old, new, sentence):
    assert old in WHOLE
    text = WHOLE.replace(old, new, 1)
    if new.startswith("tolerance"):
        text = text.replace("tolerance = { absolute = 0.005 }\n", "")

    assert refusal(text) == sentence


@pytest.mark.parametrize("text", ["[paper", "a = ", "\0", "[[" * 10_000, "a = " + "[" * 100_000])
def test_what_is_no_toml_is_told_where(text):
    assert refusal(text).startswith("paper.toml is not TOML: ")


def test_a_number_with_thousands_of_digits_is_no_toml():
    assert refusal(f"a = {'9' * 5000}").startswith("paper.toml is not TOML: ")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with suppress(BadPaperError):
        assert read_paper(text).slug


SCALARS = (
    st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.dates() | st.none()
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = ["output", "published", "tolerance", "error", "places", "row", "column", "unit", "label"]
GOOD = tomllib.loads(WHOLE)


@given(
    st.sampled_from(["paper", "figure", "value"]),
    st.sampled_from([*GOOD["paper"], *GOOD["figure"][0], *NAMES]),
    ANYTHING,
)
def test_any_value_at_any_place_is_read_or_refused(where, name, value):
    content = tomllib.loads(WHOLE)
    figure = content["figure"][0]
    {"paper": content["paper"], "figure": figure, "value": figure["value"][0]}[where][name] = value
    with suppress(BadPaperError):
        (read,) = read_content(content).figures
        assert json.dumps([value_to_json(value) for value in read.values], allow_nan=False)
