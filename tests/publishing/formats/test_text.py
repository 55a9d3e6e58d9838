"""The citation as reference lists print it."""

from dataclasses import replace
from datetime import date

from hypothesis import given

from publishing.domain.formats.text import text
from tests.publishing.formats.records import DESCRIBED, RECORD, describeds, thorough


def test_a_citation_has_initials_year_version_publisher_and_doi():
    assert text(DESCRIBED) == (
        "Rubin, V. C.; The Reprise developers (2026): Half of 100 % & more. Version 2. Zenodo. "
        "https://doi.org/10.5281/zenodo.2"
    )


def test_the_first_version_needs_no_number_and_a_test_doi_leads_here():
    first = replace(DESCRIBED, version=1, doi="10.5072/reprise.x", publisher="")

    assert text(first) == (
        "Rubin, V. C.; The Reprise developers (2026): Half of 100 % & more. Reprise. "
        "https://reprise.example.org/doi/10.5072/reprise.x"
    )


def test_without_people_it_is_anonymous_and_without_a_doi_it_leads_to_its_page():
    bare = replace(DESCRIBED, record=replace(RECORD, contributors=()), doi="", version=1)

    assert text(bare) == (
        "Anonymous (2026): Half of 100 % & more. Zenodo. "
        "https://reprise.example.org/releases/abcd2345"
    )


def test_a_withdrawn_release_says_so():
    assert text(replace(DESCRIBED, withdrawn=date(2026, 5, 1))).endswith("zenodo.2 [withdrawn]")


@thorough
@given(describeds)
def test_it_is_one_line_that_can_be_sent(described):
    assert text(described).encode().decode().splitlines() == [text(described)]
