import hashlib
from dataclasses import replace
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from ontology.actions import load_vocabularies
from ontology.adapters.vocabularies import VocabularySource, declared
from ontology.domain import hierarchy, terms
from ontology.errors import UnreadableVocabularyError
from ontology.models import Term, TermClosure, Vocabulary

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

TWO = b"planet;1;Planet;Goes round a star.\nmoon;2;Moon;Goes round a planet.\n"
ONE = b"planet;1;Wanderer;Goes round a star.\n"


def source(folder: Path, data: bytes = TWO) -> VocabularySource:
    """A vocabulary of which the folder has the file."""
    folder.joinpath("terms.csv").write_bytes(data)
    return VocabularySource(
        scheme="test",
        title="Test vocabulary",
        file="terms.csv",
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        url="https://example.org/terms.csv",
        licence="CC0-1.0",
        namespace="http://example.org/v#",
        format="ivoa-csv",
        folders=(folder,),
    )


def rows(scheme: str) -> list[tuple[str, str]]:
    return list(Term.objects.filter(scheme=scheme).values_list("name", "label"))


@pytest.mark.usefixtures("db")
def test_our_terms_are_loaded_without_any_mirror() -> None:
    assert load_vocabularies(declared(())) == ("reprise",)
    assert set(Term.objects.values_list("name", flat=True)) == set(terms.vocabulary())


@pytest.mark.usefixtures("loaded")
def test_a_loaded_term_holds_what_the_ontology_says() -> None:
    term = Term.objects.get(name="PulsarWindNebula")
    assert (term.iri, term.label, term.scheme, term.alternative_labels, term.matches) == (
        "https://w3id.org/reprise/ontology#PulsarWindNebula",
        "pulsar wind nebula",
        "reprise",
        ["PWN", "plerion"],
        [{"relation": "exact", "iri": "http://astrothesaurus.org/uat/2215"}],
    )


@pytest.mark.usefixtures("loaded")
def test_the_closure_is_that_of_the_ontology() -> None:
    lines = TermClosure.objects.values_list("ancestor__name", "descendant__name", "depth")
    broader = {name: term.broader for name, term in terms.vocabulary().items()}
    assert set(lines) == set(hierarchy.closure(broader))


@pytest.mark.usefixtures("loaded")
def test_a_second_load_asks_one_question_and_changes_nothing(
    django_assert_num_queries: "DjangoAssertNumQueries",
) -> None:
    before = list(Term.objects.values())
    start = perf_counter()
    with django_assert_num_queries(3):  # a savepoint, the stamps, the savepoint released
        assert load_vocabularies() == ()
    assert perf_counter() - start < 0.05
    assert list(Term.objects.values()) == before


@pytest.mark.usefixtures("loaded")
def test_another_vocabulary_is_loaded_when_a_mirror_has_it(
    tmp_path: Path,
) -> None:
    assert load_vocabularies([source(tmp_path)]) == ("test",)
    assert rows("test") == [("test:moon", "Moon"), ("test:planet", "Planet")]
    assert Vocabulary.objects.get(scheme="test").licence == "CC0-1.0"


@pytest.mark.usefixtures("loaded")
def test_a_file_with_another_checksum_is_not_that_vocabulary(
    tmp_path: Path,
) -> None:
    assert load_vocabularies([replace(source(tmp_path), sha256="0" * 64)]) == ()
    assert rows("test") == []


@pytest.mark.usefixtures("loaded")
def test_a_vocabulary_keeps_its_terms_when_its_file_is_gone(
    tmp_path: Path,
) -> None:
    load_vocabularies([source(tmp_path)])
    assert load_vocabularies([replace(source(tmp_path), sha256="0" * 64, folders=())]) == ()
    assert len(rows("test")) == 2


@pytest.mark.usefixtures("loaded")
def test_a_new_version_changes_rows_in_place_and_takes_away_what_is_gone(
    tmp_path: Path,
) -> None:
    load_vocabularies([source(tmp_path)])
    key = Term.objects.get(name="test:planet").pk
    assert load_vocabularies([source(tmp_path, ONE)]) == ("test",)
    assert rows("test") == [("test:planet", "Wanderer")]
    assert Term.objects.get(name="test:planet").pk == key
    assert TermClosure.objects.filter(descendant__scheme="test").count() == 1


@pytest.mark.usefixtures("loaded")
def test_a_vocabulary_of_another_form_is_an_error_that_names_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(
        UnreadableVocabularyError, match="Test vocabulary is not written as uat-json"
    ):
        load_vocabularies([replace(source(tmp_path), format="uat-json")])


@pytest.mark.usefixtures("loaded")
def test_an_address_that_is_no_web_page_is_never_made_a_link(
    tmp_path: Path,
) -> None:
    data = b"evil;1;Evil;;skos:exactMatch(javascript:alert) skos:closeMatch(http://example.org/x)\n"
    load_vocabularies([source(tmp_path, data)])
    matches = Term.objects.get(name="test:evil").matches
    assert matches == [{"relation": "close", "iri": "http://example.org/x"}]


@pytest.mark.shared
@pytest.mark.usefixtures("loaded")
def test_all_declared_vocabularies_load_from_the_mirror(
    shared: Path,
) -> None:
    sources = declared((shared / "vocab",))
    assert load_vocabularies(sources) == tuple(each.scheme for each in sources)
    counts = {each.scheme: Term.objects.filter(scheme=each.scheme).count() for each in sources}
    assert counts == {
        "oda": 121,
        "ivoa:product-type": 22,
        "ivoa:messenger": 10,
        "ivoa:object-type": 151,
        "uat": 2372,
    }


@pytest.mark.shared
@pytest.mark.usefixtures("loaded")
def test_our_matches_in_loaded_vocabularies_are_all_there(
    shared: Path,
) -> None:
    sources = declared((shared / "vocab",))
    load_vocabularies(sources)
    known = set(Term.objects.values_list("iri", flat=True))
    spaces = tuple(each.namespace for each in sources)
    ours = [match.iri for term in terms.vocabulary().values() for match in term.matches]
    assert [iri for iri in ours if iri.startswith(spaces) and iri not in known] == []


@pytest.mark.usefixtures("db")
def test_the_command_says_what_it_did(settings: "Settings") -> None:
    settings.MIRRORS = ()
    said = StringIO()
    call_command("load_vocabularies", stdout=said)
    call_command("load_vocabularies", stdout=said)
    count = len(terms.vocabulary())
    assert said.getvalue().splitlines() == [
        f"Loaded reprise. There are {count} terms.",
        f"Loaded nothing: all was loaded already. There are {count} terms.",
    ]
