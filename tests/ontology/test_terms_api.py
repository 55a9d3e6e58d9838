from typing import TYPE_CHECKING

import pytest

from ontology.domain import terms

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("loaded")


def test_the_list_is_paged(client: "Client") -> None:
    answer = client.get("/api/terms/").json()
    assert answer["count"] == len(terms.vocabulary())
    assert len(answer["results"]) == 100
    assert answer["results"][0]["name"] == "ActiveGalacticNucleus"


def test_a_text_narrows_the_list(client: "Client") -> None:
    answer = client.get("/api/terms/", {"q": "pulsar"}).json()
    assert [term["name"] for term in answer["results"]] == ["Pulsar", "PulsarWindNebula"]


def test_a_term_has_all_its_fields(client: "Client") -> None:
    assert client.get("/api/terms/XRayBinary/").json() == {
        "name": "XRayBinary",
        "label": "X-ray binary",
        "definition": "A neutron star or black hole that draws matter from a companion and shines"
        " in X-rays.",
        "alternative_labels": ["XRB"],
        "scheme": "reprise",
        "iri": "https://w3id.org/reprise/ontology#XRayBinary",
        "matches": [
            {"relation": "exact", "iri": "http://astrothesaurus.org/uat/1811"},
            {"relation": "exact", "iri": "http://www.ivoa.net/rdf/object-type#xb"},
        ],
        "broader": ["BinaryStar", "Star", "CelestialObject"],
        "narrower": ["HighMassXRayBinary", "LowMassXRayBinary"],
    }


def test_an_unknown_term_is_a_problem_with_a_stable_id(client: "Client") -> None:
    answer = client.get("/api/terms/Nothing/")
    assert (answer.status_code, answer.json()["id"]) == (404, "ontology:user:unknown-term")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_terms_cannot_be_changed(client: "Client", method: str) -> None:
    assert getattr(client, method)("/api/terms/Energy/").status_code == 405
    assert getattr(client, method)("/api/terms/").status_code == 405


@pytest.mark.parametrize("size", [1, 3, 50])
def test_a_longer_list_asks_no_more_questions(
    client: "Client", size: int, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    with django_assert_num_queries(2):  # how many there are, and a page of them
        client.get("/api/terms/", {"page_size": size})
