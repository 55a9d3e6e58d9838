"""Facts become a described crate: pure values, no database."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.entry import DataFile, Person
from publishing.domain.crate import describe
from publishing.domain.facts import (
    CrateFacts,
    DataFacts,
    ProductFacts,
    RunFacts,
    StoredFile,
    VersionFacts,
)
from publishing.domain.layout import UnsafeNameError
from tests.publishing.factories import INTERFACE

MOMENT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
DIGEST = "ab" * 32
PRODUCT = ProductFacts("half", "output", "half.json", DIGEST, 5, "application/json")
RUN = RunFacts(
    address="cd" * 32, values={"energy": 25.0, "band": "hard"}, seed=7, started=MOMENT,
    ended=MOMENT, products=(PRODUCT,), python="3.11.9",
)  # fmt: skip
VERSION = VersionFacts(
    slug="half", number=2, digest="ef" * 32, source="bundled:half", commit="", created=MOMENT,
    main="half.ipynb", lock="", interface=INTERFACE,
    files=(StoredFile("half.ipynb", DIGEST, 9),),
)  # fmt: skip
FACTS = CrateFacts(
    service="https://reprise.example.org", landing="https://reprise.example.org/releases/x",
    title="Half", description="Halves.", licence="BSD-3-Clause",
    people=(Person("Vera", "Rubin", "0000-0002-1825-0097"),), keywords=("energy",),
    references=("https://doi.org/10.1/x",), published=MOMENT, doi="10.5072/reprise.x",
    version=VERSION, runs=(RUN,), tools={"rerun.py": b"pass\n"},
)  # fmt: skip


def entity(facts, name):
    crate = describe(facts)
    return next(item for item in (*crate.data, *crate.others) if item["@id"] == name)


def with_data(**changes):
    about = {
        "name": "a.fits",
        "sha256": "12" * 32,
        "size": 4,
        "url": "https://x.org/a.fits",
    } | changes
    included = bool(about.pop("included", False))
    data = DataFacts(DataFile(**about), 4, included)
    return replace(FACTS, version=replace(VERSION, data=(data,)))


def test_the_notebook_is_the_main_workflow():
    main = entity(FACTS, "workflow/half.ipynb")
    assert describe(FACTS).root["mainEntity"] == {"@id": "workflow/half.ipynb"}
    assert main["@type"] == ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    assert main["input"] == [{"@id": "#parameter-energy"}, {"@id": "#parameter-band"}]
    assert main["output"] == {"@id": "#output-half"}


def test_the_doi_is_inside_the_crate():
    assert describe(FACTS).root["identifier"] == "https://doi.org/10.5072/reprise.x"


def test_a_crate_without_a_doi_has_no_identifier():
    assert "identifier" not in describe(replace(FACTS, doi="")).root


def test_a_value_says_of_which_parameter_it_is_and_in_which_unit():
    assert entity(FACTS, f"#run-{RUN.address}-energy") == {
        "@id": f"#run-{RUN.address}-energy",
        "@type": "PropertyValue",
        "name": "energy",
        "value": 25.0,
        "exampleOfWork": {"@id": "#parameter-energy"},
        "unitText": "keV",
    }


def test_a_product_says_of_which_output_it_is_and_its_checksum():
    product = entity(FACTS, "outputs/half.json")
    assert (product["exampleOfWork"], product["sha256"], product["contentSize"]) == (
        {"@id": "#output-half"}, DIGEST, "5",
    )  # fmt: skip


def test_a_value_that_is_not_a_number_is_written_as_text():
    facts = replace(FACTS, runs=(replace(RUN, values={"energy": float("nan")}),))
    assert entity(facts, f"#run-{RUN.address}-energy")["value"] == "nan"


def test_every_file_has_its_checksum_size_and_media_type():
    crate = describe(FACTS)
    files = [item for item in crate.data if item["@id"] != "workflow/half.ipynb"]
    # The preview is a page about the crate and no data of it.
    paths = {member.path for member in crate.members} - {"ro-crate-preview.html"}
    assert {item["@id"] for item in crate.data} == paths
    assert all({"sha256", "contentSize", "encodingFormat"} <= item.keys() for item in files)


def test_data_that_is_left_out_is_a_web_entity_with_its_checksum():
    data = entity(with_data(), "https://x.org/a.fits")
    assert (data["sha256"], data["contentUrl"], data["contentSize"]) == (
        "12" * 32, "https://x.org/a.fits", "4",
    )  # fmt: skip
    assert "data/a.fits" not in {member.path for member in describe(with_data()).members}


def test_data_that_is_included_lies_in_the_folder_data():
    assert "data/a.fits" in {item.path for item in describe(with_data(included=True)).members}
    assert entity(with_data(included=True), "data/a.fits")["sha256"] == "12" * 32


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", 'https://x.org/"><a>', "https:// x"]
)
def test_an_address_that_is_none_is_never_an_identifier(url):
    facts = replace(with_data(url=url), references=(url,))
    crate = describe(facts)
    assert url not in {item["@id"] for item in (*crate.data, *crate.others)}


def test_an_author_without_a_real_orcid_gets_a_local_name():
    facts = replace(FACTS, people=(Person("A", "B", "https://evil.org/0000"),))
    assert describe(facts).root["author"] == {"@id": "#person-1"}


def test_an_author_with_one_name_is_an_organisation():
    facts = replace(FACTS, people=(Person(family="The team"),))
    assert entity(facts, "#person-1") == {
        "@id": "#person-1",
        "@type": "Organization",
        "name": "The team",
        "url": FACTS.landing,
        "description": "No address of it is known here; this page names it.",
    }


def test_an_affiliation_that_is_an_address_is_the_organisation_there():
    ror = "https://ror.org/04jr01610"
    facts = replace(FACTS, people=(Person("Vera", "Rubin", affiliation=ror),))
    assert entity(facts, "#person-1")["affiliation"] == {"@id": ror}
    assert entity(facts, ror) == {"@id": ror, "@type": "Organization", "name": ror, "url": ror}


def test_a_licence_that_is_no_spdx_identifier_keeps_its_words():
    facts = replace(FACTS, licence="free for all, please cite")
    name = describe(facts).root["license"]["@id"]
    assert (name[:9], entity(facts, name)["name"]) == ("#licence-", "free for all, please cite")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "a\\b", "a\nb", "", "./a"])
def test_a_file_that_would_leave_its_folder_is_refused(name):
    files = (*VERSION.files, StoredFile(name, DIGEST, 1))
    with pytest.raises(UnsafeNameError):
        describe(replace(FACTS, version=replace(VERSION, files=files)))


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ""])
def test_a_product_that_would_leave_its_folder_is_refused(name):
    with pytest.raises(UnsafeNameError):
        describe(replace(FACTS, runs=(replace(RUN, products=(replace(PRODUCT, file=name),)),)))


def test_two_files_for_one_place_are_refused():
    files = (*VERSION.files, StoredFile("HALF.ipynb", "00" * 32, 1))
    with pytest.raises(UnsafeNameError):
        describe(replace(FACTS, version=replace(VERSION, files=files)))


def test_runs_of_a_release_have_a_folder_each():
    other = replace(RUN, address="11" * 32)
    paths = {item.path for item in describe(replace(FACTS, runs=(RUN, other))).members}
    assert {f"outputs/{'cd' * 6}/half.json", f"outputs/{'11' * 6}/half.json"} <= paths


def test_the_readme_shows_a_strangers_words_as_they_are():
    facts = replace(FACTS, title="# <script>\n\n[x](javascript:1)")
    text = next(item.data for item in describe(facts).members if item.path == "README.md").decode()
    assert text.splitlines()[0] == r"# \# \<script\> \[x\](javascript:1)"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_any_words_of_strangers_give_json_and_unique_identifiers(title, name, licence):
    facts = replace(FACTS, title=title, people=(Person(name, name),), licence=licence)
    crate = describe(facts)
    names = [item["@id"] for item in (*crate.data, *crate.others)]
    json.dumps([crate.root, *crate.data, *crate.others], allow_nan=False)
    assert len(names) == len(set(names))


@given(st.text(max_size=30))
def test_any_file_name_is_refused_or_stays_in_its_folder(name):
    files = (*VERSION.files, StoredFile(name, DIGEST, 1))
    try:
        members = describe(replace(FACTS, version=replace(VERSION, files=files))).members
    except UnsafeNameError:
        return
    assert f"workflow/{name}" in {item.path for item in members}
    assert ".." not in name.split("/")
