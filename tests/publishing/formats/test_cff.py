"""CITATION.cff: read back by YAML and by the reader that entries are read with."""

from dataclasses import replace

import yaml
from hypothesis import given

from catalogue.domain.entry import Person, read_about
from publishing.domain.formats.cff import content, text
from publishing.domain.record import Contributor
from tests.publishing.formats.records import DESCRIBED, RECORD, describeds, thorough

MANDATORY = {"cff-version", "message", "title", "authors"}


@thorough
@given(describeds)
def test_yaml_reads_back_what_was_meant(described):
    written = text(described).encode()  # nothing that cannot be encoded is left

    assert yaml.safe_load(written) == content(described)


@thorough
@given(describeds)
def test_what_the_format_asks_for_is_there(described):
    found = content(described)

    assert set(found) >= MANDATORY
    assert all(found[name] for name in MANDATORY)
    assert all(item["authors"] and item["title"] for item in found.get("references", ()))


def test_our_own_reader_understands_it():
    about, findings = read_about(text(DESCRIBED))

    assert findings == ()
    assert about.title == "Half of 100 % & more"
    assert about.licence == "CC-BY-4.0"
    assert about.people == (
        Person("Vera C.", "Rubin", "https://orcid.org/0000-0002-1825-0097", "Carnegie Institution"),
        Person("", "The Reprise developers", "", ""),
    )
    assert about.references[0] == "https://doi.org/10.1051/0004-6361/202037850"


def test_version_and_concept_are_told_apart():
    assert content(DESCRIBED)["identifiers"] == [
        {"type": "doi", "value": "10.5281/zenodo.2", "description": "Version 2 of this release."},
        {"type": "doi", "value": "10.5281/zenodo.1",
         "description": "All versions of this release together."},
    ]  # fmt: skip


def test_a_title_that_looks_like_yaml_stays_a_title():
    hostile = replace(RECORD, title="yes\nlicense: MIT", licence="1.0",
                      contributors=(Contributor("- a", "b: c"),))  # fmt: skip
    read = yaml.safe_load(text(replace(DESCRIBED, record=hostile)))

    assert (read["title"], read["license"]) == ("yes license: MIT", "1.0")
    assert read["authors"] == [{"family-names": "b: c", "given-names": "- a"}]
