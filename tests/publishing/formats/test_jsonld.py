"""JSON-LD, CodeMeta and CSL: linked data of a release."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given

from publishing.domain.formats import FORMATS, codemeta, csl, metadata_files
from publishing.domain.formats.jsonld import content, text
from tests.publishing.formats.records import DESCRIBED, RECORD, describeds, thorough

VERA = {
    "@type": "Person",
    "@id": "https://orcid.org/0000-0002-1825-0097",
    "name": "Vera C. Rubin",
    "givenName": "Vera C.",
    "familyName": "Rubin",
    "affiliation": {
        "@type": "Organization", "@id": "https://ror.org/04jr01610", "name": "Carnegie Institution",
    },
}  # fmt: skip


def test_a_dataset_names_its_people_parts_and_works():
    found = content(DESCRIBED)

    assert found["@id"] == "https://doi.org/10.5281/zenodo.2"
    assert found["creator"] == [VERA, {"@type": "Organization", "name": "The Reprise developers"}]
    assert [item["roleName"] for item in found["contributor"]] == ["ContactPerson", "DataCurator"]
    assert found["license"] == [
        "https://spdx.org/licenses/CC-BY-4.0", "https://spdx.org/licenses/BSD-3-Clause",
    ]  # fmt: skip
    assert [item["@id"] for item in found["citation"]] == [
        "https://doi.org/10.1051/0004-6361/202037850",
        "https://arxiv.org/abs/2002.12895",
        "https://ui.adsabs.harvard.edu/abs/2021A%26A...651A..97N",
    ]
    assert found["exampleOfWork"]["@id"] == "https://doi.org/10.5281/zenodo.1"


def test_a_file_is_a_download_with_its_checksum():
    assert content(DESCRIBED)["distribution"] == [
        {
            "@type": "DataDownload",
            "name": "half.crate.zip",
            "contentUrl": "https://reprise.example.org/api/releases/abcd2345/crate/",
            "encodingFormat": "application/zip",
            "contentSize": "1234",
            "sha256": "cd" * 32,
        }
    ]


def test_closed_files_and_withdrawal_are_told():
    closed = replace(RECORD, embargo=date(2027, 1, 1), embargo_reason="Paper first.")
    gone = replace(DESCRIBED, withdrawn=date(2026, 5, 1), withdrawn_reason="Wrong.")

    assert content(replace(DESCRIBED, record=closed))["conditionsOfAccess"] == (
        "Files are closed until 2027-01-01. Paper first."
    )
    assert content(gone)["creativeWorkStatus"] == "Withdrawn"


@thorough
@given(describeds)
def test_nothing_in_it_can_end_its_script(described):
    written = text(described)

    assert set(written) & set("<>&\u2028\u2029") == set()
    assert json.loads(written.encode()) == content(described)


@thorough
@given(describeds)
def test_every_format_can_be_sent(described):
    assert all(item.write(described).encode() for item in FORMATS.values())


def test_codemeta_tells_of_the_code():
    found = codemeta.content(DESCRIBED)

    assert found["@context"] == "https://w3id.org/codemeta/3.0"
    assert found["author"][0] == VERA
    assert found["license"] == "https://spdx.org/licenses/BSD-3-Clause"
    assert found["codeRepository"] == "https://example.org/half"
    assert found["funding"] == [
        {
            "@type": "Grant",
            "identifier": "101",
            "name": "Halving",
            "url": "https://cordis.europa.eu/project/id/101",
            "funder": {
                "@type": "Organization",
                "@id": "https://ror.org/0472cxd90",
                "name": "European Research Council",
            },
        }
    ]
    assert [item["identifier"] for item in found["isBasedOn"]] == [
        "10.7935/K5MW2F23", "https://example.org/half/tree/0a1b2c3", "swh:1:rev:" + "ab" * 20,
    ]  # fmt: skip


def test_csl_has_what_citation_processors_read():
    assert csl.content(DESCRIBED)["author"] == [
        {"family": "Rubin", "given": "Vera C."},
        {"literal": "The Reprise developers"},
    ]
    assert csl.content(DESCRIBED)["issued"] == {"date-parts": [[2026, 3, 2]]}


def test_the_files_of_a_crate_say_nothing_that_is_known_only_afterwards():
    before = replace(DESCRIBED, published=None, files=())
    first = replace(DESCRIBED, version=1)

    assert list(metadata_files(DESCRIBED)) == ["CITATION.cff", "codemeta.json", "datacite.json"]
    assert metadata_files(DESCRIBED) == metadata_files(before)
    assert metadata_files(first) == metadata_files(replace(first, concept_doi=""))
