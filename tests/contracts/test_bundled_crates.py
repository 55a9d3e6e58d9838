"""Releases of bundled entries against every profile, at the level of what is recommended.

The validator needs long, so entries that differ in kind stand for all here; of every entry
``python -m benchmarks.crate_profiles`` writes down what is found.
"""

import pytest

from publishing.queries import release_crate
from tests.contracts.bundled import release_of_entry
from tests.contracts.crates import CONTRADICTION, issues, issues_on_the_web

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
WIDEST = "workflow-run-crate-0.5"  # stands on the other profiles, and has their rules too
TABLES_AND_FIGURES, PRODUCTS_AS_INPUTS, DATA_ON_THE_WEB = (
    "crab-stability", "coded-mask-catalogue", "gw150914",
)  # fmt: skip


def packed(release, folder):
    path = folder / "release.crate.zip"
    path.write_bytes(b"".join(release_crate(release, "10.5072/reprise.x", "10.5072/all")))
    return path


@pytest.mark.parametrize("name", [TABLES_AND_FIGURES, PRODUCTS_AS_INPUTS, DATA_ON_THE_WEB])
def test_a_release_of_a_bundled_entry_breaks_no_recommended_rule(name, tmp_path):
    path = packed(release_of_entry(name), tmp_path)

    assert issues_on_the_web(path, WIDEST) == []
    assert issues(path, WIDEST, level="RECOMMENDED") == CONTRADICTION


def test_a_release_of_a_bundled_entry_keeps_the_newer_version_too(settings, tmp_path):
    settings.OPERATOR = "University of Geneva"
    settings.OPERATOR_ROR = "https://ror.org/01swzsf04"
    path = packed(release_of_entry(TABLES_AND_FIGURES, ro_crate="1.3"), tmp_path)

    assert issues(path, "ro-crate-1.3", level="RECOMMENDED") == []


def test_a_release_with_everything_stated_breaks_no_recommended_rule(tmp_path):
    release = release_of_entry(TABLES_AND_FIGURES)
    place = {"affiliation": "Carnegie", "ror": "https://ror.org/04jr01610"}
    somebody = {"given": "Ada", "family": "L", "affiliation": "Nowhere known"}
    release.people_json = [
        {"given": "Vera", "family": "Rubin", "orcid": "0000-0002-1825-0097", **place},
        somebody | {"roles": ["author", "DataCurator"]},
    ]
    release.details_json = {
        "licences": {"code": "MIT", "data": "CC0-1.0", "text": "CC-BY-4.0"},
        "funding": [{"funder": "SNSF", "ror": "https://ror.org/00yjd3n13", "number": "1"},
                    {"funder": "A friend", "title": "Halves"}],
        "related": [{"identifier": "10.1/a", "scheme": "doi", "relation": "IsSupplementTo"},
                    {"identifier": "2012A&A...1", "scheme": "bibcode", "relation": "Cites"}],
        "embargo": "2027-01-01",
    }  # fmt: skip
    release.save()

    path = packed(release, tmp_path)
    assert issues_on_the_web(path, WIDEST) == []
    assert issues(path, WIDEST, level="RECOMMENDED") == CONTRADICTION


def test_a_bag_keeps_the_profiles_too(tmp_path):
    path = packed(release_of_entry(TABLES_AND_FIGURES, bagit=True), tmp_path)
    assert issues(path, WIDEST) == []
