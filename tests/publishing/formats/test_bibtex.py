"""BibTeX, read back by pybtex."""

from dataclasses import replace

from hypothesis import given
from pybtex.database import parse_string

from publishing.domain.formats.bibtex import text
from publishing.domain.record import Contributor
from tests.publishing.formats.records import DESCRIBED, RECORD, describeds, thorough


def read(described):
    """The one entry that pybtex finds."""
    (entry,) = parse_string(text(described), "bibtex").entries.values()
    return entry


def of_people(*people):
    return replace(DESCRIBED, record=replace(RECORD, contributors=people))


def test_an_entry_says_all_that_is_cited():
    assert text(DESCRIBED) == (
        "@misc{reprise_abcd2345,\n"
        "  author = {Rubin, Vera C. and {The Reprise developers}},\n"
        "  title = {{Half of 100 \\% \\& more}},\n"
        "  year = {2026},\n"
        "  month = mar,\n"
        "  publisher = {Zenodo},\n"
        "  version = {2},\n"
        "  doi = {10.5281/zenodo.2},\n"
        "  url = {https://doi.org/10.5281/zenodo.2},\n"
        "}\n"
    )


def test_pybtex_reads_the_people():
    authors = read(DESCRIBED).persons["author"]

    assert [str(person) for person in authors] == ["Rubin, Vera C.", "{The Reprise developers}"]


def test_names_that_bibtex_would_split_are_kept_whole():
    found = read(of_people(Contributor("Vera", "Rubin and Ford"), Contributor("A, B", "C")))

    assert [str(person) for person in found.persons["author"]] == [
        "{Rubin and Ford}, Vera",
        "C, {A, B}",
    ]


def test_a_brace_in_a_title_ends_nothing():
    hostile = replace(DESCRIBED, record=replace(RECORD, title='x}}, url = {evil}} @book{y, z="'))

    assert text(hostile).splitlines()[2] == (
        "  title = {{x{\\textbraceright}{\\textbraceright}, url = {\\textbraceleft}"
        'evil{\\textbraceright}{\\textbraceright} @book{\\textbraceleft}y, z="}},'
    )
    assert read(hostile).fields["url"] == "https://doi.org/10.5281/zenodo.2"


@thorough
@given(describeds)
def test_there_is_always_one_entry_with_balanced_braces(described):
    entry = text(described)
    entry.encode()

    assert entry.count("{") == entry.count("}")
    assert read(described).fields["version"] == str(described.version)
