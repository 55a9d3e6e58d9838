import pytest

from ontology.domain import namespaces


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("oda:Float", "http://odahub.io/ontology#Float"),
        ("unit:keV", "http://odahub.io/ontology/unit#keV"),
        ("reprise:Energy", "https://w3id.org/reprise/ontology#Energy"),
        ("https://odahub.io/ontology#Float", "http://odahub.io/ontology#Float"),
        ("http://schema.org/name", "https://schema.org/name"),
        ("https://example.org/x", "https://example.org/x"),
        ("unknown:Float", "unknown:Float"),
        ("plain words", "plain words"),
    ],
)
def test_a_prefixed_name_becomes_a_full_iri(written: str, full: str) -> None:
    assert namespaces.expand(written) == full


@pytest.mark.parametrize("name", ["oda:Float", "unit:keV", "schema:name", "rdf:type"])
def test_a_compact_name_is_what_expands_to_the_iri(name: str) -> None:
    assert namespaces.compact(namespaces.expand(name)) == name


def test_a_namespace_itself_has_no_compact_name() -> None:
    assert namespaces.compact(namespaces.ODA) == namespaces.ODA


@pytest.mark.parametrize(
    "iri", ["http://odahub.io/ontology#MJD", "http://astrothesaurus.org/uat/MJD", "oda:MJD"]
)
def test_the_local_name_is_the_last_part(iri: str) -> None:
    assert namespaces.local_name(iri) == "MJD"
