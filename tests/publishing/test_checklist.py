"""The checklist of a release: what it must, should and may have, by field, for whose move it is."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.domain.findings import Severity
from publishing.domain.checklist import ChosenRun, Draft, Limits, Mender, check
from publishing.domain.faults import faults_of
from publishing.domain.identifiers import is_spelled
from publishing.domain.letters import strange_letter
from publishing.domain.licences import conflict, licence_spelled, suits_code, suits_data
from publishing.domain.orcid import orcid_checks, orcid_spelled, ror_checks, ror_spelled
from publishing.domain.record import Contributor, Funding, Licences, Record, Related

TODAY = date(2026, 11, 21)
VERA = Contributor("Vera", "Rubin", "https://orcid.org/0000-0002-1825-0097")
GOOD = Record(
    title="A spectrum", description="It shows a spectrum.", contributors=(VERA,),
    licence="CC-BY-4.0", licences=Licences(code="BSD-3-Clause"),
)  # fmt: skip
RUN = ChosenRun("a" * 64, version="v")
GIGABYTE = 10**9


def told(record=GOOD, runs=(RUN,), **draft):
    return check(Draft(record, tuple(runs), TODAY, **draft))


def places(record):
    return {(fault.field, fault.rule) for fault in faults_of(record, TODAY)}


def test_a_release_that_has_everything_has_no_finding():
    assert told() == ()


@pytest.mark.parametrize(
    ("changes", "name", "field"),
    [
        ({"title": " "}, "title", "title"),
        ({"contributors": ()}, "people", "people"),
        ({"contributors": (replace(VERA, roles=("DataCurator",)),)}, "people", "people"),
        ({"licence": ""}, "licence", "licence"),
    ],
)
def test_what_must_be_there_is_named_with_its_field(changes, name, field):
    found = told(replace(GOOD, **changes))

    assert [(item.severity, item.id, item.field) for item in found] == [
        (Severity.MUST, f"publishing/{name}", field)
    ]


def test_the_gravest_come_first():
    found = told(Record("x", contributors=(Contributor(family="Rubin"),), licence=""))

    assert [item.severity for item in found] == ["must", "should", "may"]


# ISO 7064 11-2: the examples that ORCID itself prints, one of them with an X.
@pytest.mark.parametrize(
    "orcid", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"]
)
def test_an_orcid_is_spelled_as_an_address_and_its_checksum_holds(orcid):
    assert orcid_spelled(f" {orcid.lower()} ") == f"https://orcid.org/{orcid}"
    assert orcid_spelled(f"http://orcid.org/{orcid}") == f"https://orcid.org/{orcid}"
    assert orcid_checks(orcid)


@given(st.integers(0, 10**15 - 1), st.integers(0, 15), st.integers(1, 9))
def test_no_orcid_with_one_digit_mistyped_checks(number, place, shift):
    digits = f"{number:015d}"
    ends = [end for end in "0123456789X" if orcid_checks(digits + end)]
    right = digits + ends[0]
    wrong = (
        right[:place] + str((int(right[place].replace("X", "0")) + shift) % 10) + right[place + 1 :]
    )

    assert len(ends) == 1
    assert wrong == right or not orcid_checks(wrong)


# CERN, ETH Zürich, MIT, UCL, Harvard, as the registry prints them.
@pytest.mark.parametrize("ror", ["01ggx4157", "05a28rw58", "042nb2s44", "02jx3x895", "03vek6s52"])
def test_a_ror_is_spelled_as_an_address_and_its_checksum_holds(ror):
    assert ror_spelled(f"ror.org/{ror.upper()}") == f"https://ror.org/{ror}"
    assert ror_checks(ror_spelled(ror))
    assert not ror_checks(f"https://ror.org/{ror[:7]}{(int(ror[7:]) + 1) % 100:02d}")


@pytest.mark.parametrize(
    ("person", "place"),
    [
        (replace(VERA, orcid="0000-0002-1825-0098"), ("people.0.orcid", "orcid-checksum")),
        (replace(VERA, orcid="vera"), ("people.0.orcid", "orcid-shape")),
        (replace(VERA, ror="01ggx4158"), ("people.0.ror", "ror-checksum")),
        (replace(VERA, ror="CERN"), ("people.0.ror", "ror-shape")),
        (replace(VERA, roles=("author", "Boss")), ("people.0.roles", "role")),
        (replace(VERA, given="", family=""), ("people.0.family", "name")),
        (replace(VERA, family="Rub\u202ein"), ("people.0.family", "letters")),
    ],
)
def test_what_is_wrong_with_a_person_is_told_at_their_field(person, place):
    assert places(replace(GOOD, contributors=(person,))) == {place}


def test_nobody_is_named_twice_but_two_of_one_name_may_have_two_orcids():
    other = replace(VERA, orcid="https://orcid.org/0000-0001-5109-3700")
    nameless = Contributor("vera", "RUBIN")

    assert places(replace(GOOD, contributors=(VERA, VERA))) == {("people.1", "twice")}
    assert places(replace(GOOD, contributors=(nameless, nameless))) == {("people.1", "twice")}
    assert places(replace(GOOD, contributors=(VERA, other))) == set()


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("BSD-3-Clause", "GPL-3.0-or-later"),
        ("CC-BY-4.0", "CC-BY-NC-4.0"),
        ("CC-BY-4.0", "CC-BY-ND-4.0"),
        ("CC0-1.0", "CC-BY-4.0"),
        ("CC-BY-4.0", "CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "GPL-3.0-only"),
        ("CC-BY-NC-4.0", "GPL-3.0-only"),
        ("GPL-2.0-only", "Apache-2.0"),
        ("GPL-3.0-only", "GPL-2.0-only"),
    ],
)
def test_licences_that_do_not_go_together_are_told_at_the_part(whole, part):
    record = replace(GOOD, licence=whole, licences=Licences(code=part))

    assert ("licences.code", "licences-apart") in places(record)


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("GPL-3.0-or-later", "BSD-3-Clause"),
        ("CC-BY-4.0", "MIT"),
        ("CC-BY-4.0", "CC0-1.0"),
        ("GPL-3.0-only", "CC-BY-SA-4.0"),
        ("GPL-3.0-or-later", "Apache-2.0"),
        ("CC-BY-NC-4.0", "MIT"),
        ("CC-BY-4.0", "LicenseRef-ours"),
    ],
)
def test_licences_that_go_together_are_not_told(whole, part):
    assert conflict(whole, part) == ""


@given(st.sampled_from(["MIT", "CC-BY-4.0", "GPL-3.0-only", "CC-BY-NC-4.0", "ODbL-1.0"]))
def test_a_licence_goes_together_with_itself(licence):
    assert conflict(licence, licence) == ""


def test_a_licence_that_spdx_does_not_know_is_told():
    assert licence_spelled("cc-by-4.0") == "CC-BY-4.0"
    assert places(replace(GOOD, licence="free as in beer")) == {("licence", "spdx")}
    assert places(replace(GOOD, licence="MIT OR Apache-2.0", licences=Licences())) == {
        ("licence", "licence-one")
    }


def test_code_under_a_licence_for_texts_is_advised_against():
    found = told(replace(GOOD, licences=Licences()))

    assert [(item.severity, item.id) for item in found] == [("should", "publishing/code-licence")]
    assert [suits_code(name) for name in ("MIT", "CC0-1.0", "CC-BY-4.0")] == [True, True, False]
    assert [suits_data(name) for name in ("MIT", "CC0-1.0", "CC-BY-4.0")] == [False, True, True]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), {("embargo", "embargo-past")}),
        (TODAY, {("embargo", "embargo-past")}),
        (date(2026, 11, 22), set()),
        (date(2199, 1, 1), {("embargo", "embargo-far")}),
    ],
)
def test_an_embargo_ends_after_today(day, expected):
    assert places(replace(GOOD, embargo=day, embargo_reason="The paper comes first.")) == expected


@pytest.mark.parametrize(
    ("work", "place"),
    [
        (Related("10.1051/x y", "doi", "Cites"), ("related.0.identifier", "doi")),
        (Related("20021289", "arxiv", "Cites"), ("related.0.identifier", "arxiv")),
        (Related("swh:1:dir:12", "swhid", "Cites"), ("related.0.identifier", "swhid")),
        (Related("javascript:alert(1)", "url", "Cites"), ("related.0.identifier", "url")),
        (Related("my shelf", "", "Cites"), ("related.0.identifier", "identifier")),
        (Related("10.1051/xy", "doi", "Loves"), ("related.0.relation", "relation")),
        (Related("10.1051/xy", "doi", "Cites", "Poem"), ("related.0.kind", "kind")),
    ],
)
def test_other_works_are_spelled_as_their_scheme_says(work, place):
    assert places(replace(GOOD, related=(work,))) == {place}


def test_an_award_has_a_funder_and_a_web_address():
    award = Funding("", url="nowhere")

    assert places(replace(GOOD, funding=(award,))) == {
        ("funding.0.funder", "funder"), ("funding.0.url", "url"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "title",
    [
        "a\0b",
        "a\nb",
        "a\x1b[31mb",
        "\u202eevil",
        "a\u200bb",
        "\ufeffa",
        "a\ud800",
        "a\ue000",
        "a\u2066",
    ],
)
def test_letters_that_hide_or_turn_what_one_reads_are_told(title):
    assert places(replace(GOOD, title=title)) == {("title", "letters")}


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])))
def test_letters_of_any_script_are_fine(text):
    assert strange_letter(text) == ""


def test_runs_that_have_not_finished_are_for_whoever_runs_them_again():
    runs = [RUN, replace(RUN, address="b" * 64, state="failed")]
    (found,) = told(runs=runs)

    assert (found.id, found.mender, found.link) == (
        "publishing/finished", Mender.RERUNNER, f"/runs/{'b' * 64}",
    )  # fmt: skip
    assert found.what == "1 of its runs have not finished: bbbbbbbbbbbb failed."


@pytest.mark.parametrize(
    ("run", "name"),
    [
        (replace(RUN, evicted=("half",)), "evicted"),
        (replace(RUN, short=("half",)), "lost-bytes"),
        (replace(RUN, is_trial=True), "trial"),
        (replace(RUN, is_unfit=True), "draft-version"),
    ],
)
def test_runs_that_cannot_be_packed_are_told(run, name):
    assert [(item.severity, item.id) for item in told(runs=[run])] == [
        ("must", f"publishing/{name}")
    ]


def test_runs_are_of_one_version_but_those_that_feed_another():
    other = ChosenRun("b" * 64, version="w")

    assert [item.id for item in told(runs=[RUN, other])] == ["publishing/one-workflow"]
    assert told(runs=[RUN, replace(other, is_fed_on=True)]) == ()


def test_what_a_repository_would_not_take_is_told_in_its_numbers():
    limits = (Limits("zenodo", 100, 50 * GIGABYTE), Limits("shelf"))
    (size,) = told(size=51 * GIGABYTE, limits=limits)
    (files,) = told(files=101, limits=limits)

    assert (size.severity, size.field) == ("should", "runs")
    assert size.what == "zenodo takes 50.0 GB, and the products alone have 51.0 GB."
    assert files.what == "zenodo takes 100 files, and these are 101."
    assert told(size=50 * GIGABYTE, files=100, limits=limits) == ()


def test_a_run_in_somebody_elses_draft_is_told_without_saying_whose():
    (found,) = told(elsewhere=1)

    assert (found.severity, found.id) == ("should", "publishing/elsewhere")


TEXT = st.text(max_size=20)
RECORDS = st.builds(
    Record, title=TEXT, description=TEXT, licence=TEXT,
    contributors=st.lists(
        st.builds(Contributor, TEXT, TEXT, TEXT, TEXT, TEXT, st.tuples(TEXT)), max_size=3
    ).map(tuple),
    licences=st.builds(Licences, TEXT, TEXT, TEXT), keywords=st.tuples(TEXT),
    funding=st.lists(st.builds(Funding, TEXT, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    related=st.lists(
        st.builds(Related, TEXT, st.sampled_from(["doi", "url", "swhid", ""]), TEXT, TEXT),
        max_size=2,
    ).map(tuple),
    embargo=st.none() | st.dates(),
)  # fmt: skip


@given(RECORDS)
def test_any_record_is_judged_and_every_fault_says_what_to_do(record):
    for item in told(record):
        assert item.what.endswith(".")
        assert item.mend.endswith(".")


@given(st.sampled_from(["doi", "arxiv", "bibcode", "url", "swhid", "handle", "urn"]), st.text())
def test_no_identifier_has_white_space(scheme, text):
    assert not is_spelled(scheme, f"{text} {text}")
