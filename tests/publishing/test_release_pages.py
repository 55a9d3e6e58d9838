"""Landing pages: for people, for search engines, and for machines that follow links."""

import html
import json
import re

import pytest
from django.test import Client

from executor.models import Run
from publishing.actions import release_run
from publishing.models import Release
from publishing.pages.panels import of_run
from tests.publishing.factories import ABOUT, RunFactory, VersionFactory

pytestmark = pytest.mark.django_db
SITE = "https://reprise.example.org"


def released(**about):
    return release_run(RunFactory(version=VersionFactory(about_json=ABOUT | about)))


def jsonld(page: str):
    return json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]
    )


def test_the_landing_page_shows_how_to_cite(client):
    deposit = released()
    page = html.unescape(client.get(deposit.release.get_absolute_url()).content.decode())
    year = deposit.release.frozen_at.year
    cited = (
        f"Rubin, V.; The Reprise developers ({year}): Half of an energy. Reprise. "
        f"{SITE}/doi/{deposit.doi}"
    )
    assert cited in page
    assert f"@misc{{reprise_{deposit.release_id}," in page


def test_a_doi_of_the_test_prefix_says_that_no_resolver_knows_it(client):
    page = client.get(released().release.get_absolute_url()).content.decode()
    assert "test prefix: not registered with a resolver" in page


def test_a_real_doi_leads_to_the_resolver(client, settings):
    settings.DOI_PREFIX = "10.1234"
    deposit = released()
    page = client.get(deposit.release.get_absolute_url()).content.decode()
    assert f'href="https://doi.org/{deposit.doi}"' in page
    assert "test prefix" not in page


def test_run_again_leads_to_the_form_with_the_same_parameters(client):
    deposit = released()
    version = deposit.release.runs.get().version
    page = html.unescape(client.get(deposit.release.get_absolute_url()).content.decode())
    assert f'href="{version.get_absolute_url()}?energy=25.0&band=hard#run"' in page


def test_the_page_carries_typed_links(client):
    deposit = released()
    page = f"{SITE}/releases/{deposit.release_id}"
    profile = 'profile="https://w3id.org/ro/crate"'
    crate = f"{SITE}/api/releases/{deposit.release_id}/crate/"
    assert client.get(deposit.release.get_absolute_url())["Link"].split(", ") == [
        f'<{SITE}/doi/{deposit.doi}>; rel="cite-as"',
        '<https://schema.org/AboutPage>; rel="type"',
        '<https://schema.org/Dataset>; rel="type"',
        '<https://orcid.org/0000-0002-1825-0097>; rel="author"',
        '<https://spdx.org/licenses/BSD-3-Clause>; rel="license"',
        f'<{page}/metadata>; rel="describedby"; type="application/ld+json"; {profile}',
        f'<{page}/citation>; rel="describedby"; type="application/x-bibtex"',
        f'<{crate}>; rel="item"; type="application/zip"; {profile}',
        f'<{page}/linkset>; rel="linkset"; type="application/linkset+json"',
    ]


def test_the_linkset_holds_the_same_links(client):
    deposit = released()
    answer = client.get(f"/releases/{deposit.release_id}/linkset")
    links = json.loads(answer.content)["linkset"][0]
    assert answer["Content-Type"] == "application/linkset+json"
    assert links["anchor"] == f"{SITE}/releases/{deposit.release_id}"
    assert links["cite-as"] == [{"href": f"{SITE}/doi/{deposit.doi}"}]
    assert sorted(links) == [
        "anchor",
        "author",
        "cite-as",
        "describedby",
        "item",
        "license",
        "type",
    ]


@pytest.mark.parametrize(
    ("part", "media_type"),
    [("metadata", "application/ld+json"), ("citation", "application/x-bibtex; charset=utf-8")],
)
def test_what_describes_a_release_says_so(client, part, media_type):
    release = released().release
    answer = client.get(f"{release.get_absolute_url()}/{part}")
    assert (answer["Content-Type"], answer["Link"]) == (
        media_type, f'<{release.get_absolute_url()}>; rel="describes"',
    )  # fmt: skip


def test_the_metadata_is_that_of_the_deposited_crate(client):
    deposit = released()
    answer = client.get(f"/releases/{deposit.release_id}/metadata")
    root = next(item for item in json.loads(answer.content)["@graph"] if item["@id"] == "./")
    assert root["identifier"] == f"https://doi.org/{deposit.doi}"


def test_search_engines_find_a_dataset(client):
    deposit = released()
    found = jsonld(client.get(deposit.release.get_absolute_url()).content.decode())
    assert (found["@type"], found["name"], found["identifier"]["value"]) == (
        "Dataset", "Half of an energy", deposit.doi,
    )  # fmt: skip
    assert found["distribution"]["sha256"] == deposit.crate


def test_words_of_strangers_cannot_end_the_script_or_the_page(client):
    attack = "</script><script>alert(1)</script>"
    people = [
        {"given": "", "family": attack, "orcid": f'"><img src=x>{attack}', "affiliation": attack}
    ]
    deposit = released(abstract=attack, keywords=[attack], people=people, licence="x</script>")
    page = client.get(deposit.release.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert jsonld(page)["description"] == attack


def test_a_doi_leads_to_its_landing_page_whatever_its_case(client):
    deposit = released()
    answer = client.get(f"/doi/{deposit.doi.upper()}")
    assert (answer.status_code, answer["Location"]) == (302, f"/releases/{deposit.release_id}")


@pytest.mark.parametrize(
    "path",
    [
        "/doi/10.5072/reprise.nothing",
        "/releases/nothing",
        "/releases/nothing/linkset",
        "/releases/a%00b",
        "/doi/10.5072/%00",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_form_releases_a_run_and_leads_to_its_page(client):
    run = RunFactory()
    answer = client.post("/releases/", {"run": run.address, "title": "My figure"})
    release = Release.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/releases/{release.pk}")
    assert release.title == "My figure"


def test_the_form_is_refused_from_another_page():
    answer = Client(enforce_csrf_checks=True).post("/releases/", {"run": RunFactory().address})
    assert (answer.status_code, Release.objects.count()) == (403, 0)


def test_a_run_that_failed_is_not_released(client):
    answer = client.post("/releases/", {"run": RunFactory(state=Run.States.FAILED).address})
    assert (answer.status_code, Release.objects.count()) == (409, 0)


def test_a_draft_has_no_page(client):
    run = RunFactory()
    release = Release.objects.create(title="draft", sole_run=run)
    assert client.get(release.get_absolute_url()).status_code == 404


def test_the_list_shows_every_release_with_as_many_queries_as_for_one(
    client, django_assert_num_queries
):
    released()
    client.get("/releases/")
    with django_assert_num_queries(6):
        client.get("/releases/")
    for _ in range(3):
        released()
    with django_assert_num_queries(6):
        page = client.get("/releases/").content.decode()
    assert page.count("10.5072/reprise.") == 4


def test_the_landing_page_asks_few_queries(client, django_assert_num_queries):
    release = released().release
    with django_assert_num_queries(5):  # release, deposits, runs, outputs, attempts
        client.get(release.get_absolute_url())


def test_the_page_of_a_run_offers_its_crate_and_a_doi(rf):
    run = RunFactory()
    before = of_run(rf.get("/"), run)
    deposit = release_run(run)
    after = of_run(rf.get("/"), run)
    assert f'href="/api/runs/{run.address}/crate/"' in before
    assert ("<form" in before, "<form" in after) == (True, False)
    assert f'href="/releases/{deposit.release_id}">{deposit.doi}</a>' in after


def test_the_page_of_a_run_that_failed_offers_nothing(rf):
    assert of_run(rf.get("/"), RunFactory(state=Run.States.FAILED)) == ""
