import re
from typing import TYPE_CHECKING

import pytest

from ontology.models import Term, Vocabulary

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("loaded")


def links(page: str) -> list[str]:
    """Where the links to terms on a page lead."""
    return re.findall(r'href="(/terms/[^"]+)"', page)


def test_the_list_links_to_every_term(client: "Client") -> None:
    page = client.get("/terms/").content.decode()
    assert sorted(links(page)) == sorted(f"/terms/{name}" for name in all_names())


def all_names() -> list[str]:
    return list(Term.objects.values_list("name", flat=True))


def test_a_search_shows_what_it_finds(client: "Client") -> None:
    page = client.get("/terms/", {"q": "pulsar"}).content.decode()
    assert links(page) == ["/terms/Pulsar", "/terms/PulsarWindNebula"]


def test_a_search_without_finds_says_so(client: "Client") -> None:
    page = client.get("/terms/", {"q": "zzzz"}).content.decode()
    assert "No term has these words." in page


def test_what_is_searched_for_is_shown_as_text_and_not_as_markup(client: "Client") -> None:
    page = client.get("/terms/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page


def test_a_term_page_leads_up_down_and_out(client: "Client") -> None:
    page = client.get("/terms/XRayBinary").content.decode()
    assert [link for link in links(page) if link != "/terms/XRayBinary"] == [
        "/terms/BinaryStar",
        "/terms/Star",
        "/terms/CelestialObject",
        "/terms/HighMassXRayBinary",
        "/terms/LowMassXRayBinary",
    ]
    assert 'href="http://astrothesaurus.org/uat/1811"' in page
    assert "draws matter from a companion" in page
    assert "CC0-1.0" in page


def test_an_unknown_term_is_not_found(client: "Client") -> None:
    assert client.get("/terms/Nothing").status_code == 404


@pytest.mark.parametrize("address", ["/terms/", "/terms/Energy"])
def test_pages_only_read(client: "Client", address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("name", ["Pulsar", "CelestialObject"])
def test_a_term_with_more_below_it_asks_no_more_questions(
    client: "Client", name: str, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    with django_assert_num_queries(4):  # the term, above, below, its vocabulary
        client.get(f"/terms/{name}")


def test_a_term_of_another_vocabulary_names_where_it_comes_from(client: "Client") -> None:
    Vocabulary.objects.create(
        scheme="x", title="Words of X", url="https://x.org", licence="CC0-1.0"
    )
    Term.objects.create(iri="http://x.org/1", name="x:1", label="One", scheme="x")
    page = client.get("/terms/x:1").content.decode()
    assert '<a href="https://x.org" rel="external">Words of X</a>, licence: CC0-1.0' in page
