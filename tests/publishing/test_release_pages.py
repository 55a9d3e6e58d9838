"""Landing pages: for people, for search engines, and for machines that follow links."""

import html
import json
import re

import pytest
from django.test import Client
from django.utils import timezone
from signposting import (
    find_signposting_html,
    find_signposting_http,
    find_signposting_linkset,
)

from executor.models import Run
from ontology.domain.kinds import ParameterKind
from publishing.actions import release_run
from publishing.domain.formats import FORMATS
from publishing.domain.steps import Step
from publishing.models import ArchivedSource, Deposit, Release
from publishing.pages.asked import asked
from publishing.pages.panels import of_run
from publishing.pages.products import panel
from tests.publishing.factories import ABOUT, NUMBER, RunFactory, VersionFactory, add_output

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
    crate = f"{SITE}/api/releases/{deposit.release_id}/crate/"
    sent = client.get(deposit.release.get_absolute_url())["Link"].split(", ")
    profile = 'profile="https://w3id.org/ro/crate"'
    assert [link for link in sent if "describedby" not in link and "/products/" not in link] == [
        f'<{SITE}/doi/{deposit.doi}>; rel="cite-as"',
        '<https://schema.org/AboutPage>; rel="type"',
        '<https://schema.org/Dataset>; rel="type"',
        '<https://orcid.org/0000-0002-1825-0097>; rel="author"',
        '<https://spdx.org/licenses/BSD-3-Clause>; rel="license"',
        f'<{crate}>; rel="item"; type="application/zip"; {profile}',
        f'<{page}/linkset>; rel="linkset"; type="application/linkset+json"',
        f'<{page}/linkset.txt>; rel="linkset"; type="application/linkset"',
    ]


def test_every_format_of_metadata_is_linked_with_its_type(client):
    deposit = released()
    page = f"{SITE}/releases/{deposit.release_id}"
    sent = client.get(deposit.release.get_absolute_url())["Link"].split(", ")
    told = [link.split("; ")[0].strip("<>") for link in sent if "describedby" in link]
    assert told == [f"{page}/metadata", *(f"{page}/citation?format={name}" for name in FORMATS)]


def test_what_is_linked_answers_with_the_type_it_is_linked_with(client):
    page = signposts(client, released())
    for link in (*page["describedby"], *page["item"], *page["linkset"]):
        answer = sent(client, link["href"].removeprefix(SITE))
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (
            200, link["type"],
        )  # fmt: skip


def test_what_is_linked_leads_back(client):
    deposit = released()
    landing = f"<{SITE}/releases/{deposit.release_id}>"
    page = signposts(client, deposit)
    for link in page["item"]:
        back = sent(client, link["href"].removeprefix(SITE))["Link"].split(", ")
        assert f'{landing}; rel="collection"; type="text/html"' in back
    for link in page["describedby"]:
        back = sent(client, link["href"].removeprefix(SITE))["Link"]
        assert 'rel="describes"' in back


def sent(client, path: str):
    """An answer whose file is closed, as a server does once it is sent."""
    answer = client.get(path)
    answer.close()
    return answer


def signposts(client, deposit):
    """The links of the page in its linkset, and those to linksets."""
    answer = client.get(f"/releases/{deposit.release_id}/linkset")
    found = json.loads(answer.content)["linkset"][0]
    page = f"{SITE}/releases/{deposit.release_id}"
    own = [{"href": f"{page}/linkset", "type": "application/linkset+json"},
           {"href": f"{page}/linkset.txt", "type": "application/linkset"}]  # fmt: skip
    return found | {"linkset": own}


def test_the_linkset_holds_the_same_links(client):
    deposit = released()
    answer = client.get(f"/releases/{deposit.release_id}/linkset")
    contexts = json.loads(answer.content)["linkset"]
    links = contexts[0]
    assert answer["Content-Type"] == "application/linkset+json"
    assert links["anchor"] == f"{SITE}/releases/{deposit.release_id}"
    assert links["cite-as"] == [{"href": f"{SITE}/doi/{deposit.doi}"}]
    assert sorted(links) == [
        "anchor", "author", "cite-as", "describedby", "item", "license", "type",
    ]  # fmt: skip
    assert [sorted(item)[1] for item in contexts[1:]] == ["collection"] * 3 + ["describes"] * 9


@pytest.mark.enable_socket
@pytest.mark.parametrize("way", ["http", "html", "json", "text"])
def test_a_library_that_knows_nothing_of_us_reads_the_links(
    live_server, transactional_db, settings, way
):
    settings.PUBLIC_URL = live_server.url
    deposit = released()
    page = f"{live_server.url}/releases/{deposit.release_id}"
    find = {
        "http": lambda: find_signposting_http(page),
        "html": lambda: find_signposting_html(page),
        "json": lambda: find_signposting_linkset(f"{page}/linkset"),
        "text": lambda: find_signposting_linkset(f"{page}/linkset.txt", "application/linkset"),
    }  # fmt: skip
    found = find[way]().for_context(page)
    assert str(found.citeAs.target) == deposit.doi_url
    assert sorted(str(link.target) for link in found.types) == [
        "https://schema.org/AboutPage", "https://schema.org/Dataset",
    ]  # fmt: skip
    assert str(found.license.target) == "https://spdx.org/licenses/BSD-3-Clause"
    assert [str(link.target) for link in found.authors] == ["https://orcid.org/0000-0002-1825-0097"]
    assert len(found.describedBy) == 1 + len(FORMATS)
    assert len(found.items) == 3
    assert len(found.linksets) == (2 if way in ("http", "html") else 0)


def test_a_release_with_many_files_sends_a_short_header_and_a_whole_linkset(client):
    run = RunFactory()
    for number in range(40):
        add_output(run, f"o{number}", f"o{number}.txt", b"%d" % number, "text/plain")
    deposit = release_run(run)
    answer = client.get(deposit.release.get_absolute_url())
    assert answer["Link"].count('rel="item"') == 12
    assert len(signposts(client, deposit)["item"]) == 43
    assert len(answer["Link"]) < 6000


@pytest.mark.parametrize(
    ("part", "media_type"),
    [("metadata", "application/ld+json"), ("citation", "application/x-bibtex; charset=utf-8")],
)
def test_what_describes_a_release_says_so(client, part, media_type):
    release = released().release
    answer = client.get(f"{release.get_absolute_url()}/{part}")
    assert (answer["Content-Type"], 'rel="describes"' in answer["Link"]) == (media_type, True)


def test_the_metadata_is_that_of_the_deposited_crate(client):
    deposit = released()
    answer = client.get(f"/releases/{deposit.release_id}/metadata")
    root = next(item for item in json.loads(answer.content)["@graph"] if item["@id"] == "./")
    assert root["identifier"] == f"https://doi.org/{deposit.doi}"


def test_search_engines_find_a_dataset(client):
    deposit = released()
    found = jsonld(client.get(deposit.release.get_absolute_url()).content.decode())
    assert (found["@type"], found["name"], found["identifier"][0]["value"]) == (
        "Dataset", "Half of an energy", deposit.doi,
    )  # fmt: skip
    assert found["distribution"][0]["sha256"] == deposit.crate


def test_words_of_strangers_cannot_end_the_script_or_the_page(client):
    attack = "</script><script>alert(1)</script>"
    people = [
        {"given": "", "family": attack, "orcid": f'"><img src=x>{attack}', "affiliation": attack}
    ]
    deposit = released(abstract=attack, keywords=[attack], people=[{"family": attack}])
    # Releases made before the checklist refused such words keep them.
    Release.objects.filter(pk=deposit.release_id).update(people_json=people, licence="x</script>")
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
    # release, deposits, runs, outputs, attempts; versions and their deposits; the archived source
    # (told by formats, asked for by the page); what feeds the run, and its drawing
    with django_assert_num_queries(12):
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


PICTURE = b"\x89PNG\r\n\x1a\n"
ATTACK = '"><script>alert(1)</script>'


def judged(run: Run, **more):
    """A figure as the gallery tells of it."""
    return {
        "run": run.address, "slug": "half-figure", "title": "Half of it",
        "url": "/figures/half-figure", "place": "Figure 2", "caption": "Halves.",
        "picture": "curve", "doi": "", "verdict": "within tolerance",
        "words": "1 of 1 values within tolerance.", "checked": "2026-11-20T10:00:00+00:00",
        "paper": {"title": "On halves", "short": "Rubin 2026", "doi": "10.1000/halves",
                  "arxiv": "", "bibcode": "", "url": "/papers/halves"},
        "values": [{"label": "half", "published": "12.5", "found": "12.51", "unit": "keV",
                    "outcome": "within tolerance"}],
    } | more  # fmt: skip


def shown_release(**more) -> Release:
    run = RunFactory()
    add_output(run, "curve", "curve.png", PICTURE, "image/png")
    release = release_run(run).release
    Release.objects.filter(pk=release.pk).update(shown_json=[judged(run, **more)])
    release.refresh_from_db()
    return release


def text_of(client, release: Release) -> str:
    return html.unescape(client.get(release.get_absolute_url()).content.decode())


def test_the_figure_its_verdict_and_its_values_come_first(client):
    release = shown_release()
    page = text_of(client, release)
    picture = release.runs.get().outputs.get(name="curve").product.get_absolute_url()
    places = [
        page.index(words)
        for words in (
            "<h1>Half of an energy", "Carnegie Institution)", f'src="{picture}"',
            "1 of 1 values within tolerance.", "Run again", "Published and found</caption>",
            "12.51", 'id="cite"', "About this release", 'id="data"', "Run it without us",
            "Provenance</h2>",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_change_and_re_run_holds_the_form_against_the_figure(client):
    release = shown_release()
    version = release.runs.get().version
    address = f"{version.get_absolute_url()}?energy=25.0&band=hard&reprise-figure=half-figure#run"
    assert f'href="{address}">Change and re-run' in text_of(client, release)


def test_opening_a_landing_page_starts_nothing(client):
    release = shown_release()
    before = Run.objects.count()
    page = text_of(client, release)
    client.get(re.search(r'href="(/workflows/[^"]*)">Run again', page)[1].partition("#")[0])
    assert (Run.objects.count(), "<form" in page) == (before, False)


def test_words_of_a_figure_are_shown_and_not_run(client):
    release = shown_release(title=ATTACK, words=ATTACK, caption=ATTACK, verdict="different",
                            checked=ATTACK)  # fmt: skip
    assert "<script>alert" not in client.get(release.get_absolute_url()).content.decode()


def test_every_format_stands_ready_to_be_copied(client):
    page = text_of(client, shown_release())
    assert [label for label in ("BibTeX", "RIS", "CITATION.cff", "DataCite", "CSL-JSON")
            if f"<summary>{label}</summary>" not in page] == []  # fmt: skip


def test_a_program_gets_the_format_that_it_accepts(client):
    release = released().release
    answer = client.get(release.get_absolute_url(), headers={"Accept": "application/x-bibtex"})
    assert (answer["Content-Type"], answer["Vary"]) == (
        "application/x-bibtex; charset=utf-8", "Accept",
    )  # fmt: skip
    assert answer.content.startswith(b"@")


def test_files_have_their_whole_checksum_and_a_page(client):
    release = released().release
    page = text_of(client, release)
    for output in release.runs.get().outputs.all():
        assert f"<code>{output.product_id}</code>" in page
        assert f'href="{release.get_absolute_url()}/products/{output.product_id}"' in page


def test_the_doi_of_a_repository_is_cited_rather_than_our_own(client):
    release = released().release
    elsewhere(release, state="resolves")
    page = text_of(client, release)
    assert 'href="https://doi.org/10.5281/zenodo.7"' in page
    assert '<meta name="citation_doi" content="10.5281/zenodo.7">' in page
    assert 'href="https://doi.org/10.5281/zenodo.6"' in page
    assert "registering" not in page


def test_a_doi_that_does_not_resolve_yet_is_called_registering(client):
    release = released().release
    elsewhere(release, state="published")
    page = text_of(client, release)
    assert "registering: published, its DOI does not resolve yet" in page


def elsewhere(release: Release, **more) -> Deposit:
    return Deposit.objects.create(
        release=release, repository="zenodo", doi="10.5281/zenodo.7", is_production=True,
        concept_doi="10.5281/zenodo.6", remote_url="https://zenodo.org/records/7",
        crate=release.deposit.crate, crate_size=release.deposit.crate_size, **more,
    )  # fmt: skip


def test_a_deposit_on_its_way_tells_no_secrets(client):
    release = released().release
    elsewhere(release, state="failed", error="token=hunter2")
    page = text_of(client, release)
    assert "the deposit stopped, and its people know why" in page
    assert "hunter2" not in page


def next_version(release: Release) -> Release:
    made = release_run(RunFactory()).release
    Release.objects.filter(pk=made.pk).update(concept=release.concept, number=release.number + 1)
    made.refresh_from_db()
    return made


def test_an_older_version_leads_calmly_to_the_newer_one(client):
    old = released().release
    new = next_version(old)
    assert f'There is a newer version: <a href="/releases/{new.pk}">version 2</a>' in (
        text_of(client, old)
    )
    assert "There is a newer version" not in text_of(client, new)


def test_machines_are_told_of_the_versions(client):
    old = released().release
    new = next_version(old)
    links = client.get(old.get_absolute_url())["Link"]
    assert f'<{SITE}/releases/{new.pk}>; rel="latest-version"; type="text/html"' in links
    links = client.get(new.get_absolute_url())["Link"]
    assert f'<{SITE}/releases/{old.pk}>; rel="predecessor-version"; type="text/html"' in links


def test_a_concept_leads_to_its_newest_version(client):
    old = released().release
    new = next_version(old)
    answer = client.get(f"/releases/concept/{old.concept_id}")
    assert (answer.status_code, answer["Location"]) == (302, f"/releases/{new.pk}")


def test_a_concept_leads_past_a_withdrawn_version(client):
    old = released().release
    withdraw(next_version(old))
    assert client.get(f"/releases/concept/{old.concept_id}")["Location"] == (f"/releases/{old.pk}")


def withdraw(release: Release, reason: str = "The lock was wrong.") -> None:
    Release.objects.filter(pk=release.pk).update(
        withdrawn_at=timezone.now(), withdrawn_reason=reason
    )


def test_a_withdrawn_release_has_a_tombstone(client):
    release = released().release
    withdraw(release, f"The lock was wrong.{ATTACK}")
    answer = client.get(release.get_absolute_url())
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "This release was withdrawn on" in page
    assert "The lock was wrong." in page
    assert "<script>alert" not in page
    assert "Half of an energy" in page
    assert "/crate/" not in page
    assert jsonld(page)["creativeWorkStatus"] == "Withdrawn"


def test_a_tombstone_still_says_how_it_was_cited(client):
    release = released().release
    withdraw(release)
    answer = client.get(release.get_absolute_url())
    links = answer["Link"]
    assert ('rel="cite-as"' in links, 'rel="describedby"' in links, 'rel="item"' in links) == (
        True, True, False,
    )  # fmt: skip


def test_a_tombstone_leads_to_the_version_that_takes_its_place(client):
    old = released().release
    new = next_version(old)
    withdraw(old)
    assert f'<a href="/releases/{new.pk}">Version 2</a> takes its place' in text_of(client, old)


def test_an_embargo_closes_the_files_and_nothing_else(client):
    release = released().release
    Release.objects.filter(pk=release.pk).update(
        details_json={"embargo": "2999-01-01", "embargo_reason": "A referee asked."}
    )
    page = text_of(client, release)
    assert "Files are closed until" in page
    assert "A referee asked." in page
    assert "/crate/" not in page
    assert release.runs.get().outputs.first().product_id in page
    assert 'rel="item"' not in client.get(release.get_absolute_url())["Link"]


def test_an_embargo_that_is_over_closes_nothing(client):
    release = released().release
    Release.objects.filter(pk=release.pk).update(details_json={"embargo": "2001-01-01"})
    assert "/crate/" in text_of(client, release)


def test_licences_of_parts_that_say_the_same_are_told_once(client):
    release = released().release
    Release.objects.filter(pk=release.pk).update(
        details_json={"licences": {"code": "BSD-3-Clause", "data": "CC-BY-4.0", "text": ""}}
    )
    page = text_of(client, release)
    assert page.count("spdx.org/licenses/BSD-3-Clause") >= 1
    assert 'Data that the runs made: <a href="https://spdx.org/licenses/CC-BY-4.0"' in page
    assert "<li>Code:" not in page


def test_people_have_their_places_and_roles(client):
    release = released().release
    Release.objects.filter(pk=release.pk).update(
        people_json=[
            {"given": "Vera", "family": "Rubin", "orcid": "https://orcid.org/0000-0002-1825-0097",
             "affiliation": "Carnegie Institution", "ror": "https://ror.org/04jr01610",
             "roles": ["author"]},
            {"given": "Ada", "family": "Lovelace", "roles": ["DataCurator"]},
        ]
    )  # fmt: skip
    page = text_of(client, release)
    assert '<a href="https://ror.org/04jr01610">Carnegie Institution</a>' in page
    assert "<dt>DataCurator</dt><dd>Ada Lovelace</dd>" in page


def test_related_works_and_funding_are_told(client):
    release = released().release
    Release.objects.filter(pk=release.pk).update(
        details_json={
            "funding": [{"funder": "A foundation", "number": "42"}],
            "related": [
                {"identifier": "10.1000/halves", "scheme": "doi", "relation": "IsSupplementTo",
                 "title": "On halves"},
                {"identifier": "javascript:alert(1)", "scheme": "url", "relation": "Cites"},
            ],
        }
    )  # fmt: skip
    page = text_of(client, release)
    assert "A foundation, 42" in page
    assert 'Is supplement to:</span> <a href="https://doi.org/10.1000/halves">On halves' in page
    assert 'href="javascript:' not in page


def test_a_work_that_is_named_twice_stands_there_once(client):
    release = released().release
    work = {"relation": "IsSupplementTo", "title": "On halves"}
    named = [("10.1000/halves", "doi"), ("2020HalfJ...1....1R", "bibcode"), ("10.1001/b", "doi")]
    Release.objects.filter(pk=release.pk).update(
        details_json={"related": [work | {"identifier": a, "scheme": b} for a, b in named]}
    )
    page = text_of(client, release)
    assert re.findall(r'Is supplement to:</span> <a href="([^"]+)"', page) == [
        "https://doi.org/10.1000/halves", "https://doi.org/10.1001/b",
    ]  # fmt: skip
    assert 'On halves</a>, <a class="break"' in page


def test_the_doi_of_all_versions_leads_where_that_of_one_does(client):
    deposit = released()
    Deposit.objects.filter(pk=deposit.pk).update(concept_doi="10.5072/reprise.all")
    page = text_of(client, deposit.release)
    assert f'<dt>All versions</dt><dd><a href="{SITE}/doi/10.5072/reprise.all">' in page


@pytest.mark.parametrize(
    ("production", "words"), [(False, "of a sandbox: it does not last"), (True, "it resolves as")]
)
def test_a_doi_of_a_sandbox_says_so(client, production, words):
    release = released().release
    Deposit.objects.create(
        release=release, repository="zenodo", state=Step.PUBLISHED, doi="10.5281/zenodo.1",
        is_production=production, published_at=timezone.now(), reserved_at=timezone.now(),
    )  # fmt: skip
    assert words in text_of(client, release)


def test_a_page_with_a_deposit_on_its_way_follows_by_itself(client):
    release = released().release
    before = text_of(client, release)
    Deposit.objects.create(release=release, repository="zenodo", state=Step.PACKED)
    assert ("data-pending" in before, "data-pending" in text_of(client, release)) == (False, True)


def test_pictures_come_first_among_the_files_and_the_notebook_after_the_numbers(client):
    run = RunFactory()
    add_output(run, "curve", "curve.png", PICTURE, "image/png")
    page = text_of(client, release_run(run).release)
    files = re.findall(r'<th scope="row"><a href="/releases/[^"]+/products/[^"]+">([^<]+)<', page)
    assert files == ["curve.png", "half.json", "executed.ipynb"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"run": "ab" * 32, "output": "image"}, "image of the run abababababab"),
        ([{"digest": "cd" * 32}, {"file": "a.fits"}],
         "the product cdcdcdcdcdcd, the author\u2019s a.fits"),
    ],
)  # fmt: skip
def test_a_product_that_was_given_is_told_in_words(value, words):
    run = RunFactory()
    run.typed_json = {"image": {"type": ParameterKind.PRODUCT, "value": value}}
    run.values_json = {"image": value}
    assert list(asked(run)) == [("image", words, "")]


def test_archived_sources_are_told(client):
    release = released().release
    swhid = f"swh:1:rev:{'a' * 40}"
    ArchivedSource.objects.create(
        version=release.runs.get().version, identifier=swhid, scheme="swhid"
    )
    assert f'href="https://archive.softwareheritage.org/{swhid}"' in text_of(client, release)


def test_where_everything_comes_from_is_drawn(client):
    page = text_of(client, shown_release())
    assert 'class="plan-picture lineage"' in page
    assert [name for name in ("curve.png", "half.json", "Parameters", "Environment")
            if f">{name}</text>" not in page] == []  # fmt: skip


def test_a_release_of_many_runs_offers_each(client):
    version = VersionFactory()
    release = released().release
    release.runs.add(RunFactory(version=version), RunFactory(version=version))
    page = text_of(client, release)
    assert page.count("#run") == 4
    assert "Run another of its 3 runs again" in page


# Products of a release


def test_a_product_of_a_release_has_a_landing_page(client):
    release = released().release
    product = release.runs.get().outputs.get(name="half").product
    answer = client.get(f"{release.get_absolute_url()}/products/{product.digest}")
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 200
    assert '<h1 class="break">half.json</h1>' in page
    assert f"<code>{product.digest}</code>" in page
    assert f"({len(NUMBER)} bytes)" in page
    found = jsonld(page)
    assert (found["isPartOf"]["@id"], found["distribution"]["sha256"]) == (
        release.deposit.doi_url, product.digest,
    )  # fmt: skip


def test_the_page_of_a_product_carries_typed_links(client):
    release = released().release
    product = release.runs.get().outputs.get(name="half").product
    page = f"{SITE}{release.get_absolute_url()}/products/{product.digest}"
    assert client.get(page.removeprefix(SITE))["Link"].split(", ") == [
        f'<{release.deposit.doi_url}>; rel="cite-as"',
        '<https://schema.org/AboutPage>; rel="type"',
        '<https://schema.org/Dataset>; rel="type"',
        '<https://orcid.org/0000-0002-1825-0097>; rel="author"',
        '<https://spdx.org/licenses/BSD-3-Clause>; rel="license"',
        f'<{page}/metadata>; rel="describedby"; type="application/ld+json"',
        f'<{SITE}/products/{product.digest}>; rel="item"; type="application/json"',
        f'<{SITE}{release.get_absolute_url()}>; rel="collection"; type="text/html"',
    ]


def test_the_bytes_of_a_released_product_lead_to_the_release(client):
    release = released().release
    product = release.runs.get().outputs.get(name="half").product
    assert sent(client, product.get_absolute_url())["Link"].split(", ") == [
        f'<{release.deposit.doi_url}>; rel="cite-as"',
        '<https://spdx.org/licenses/BSD-3-Clause>; rel="license"',
        f'<{SITE}{release.get_absolute_url()}>; rel="collection"; type="text/html"',
    ]


def test_the_bytes_of_a_product_of_two_releases_are_cited_by_one(client):
    first, second = released().release, released().release
    product = first.runs.get().outputs.get(name="half").product
    links = sent(client, product.get_absolute_url())["Link"]
    assert (links.count('rel="cite-as"'), links.count('rel="collection"')) == (1, 2)
    assert links.startswith(f"<{second.deposit.doi_url}>")


def test_the_bytes_of_a_product_that_is_in_no_release_lead_nowhere(client):
    product = RunFactory().outputs.get(name="half").product
    assert "Link" not in sent(client, product.get_absolute_url())


def test_pages_that_look_at_a_product_name_its_releases(rf):
    release = released().release
    product = release.runs.get().outputs.get(name="half").product
    shown = panel(rf.get("/"), product)
    assert f'href="/releases/{release.pk}/products/{product.digest}"' in shown
    assert panel(rf.get("/"), RunFactory().outputs.get(name="notebook").product) != shown


def test_a_product_of_a_withdrawn_release_is_offered_no_more(client):
    release = released().release
    withdraw(release)
    product = release.runs.get().outputs.get(name="half").product
    answer = client.get(f"{release.get_absolute_url()}/products/{product.digest}")
    assert (answer.status_code, b"Download" in answer.content) == (410, False)


@pytest.mark.parametrize("digest", ["0" * 64, "x", "..", "%00"])
def test_a_product_that_the_release_does_not_hold_has_no_page(client, digest):
    release = released().release
    assert client.get(f"{release.get_absolute_url()}/products/{digest}").status_code == 404
