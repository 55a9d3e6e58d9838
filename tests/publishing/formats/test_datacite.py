"""DataCite 4.5: valid whatever a release says, and right for what it says."""

import json
from dataclasses import replace
from datetime import date

from datacite import schema45
from hypothesis import given

from publishing.domain.formats.datacite import content, text
from publishing.domain.record import Contributor
from tests.publishing.formats.records import DESCRIBED, RECORD, describeds, thorough


@thorough
@given(describeds)
def test_it_is_always_valid(described):
    written = json.loads(text(described).encode())

    assert [fault.message for fault in schema45.validator.iter_errors(written)] == []


def test_an_invalid_document_is_seen():
    assert schema45.validate(content(DESCRIBED) | {"publisher": "Zenodo"}) is False


def test_people_have_orcid_affiliation_and_ror():
    assert content(DESCRIBED)["creators"] == [
        {
            "name": "Rubin, Vera C.",
            "nameType": "Personal",
            "givenName": "Vera C.",
            "familyName": "Rubin",
            "nameIdentifiers": [
                {
                    "nameIdentifier": "https://orcid.org/0000-0002-1825-0097",
                    "nameIdentifierScheme": "ORCID",
                    "schemeUri": "https://orcid.org",
                }
            ],
            "affiliation": [
                {
                    "name": "Carnegie Institution",
                    "affiliationIdentifier": "https://ror.org/04jr01610",
                    "affiliationIdentifierScheme": "ROR",
                    "schemeUri": "https://ror.org",
                }
            ],
        },
        {"name": "The Reprise developers", "nameType": "Organizational"},
    ]


def test_roles_other_than_author_make_contributors():
    found = [(item["name"], item["contributorType"]) for item in content(DESCRIBED)["contributors"]]

    assert found == [("Rubin, Vera C.", "ContactPerson"), ("Curator, Ed", "DataCurator")]


def test_related_works_keep_their_relation_and_scheme():
    found = [
        (item["relatedIdentifierType"], item["relationType"], item["relatedIdentifier"])
        for item in content(DESCRIBED)["relatedIdentifiers"]
    ]

    assert found == [
        ("DOI", "IsVersionOf", "10.5281/zenodo.1"),
        ("DOI", "IsSupplementTo", "10.1051/0004-6361/202037850"),
        ("arXiv", "IsSupplementTo", "arXiv:2002.12895"),
        ("bibcode", "IsSupplementTo", "2021A&A...651A..97N"),
        ("DOI", "IsDerivedFrom", "10.7935/K5MW2F23"),
        ("URL", "IsCompiledBy", "https://example.org/half/tree/0a1b2c3"),
        ("URL", "IsCompiledBy", "https://archive.softwareheritage.org/swh:1:rev:" + "ab" * 20),
    ]


def test_each_part_has_its_licence():
    found = [
        (item["rights"], item["rightsIdentifier"]) for item in content(DESCRIBED)["rightsList"]
    ]

    assert found == [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("Code: BSD-3-Clause", "BSD-3-Clause"),
        ("Data: CC-BY-4.0", "CC-BY-4.0"),
    ]


def test_an_award_has_its_number_title_and_address():
    assert content(DESCRIBED)["fundingReferences"] == [
        {
            "funderName": "European Research Council",
            "funderIdentifier": "https://ror.org/0472cxd90",
            "funderIdentifierType": "ROR",
            "awardNumber": "101",
            "awardUri": "https://cordis.europa.eu/project/id/101",
            "awardTitle": "Halving",
        }
    ]


def test_an_embargo_says_from_when_the_files_are_open():
    closed = replace(RECORD, embargo=date(2027, 1, 1), embargo_reason="until the paper is out")

    assert content(replace(DESCRIBED, record=closed))["dates"][-1] == {
        "date": "2027-01-01", "dateType": "Available", "dateInformation": "until the paper is out",
    }  # fmt: skip


def test_a_withdrawn_release_says_when_and_why():
    gone = replace(DESCRIBED, withdrawn=date(2026, 5, 1), withdrawn_reason="Wrong data.")

    assert content(gone)["dates"][-1] == {
        "date": "2026-05-01", "dateType": "Withdrawn", "dateInformation": "Wrong data.",
    }  # fmt: skip
    assert (
        content(gone)["descriptions"][-1]["description"] == "Withdrawn on 2026-05-01. Wrong data."
    )


def test_nobody_is_said_to_be_unavailable():
    nameless = replace(RECORD, contributors=(Contributor(family="\x00"),), title="\u202e")

    assert content(replace(DESCRIBED, record=nameless))["creators"] == [{"name": "(:unav)"}]
    assert content(replace(DESCRIBED, record=nameless))["titles"][0]["title"] == "(:unav)"
