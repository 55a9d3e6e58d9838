"""Related works, gathered from what the catalogue already knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain.entry import DataFile
from executor.models import RunInput
from publishing.domain.formats.wording import canonical_doi
from publishing.domain.gathering import (
    ADDRESSES_AT_MOST,
    at_commit,
    gather,
    of_code,
    of_data,
    of_figures,
    of_references,
)
from publishing.domain.record import Related
from publishing.domain.shown import ShownFigure, ShownPaper
from publishing.models import ArchivedSource
from publishing.queries.gathering import gathered, versions_behind
from tests.publishing.factories import ABOUT, RunFactory, VersionFactory
from tests.publishing.formats.records import thorough

PAPER = ShownPaper("Online data analysis", "Neronov et al. 2021", "10.1051/0004-6361/202037850",
                   "2002.12895", "2021A&A...651A..97N")  # fmt: skip
DATA = DataFile("strain.hdf5", "0" * 64, 5, "https://example.org/strain.hdf5", "CC-BY-4.0",
                "LIGO, release of GW150914, doi:10.7935/K5MW2F23")  # fmt: skip
SWHID = "swh:1:rev:" + "ab" * 20


def figure(*, verdict="within tolerance", doi="https://doi.org/10.5281/zenodo.3634648"):
    return ShownFigure("0" * 64, "crab", "Crab", "/figures/crab", PAPER, doi=doi, verdict=verdict)


def shortly(works):
    return [(item.scheme, item.identifier, item.relation, item.source) for item in works]


def test_a_release_supplements_the_paper_by_each_of_its_names():
    assert shortly(of_figures([figure()])) == [
        ("doi", "10.1051/0004-6361/202037850", "IsSupplementTo", "figure"),
        ("arxiv", "2002.12895", "IsSupplementTo", "figure"),
        ("bibcode", "2021A&A...651A..97N", "IsSupplementTo", "figure"),
        ("doi", "10.5281/zenodo.3634648", "IsVariantFormOf", "figure"),
    ]


@pytest.mark.parametrize("verdict", ["", "different", "failed", "not comparable"])
def test_what_did_not_come_out_alike_is_no_variant_of_the_figure(verdict):
    assert of_figures([figure(verdict=verdict)])[-1].relation == "References"


def test_data_are_what_it_is_derived_from_and_their_papers_are_referenced():
    of_paper = DataFile("bat.dat", "1" * 64, None, "https://zenodo.org/x?doi=10.5281/zenodo.9", "",
                        "Krimm et al. 2013 (doi:10.1088/0067-0049/209/1/14).")  # fmt: skip

    assert of_data([DATA, of_paper]) == [
        Related("10.5281/zenodo.9", "doi", "IsDerivedFrom", "Dataset", "bat.dat", "data"),
        Related("10.7935/K5MW2F23", "doi", "IsDerivedFrom", "Dataset",
                "LIGO, release of GW150914", "data"),
        Related("10.1088/0067-0049/209/1/14", "doi", "References", "", "Krimm et al. 2013", "data"),
        Related("https://example.org/strain.hdf5", "url", "IsDerivedFrom", "Dataset",
                "strain.hdf5", "data"),
    ]  # fmt: skip


def test_files_of_one_commit_are_told_of_together():
    raw = "https://raw.githubusercontent.com/a/b/" + "0" * 40
    files = [DataFile(name, "0" * 64, 1, f"{raw}/{name}") for name in ("x", "y")]
    alone = DataFile("z", "0" * 64, 1, "https://raw.githubusercontent.com/c/d/" + "1" * 40 + "/z")

    assert of_data([*files, alone]) == [
        Related("https://github.com/a/b/tree/" + "0" * 40, "url", "IsDerivedFrom", "Dataset",
                "2 data files", "data"),
        Related(alone.url, "url", "IsDerivedFrom", "Dataset", "z", "data"),
    ]  # fmt: skip


def test_addresses_are_told_of_to_a_number():
    files = [DataFile("x", "0" * 64, 1, f"https://e.org/{number}") for number in range(99)]

    assert len(of_data(files)) == ADDRESSES_AT_MOST


@pytest.mark.parametrize(
    ("words", "doi"),
    [
        ("see doi:10.1051/0004-6361:20031395.", "10.1051/0004-6361:20031395"),
        ("(https://doi.org/10.1016/S0370-2693(01)00123-4)", "10.1016/S0370-2693(01)00123-4"),
        ("10.1000/a, and more", "10.1000/a"),
    ],
)
def test_a_doi_ends_before_the_mark_of_its_sentence(words, doi):
    assert of_data([DataFile("x", "0" * 64, 1, "", "", words)])[0].identifier == doi


@thorough
@given(st.text(max_size=60).map(lambda words: f"doi:10.1000/{words}"))
def test_what_is_taken_for_a_doi_is_one(words):
    found = of_data([DataFile("x", "0" * 64, 1, "", "", words)])

    assert [canonical_doi(item.identifier) for item in found] == [item.identifier for item in found]


def test_references_are_told_by_their_best_name():
    assert shortly(
        of_references(
            ["https://doi.org/10.1364/AO.28.004344", "https://arxiv.org/abs/2002.12895v2",
             "https://ui.adsabs.harvard.edu/abs/2003A%26A...411L.223G/abstract",
             "https://example.org/manual", "javascript:alert(1)", ""]
        )
    ) == [
        ("doi", "10.1364/AO.28.004344", "References", "entry"),
        ("arxiv", "2002.12895", "References", "entry"),
        ("bibcode", "2003A&A...411L.223G", "References", "entry"),
        ("url", "https://example.org/manual", "References", "entry"),
    ]  # fmt: skip


def test_code_is_named_at_its_commit_and_where_it_is_archived():
    assert shortly(of_code("https://github.com/a/b.git", "0a1b2c3", [("swhid", SWHID)])) == [
        ("url", "https://github.com/a/b/tree/0a1b2c3", "IsCompiledBy", "entry"),
        ("swhid", SWHID, "IsCompiledBy", "entry"),
    ]
    assert at_commit("https://gitlab.com/a/b", "0a1b2c3") == (
        "https://gitlab.com/a/b/-/tree/0a1b2c3"
    )
    assert at_commit("bundled:half", "0a1b2c3") == ""


def test_a_work_is_told_once_by_what_is_known_best():
    paper = Related("10.1000/A", "doi", "IsSupplementTo")
    cited = Related("10.1000/a", "doi", "References")

    assert gather([paper], [cited]) == (paper,)


@pytest.mark.django_db
def test_everything_is_gathered_from_the_rows(django_assert_num_queries):
    run = RunFactory(
        version__source="https://github.com/a/b", version__commit="0a1b2c3",
        version__data_json=[{"name": DATA.name, "sha256": DATA.sha256, "size": 5, "url": DATA.url,
                             "cite": DATA.cite}],
        version__about_json=ABOUT | {"references": ["https://doi.org/10.1364/AO.28.004344",
                                                    "https://doi.org/10.1051/0004-6361/202037850"]},
    )  # fmt: skip
    ArchivedSource.objects.create(version=run.version, identifier=SWHID, scheme="swhid")

    with django_assert_num_queries(2):
        found = gathered([run], [figure()])

    assert shortly(found) == [
        ("doi", "10.1051/0004-6361/202037850", "IsSupplementTo", "figure"),
        ("arxiv", "2002.12895", "IsSupplementTo", "figure"),
        ("bibcode", "2021A&A...651A..97N", "IsSupplementTo", "figure"),
        ("doi", "10.5281/zenodo.3634648", "IsVariantFormOf", "figure"),
        ("doi", "10.7935/K5MW2F23", "IsDerivedFrom", "data"),
        ("url", "https://example.org/strain.hdf5", "IsDerivedFrom", "data"),
        ("url", "https://github.com/a/b/tree/0a1b2c3", "IsCompiledBy", "entry"),
        ("swhid", SWHID, "IsCompiledBy", "entry"),
        ("doi", "10.1364/AO.28.004344", "References", "entry"),
    ]


@pytest.mark.django_db
def test_what_feeds_a_run_counts_too():
    first, second, third = (RunFactory(version=VersionFactory()) for _ in range(3))
    RunInput.objects.create(run=third, name="x", source=second, output="half")
    RunInput.objects.create(run=second, name="x", source=first, output="half")

    assert {item.pk for item in versions_behind([third])} == {
        first.version_id, second.version_id, third.version_id,
    }  # fmt: skip
