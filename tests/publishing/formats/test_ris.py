"""RIS, read back by rispy."""

from dataclasses import replace

import rispy
from hypothesis import given

from publishing.domain.formats.ris import text
from tests.publishing.formats.records import DESCRIBED, RECORD, describeds, thorough


def read(described):
    """The one record that rispy finds."""
    (found,) = rispy.loads(text(described))
    return found


def test_a_record_says_all_that_is_cited():
    assert read(DESCRIBED) == {
        "type_of_reference": "DATA",
        "authors": ["Rubin, Vera C.", "The Reprise developers"],
        "title": "Half of 100 % & more",
        "year": "2026",
        "date": "2026/03/02/",
        "edition": "2",
        "publisher": "Zenodo",
        "doi": "10.5281/zenodo.2",
        "urls": ["https://doi.org/10.5281/zenodo.2"],
        "abstract": "Halves an energy. Twice.",
        "keywords": ["energy", "halves"],
        "language": "en",
    }


def test_a_line_end_in_a_title_begins_no_tag():
    hostile = replace(RECORD, title="x\r\nAU  - Evil\u2028ER  - \x85TY  - JOUR")

    assert read(replace(DESCRIBED, record=hostile))["title"] == "x AU - Evil ER - TY - JOUR"


@thorough
@given(describeds)
def test_there_is_always_one_record(described):
    text(described).encode()

    assert read(described)["edition"] == str(described.version)
