"""A release in the formats of metadata: by address, and by what a program accepts."""

import json

import pytest
from datacite import schema45

from publishing.actions import release_run
from publishing.domain.formats import FORMATS
from publishing.domain.negotiation import chosen
from publishing.models import ArchivedSource, Deposit
from publishing.pages.formats import negotiated
from publishing.queries import release_of
from publishing.queries.describing import described_release, main_deposit
from tests.publishing.factories import RunFactory

SWHID = "swh:1:rev:" + "ab" * 20
pytestmark = pytest.mark.django_db


@pytest.fixture
def release():
    run = RunFactory(version__source="https://github.com/a/b.git", version__commit="0a1b2c3")
    ArchivedSource.objects.create(version=run.version, identifier=SWHID, scheme="swhid")
    return release_of(release_run(run).release_id)


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_has_an_address(client, release, name):
    response = client.get(f"/releases/{release.pk}/citation?format={name}")

    assert response.status_code == 200
    assert response["Content-Type"] == f"{FORMATS[name].media_type}; charset=utf-8"
    assert response["Link"] == f'</releases/{release.pk}>; rel="describes"'
    assert release.title in response.content.decode()


def test_bibtex_is_what_nobody_has_to_ask_for(client, release):
    assert client.get(f"/releases/{release.pk}/citation").content.startswith(b"@misc{reprise_")


@pytest.mark.parametrize("name", ["endnote", "", "<script>", "\x00"])
def test_an_unknown_format_is_told_with_those_there_are(client, release, name):
    response = client.get(f"/releases/{release.pk}/citation", {"format": name})

    assert response.status_code == 404
    assert "there are text, bibtex, ris, cff, codemeta, datacite, jsonld, csl." in (
        response.content.decode()
    )
    assert "<script>" not in response.content.decode().partition("<main")[2]


def test_nobody_changes_anything_by_an_address(client, release):
    assert client.post(f"/releases/{release.pk}/citation").status_code == 405


def test_the_value_is_gathered_from_the_rows(release, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = described_release(release)

    assert found.doi == f"10.5072/reprise.{release.pk}"
    assert found.link == f"https://reprise.example.org/doi/10.5072/reprise.{release.pk}"
    assert (found.publisher, found.version) == ("Reprise", 1)
    assert [(item.name, item.media_type) for item in found.files] == [
        (f"reprise-{release.pk}.crate.zip", "application/zip"),
        ("half.json", "application/json"),
        ("executed.ipynb", "application/x-ipynb+json"),
    ]
    assert (found.code.repository, found.code.commit) == ("https://github.com/a/b", "0a1b2c3")
    assert (found.code.runtime, found.code.language) == ("Python 3.11.9", "Jupyter Notebook")
    assert found.code.archived == SWHID


def test_a_released_run_is_valid_datacite(client, release):
    body = client.get(f"/releases/{release.pk}/citation?format=datacite").json()

    assert schema45.validate(body) is True
    assert body["doi"] == f"10.5072/reprise.{release.pk}"


def test_what_lasts_is_cited_before_what_does_not(release):
    for name, production in (("sandbox", False), ("zenodo", True)):
        Deposit.objects.create(
            release=release, repository=name, state="published", doi=f"10.5281/{name}.1",
            is_production=production, concept_doi=f"10.5281/{name}.0",
        )  # fmt: skip
    found = described_release(release_of(release.pk))

    assert (found.doi, found.concept_doi, found.publisher) == (
        "10.5281/zenodo.1", "10.5281/zenodo.0", "Zenodo",
    )  # fmt: skip


def test_a_draft_is_described_without_a_doi(release):
    release.deposits.all().delete()
    bare = type(release).objects.get(pk=release.pk)

    assert main_deposit(bare) is None
    assert described_release(bare).link == f"https://reprise.example.org/releases/{release.pk}"
    assert described_release(bare, doi="10.5281/x.9").doi == "10.5281/x.9"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("application/vnd.datacite.datacite+json", "datacite"),
        ("application/x-bibtex", "bibtex"),
        ("application/x-research-info-systems", "ris"),
        ("application/ld+json", "jsonld"),
        ("application/vnd.citationstyles.csl+json", "csl"),
        ("text/x-bibliography", "text"),
        ("application/x-bibtex;q=0.5, application/ld+json", "jsonld"),
        ("text/html;q=0.8, application/x-bibtex", "bibtex"),
        ("application/ld+json;q=0, application/x-bibtex;q=0.1", "bibtex"),
    ],
)
def test_a_program_gets_what_it_likes_best(rf, release, accept, name):
    response = negotiated(rf.get("/", headers={"Accept": accept}), release)

    assert response["Content-Location"] == f"/releases/{release.pk}/citation?format={name}"
    assert response["Vary"] == "Accept"
    assert response.content.decode() == FORMATS[name].write(described_release(release))


@pytest.mark.parametrize(
    "accept",
    [
        "", "*/*", "text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "image/png", "application/x-bibtex;q=0", "application/x-bibtex;q=nan",
        "application/x-bibtex;q=high",
        "application/x-bibtex;q=2", ";;,,q=", "a" * 100_000,
    ],
)  # fmt: skip
def test_a_browser_gets_the_page(accept):
    assert chosen(accept) is None


def test_the_formats_of_a_release_are_json_where_they_say_so(client, release):
    named = [item.name for item in FORMATS.values() if item.media_type.endswith("json")]

    for name in named:
        assert json.loads(client.get(f"/releases/{release.pk}/citation?format={name}").content)
    assert named == ["codemeta", "datacite", "jsonld", "csl"]
