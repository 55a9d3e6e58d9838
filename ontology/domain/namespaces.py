"""Namespaces: the only place where IRIs are spelt out."""

from types import MappingProxyType

REPRISE = "https://w3id.org/reprise/ontology#"
ODA = "http://odahub.io/ontology#"
ODA_UNIT = "http://odahub.io/ontology/unit#"
SCHEMA = "https://schema.org/"
BIOSCHEMAS = "https://bioschemas.org/"
UAT = "http://astrothesaurus.org/uat/"
IVOA = "http://www.ivoa.net/rdf/"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SHACL = "http://www.w3.org/ns/shacl#"
DCTERMS = "http://purl.org/dc/terms/"
DC = "http://purl.org/dc/elements/1.1/"

TYPE = RDF + "type"

# The prefixes an annotation may use without declaring them: those that ODA binds, and ours.
PREFIXES = MappingProxyType(
    {
        "reprise": REPRISE,
        "oda": ODA,
        "unit": ODA_UNIT,
        "schema": SCHEMA,
        "xsd": XSD,
        "rdf": RDF,
        "rdfs": RDFS,
    }
)

# Other spellings of a namespace that people write, and the one spelling we keep.
SPELLINGS = MappingProxyType(
    {
        "https://odahub.io/ontology#": ODA,
        "https://odahub.io/ontology/unit#": ODA_UNIT,
        "http://schema.org/": SCHEMA,
        "http://w3id.org/reprise/ontology#": REPRISE,
    }
)


def expand(text: str) -> str:
    """The full IRI of a prefixed name with a known prefix; any other text in its one spelling."""
    prefix, colon, name = text.partition(":")
    if colon and prefix in PREFIXES and not name.startswith("//"):
        return PREFIXES[prefix] + name
    for spelling, namespace in SPELLINGS.items():
        if text.startswith(spelling):
            return namespace + text.removeprefix(spelling)
    return text


def compact(iri: str) -> str:
    """The prefixed name of an IRI in a known namespace; any other IRI as it is."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def local_name(iri: str) -> str:
    """What follows the last ``#``, ``/`` or ``:`` of an IRI."""
    return iri.replace("#", "/").replace(":", "/").rstrip("/").rpartition("/")[2]
