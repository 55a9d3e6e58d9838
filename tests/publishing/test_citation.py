"""Citations: for people and for BibTeX."""

from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.entry import Person
from publishing.domain.citation import Cited, bibtex, text

CITED = Cited(
    key="reprise_x", title="Half of 100 % & more", people=(Person("Vera C.", "Rubin"),),
    year=2026, doi="10.5072/reprise.x", url="https://doi.org/10.5072/reprise.x",
)  # fmt: skip


def test_a_citation_has_initials_year_and_doi():
    assert text(CITED) == (
        "Rubin, V. C. (2026): Half of 100 % & more. Reprise. https://doi.org/10.5072/reprise.x"
    )


def test_a_bibtex_entry_escapes_what_tex_reads_as_commands():
    assert bibtex(CITED) == (
        "@misc{reprise_x,\n"
        "  author = {Rubin, Vera C.},\n"
        "  title = {{Half of 100 \\% \\& more}},\n"
        "  year = {2026},\n"
        "  publisher = {Reprise},\n"
        "  doi = {10.5072/reprise.x},\n"
        "  url = {https://doi.org/10.5072/reprise.x},\n"
        "}"
    )


def test_an_organisation_is_not_taken_apart():
    cited = Cited("k", "t", (Person(family="The Reprise developers"),), 2026, "", "https://x.org")
    assert bibtex(cited).splitlines()[1] == "  author = {{The Reprise developers}},"


def test_without_people_it_is_anonymous():
    cited = Cited("k", "t", (), 2026, "", "https://x.org")
    assert text(cited) == "Anonymous (2026): t. Reprise. https://x.org"


@given(st.text(max_size=60))
def test_no_title_can_close_the_entry_early(title):
    entry = bibtex(Cited("k", title, (), 2026, "", "https://x.org"))
    bare = entry.replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")
    assert [line[:10] for line in entry.split("\n")[1:3]] == ["  author =", "  title = "]
