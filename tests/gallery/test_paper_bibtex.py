"""Papers as BibTeX."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.actions import bibtex_of
from gallery.domain.bibtex import Cited, bibtex, escaped, key_of
from tests.factories import rows

PAPER = Cited(
    title="Online data analysis & 5 % of INTEGRAL_ISGRI",
    authors=("Pál, A.", "Kovács, Géza", "LIGO Scientific Collaboration", "et al."),
    journal="A&A 651, A97",
    year=2021,
    doi="10.1051/0004-6361/202037850",
    arxiv="2002.12895",
    bibcode="2021A&A...651A..97N",
)


def test_a_paper_as_bibtex():
    assert bibtex(PAPER, "b") == (
        "@article{Pal2021b,\n"
        r"  author = {P{\'a}l, A. and Kov{\'a}cs, G{\'e}za and {LIGO Scientific Collaboration} and "
        "others},\n"
        r"  title = {{Online data analysis \& 5 \% of INTEGRAL\_ISGRI}},"
        "\n"
        r"  journal = {A\&A},"
        "\n"
        "  volume = {651},\n"
        "  pages = {A97},\n"
        "  year = {2021},\n"
        "  doi = {10.1051/0004-6361/202037850},\n"
        "  eprint = {2002.12895},\n"
        "  archivePrefix = {arXiv},\n"
        "  adsurl = {https://ui.adsabs.harvard.edu/abs/2021A&A...651A..97N},\n"
        "}\n"
    )


def test_what_is_not_known_is_left_out():
    assert bibtex(Cited("A note")) == "@misc{Anonymous,\n  title = {{A note}},\n}\n"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("Sipőcz", r"Sip{\H{o}}cz"),
        ("Škoda", r"{\v{S}}koda"),
        ("Ångström", r"{\r{A}}ngstr{\"o}m"),
        ("Łódź", r"{\L}{\'o}d{\'z}"),
        ("{", r"{\textbraceleft}"),
        (r"\input{a}", r"{\textbackslash}input{\textbraceleft}a{\textbraceright}"),
        ("a\n@article{b,", "a @article{\\textbraceleft}b,"),
        ("10\u201320", "10--20"),
        ("\u03b1 Cen", "\u03b1 Cen"),
        ("a\u202eb\x07", "ab"),
    ],
)  # fmt: skip
def test_texts_are_what_latex_sets_and_nothing_more(text, latex):
    assert escaped(text) == latex


@given(st.text(), st.text(), st.text())
def test_any_paper_is_one_balanced_entry(title, author, doi):
    entry = bibtex(Cited(title, (author,), journal=title, doi=doi, bibcode=doi))

    depth = 0
    for letter in entry.rstrip("\n"):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert entry.count("\n@") == 0


@pytest.mark.parametrize(
    ("author", "key"),
    [("Pál, A.", "Pal2021"), ("Ada Lovelace", "Lovelace2021"), ("O'Neil, B.", "ONeil2021"),
     ("王", "Anonymous2021"), ("", "Anonymous2021")],
)  # fmt: skip
def test_the_key_is_author_and_year(author, key):
    assert key_of(Cited("a", (author,), year=2021)) == key


@pytest.mark.django_db
def test_papers_of_one_author_and_year_are_told_apart_by_letters():
    first, second = rows.PaperFactory(slug="a"), rows.PaperFactory(slug="b")
    other = rows.PaperFactory(slug="c", year=1844)

    keys = [bibtex_of(paper).splitlines()[0] for paper in (first, second, other)]

    assert keys == ["@article{Lovelace1843a,", "@article{Lovelace1843b,", "@article{Lovelace1844,"]
