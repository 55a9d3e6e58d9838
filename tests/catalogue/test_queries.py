"""Reads of the catalogue: the newest versions that are no drafts, by words and by terms."""

import pytest

from catalogue import queries
from catalogue.errors import DraftVersionError, UnknownWorkflowError
from catalogue.models import VersionFile, VersionTerm
from ontology.actions import load_vocabularies
from tests.factories.rows import VersionFactory, WorkflowFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubling():
    """A workflow with two versions and a newer draft."""
    workflow = WorkflowFactory(slug="doubling")
    return [
        VersionFactory(workflow=workflow, number=number, is_draft=number == 3)
        for number in (1, 2, 3)
    ]


def found(**asked):
    return [str(version) for version in queries.search(**asked)]


def refused(error, *asked, ask=queries.version_of):
    with pytest.raises(error) as caught:
        ask(*asked)
    return caught.value.detail


def test_the_newest_version_that_is_no_draft_stands_for_a_workflow(doubling):
    assert list(queries.newest_versions()) == [doubling[1]]
    assert queries.version_of("doubling") == doubling[1]


def test_a_workflow_of_drafts_alone_is_not_listed_but_found():
    draft = VersionFactory(is_draft=True)
    assert list(queries.newest_versions()) == []
    assert queries.version_of(draft.workflow.slug) == draft


def test_workflows_are_listed_by_name():
    for slug in ("b", "c", "a"):
        VersionFactory(workflow__slug=slug, number=1)
    assert found() == ["a 1", "b 1", "c 1"]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [("DOUBL", ["a 1"]), ("stability", ["b 1"]), ("nebula", ["b 1"]), ("zz", []),
     ("", ["a 1", "b 1"]),
     ("%", []), ("nebu\x00la", ["b 1"])],
)  # fmt: skip
def test_words_are_looked_for_in_title_name_and_abstract(text, slugs):
    VersionFactory(workflow__slug="a", number=1, title="A doubled number", about_json={})
    VersionFactory(
        workflow__slug="b", number=1, title="Stability", about_json={"abstract": "The Nebula."}
    )
    assert found(text=text) == slugs


def test_a_term_finds_what_speaks_of_narrower_ones():
    load_vocabularies()
    for slug, terms in {"binary": ["XRayBinary"], "star": ["Star", "Pulsar"], "none": []}.items():
        version = VersionFactory(workflow__slug=slug, number=1)
        for term in terms:
            VersionTerm.objects.create(version=version, term=term, role="parameter")
            VersionTerm.objects.create(version=version, term=term, role="output")

    assert found(term="CelestialObject") == ["binary 1", "star 1"]
    assert found(term="BinaryStar") == ["binary 1"]
    assert found(term="LowMassXRayBinary") == []
    assert found(term="Star", text="star") == ["star 1"]


def test_an_unknown_term_is_looked_for_as_it_is():
    version = VersionFactory(workflow__slug="a", number=1)
    VersionTerm.objects.create(version=version, term="oda:Unknown", role="parameter")
    assert (found(term="oda:Unknown"), found(term="Nothing")) == (["a 1"], [])


def test_a_term_of_an_older_version_is_not_found(doubling):
    VersionTerm.objects.create(version=doubling[0], term="Energy", role="parameter")
    assert found(term="Energy") == []


def test_a_version_is_found_by_its_number(doubling):
    assert [queries.version_of("doubling", number) for number in (1, 2, 3)] == doubling


def test_what_is_not_there_is_named(doubling):
    where = "/api/workflows/ lists what there is."
    assert refused(UnknownWorkflowError, "tripling") == f"There is no workflow tripling; {where}"
    for number in (0, 4, 10**30):
        assert refused(UnknownWorkflowError, "doubling", number) == (
            f"There is no version {number} of doubling; {where}"
        )


def test_drafts_do_not_run(doubling):
    assert queries.runnable_version("doubling") == doubling[1]
    assert queries.runnable_version("doubling", 1) == doubling[0]
    assert refused(DraftVersionError, "doubling", 3, ask=queries.runnable_version) == (
        "doubling version 3 is a draft: /workflows/doubling/3 says why."
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_is_one_question(rows, django_assert_num_queries):
    load_vocabularies()
    for version in VersionFactory.create_batch(rows):
        VersionTerm.objects.create(version=version, term="Pulsar", role="parameter")
    with django_assert_num_queries(2):  # the narrower terms, and the versions with their workflows
        assert len([item.workflow.slug for item in queries.search(term="Star")]) == rows


def test_files_of_versions_and_data_that_they_name_are_held():
    file, data, other = ("a" * 64, "b" * 64, "c" * 64)
    version = VersionFactory(
        data_json=[{"name": "x.fits", "sha256": data, "url": "https://data.example.org/x.fits"}]
    )
    VersionFile.objects.create(version=version, path="x", digest=file, size=1)

    assert queries.held([file, data, other]) == {file, data}
    assert queries.held([]) == set()


def test_so_many_digests_may_be_asked_about_as_there_are():
    assert queries.held([f"{number:064x}" for number in range(2000)]) == set()
