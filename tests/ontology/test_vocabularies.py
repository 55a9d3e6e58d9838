import json

import pytest

from ontology.domain import vocabularies
from ontology.domain.terms import Match
from ontology.domain.vocabularies import Concept

SPACE = "http://example.org/v#"


def test_our_own_terms_are_concepts() -> None:
    angle = next(each for each in vocabularies.ours() if each.label == "right ascension")
    assert angle.broader == ("https://w3id.org/reprise/ontology#Angle",)


def test_ivoa_levels_and_relations_give_the_hierarchy() -> None:
    data = (
        "image;1;Image;A picture of the sky.\n"
        "# gone;2;Gone;Commented out.\n"
        'cube;2; Cube ;"More axes; at least three.";skos:altLabel(Data cube)\n'
        "film;3;Film;Axes with time.;skos:broader(image) skos:exactMatch(http://x.org/1)\n"
        "table;1;Table;\n"
    )
    assert vocabularies.read(data.encode(), "ivoa-csv", SPACE) == (
        Concept(SPACE + "image", "Image", "A picture of the sky."),
        Concept(
            *(SPACE + "cube", "Cube", "More axes; at least three.", ("Data cube",)),
            broader=(SPACE + "image",),
        ),
        Concept(
            *(SPACE + "film", "Film", "Axes with time."),
            broader=(SPACE + "cube", SPACE + "image"),
            matches=(Match("exact", "http://x.org/1"),),
        ),
        Concept(SPACE + "table", "Table"),
    )


def test_uat_rows_are_concepts() -> None:
    rows = [
        {"uri": SPACE + "1", "name": "Stars ", "altNames": ["Suns"], "broader": None},
        {
            "uri": SPACE + "2",
            "name": "Dwarfs",
            "definition": "Small.",
            "broader": [{"uri": SPACE + "1"}],
        },
    ]
    assert vocabularies.read(json.dumps(rows).encode(), "uat-json", SPACE) == (
        Concept(SPACE + "1", "Stars", "", ("Suns",)),
        Concept(SPACE + "2", "Dwarfs", "Small.", broader=(SPACE + "1",)),
    )


def test_classes_of_a_turtle_file_are_concepts() -> None:
    data = """
        @prefix : <http://example.org/v#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :A a owl:Class .
        :B a owl:Class ; rdfs:subClassOf :A ; rdfs:label "bee" ; rdfs:comment "A B." .
        :p a owl:ObjectProperty . <http://other.org/C> a owl:Class .
    """
    assert vocabularies.read(data.encode(), "turtle", SPACE) == (
        Concept(SPACE + "A", "A"),
        Concept(SPACE + "B", "bee", "A B.", broader=(SPACE + "A",)),
    )


@pytest.mark.parametrize("local", ["", "a/b", "a b", "../x", "x" * 101, "a\nb"])
def test_a_concept_whose_name_cannot_stand_in_an_address_is_left_out(local: str) -> None:
    rows = [{"uri": SPACE + local, "name": "x"}]
    assert vocabularies.read(json.dumps(rows).encode(), "uat-json", SPACE) == ()


@pytest.mark.parametrize(
    ("data", "form"), [(b"[", "uat-json"), (b"a;b", "ivoa-csv"), (b"\xff", "ivoa-csv")]
)
def test_bytes_of_another_form_are_refused(data: bytes, form: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        vocabularies.read(data, form, SPACE)
