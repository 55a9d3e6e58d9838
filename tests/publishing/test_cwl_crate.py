"""The crate of a run of a CWL document: what it says, and that it runs again."""

from dataclasses import replace

from catalogue.domain.interface import Interface, Parameter
from ontology.domain.kinds import ParameterKind
from publishing.domain.crate import describe
from publishing.domain.facts import StoredFile
from publishing.domain.recipe import recipe
from tests.publishing.test_crate import DIGEST, FACTS, RUN, VERSION, entity

IMAGE = Parameter("image", ParameterKind.PRODUCT, default="a.fits")
CWL = replace(
    VERSION,
    main="main.cwl",
    files=(StoredFile("main.cwl", DIGEST, 9), StoredFile("a.fits", DIGEST, 9)),
    interface=Interface((IMAGE,), VERSION.interface.outputs),
)
TOOK = replace(RUN, values={"image": "a.fits"})
ABOUT = replace(
    FACTS, version=CWL, runs=(TOOK,), tools={"rerun.py": b"pass\n", "cwl_runner.py": b"pass\n"}
)


def test_the_document_is_the_main_workflow_and_its_language_is_cwl():
    assert describe(ABOUT).root["mainEntity"] == {"@id": "workflow/main.cwl"}
    assert entity(ABOUT, "workflow/main.cwl")["programmingLanguage"] == {"@id": "#cwl"}
    assert entity(ABOUT, "#cwl") == {
        "@id": "#cwl", "@type": "ComputerLanguage", "name": "Common Workflow Language",
        "alternateName": "CWL", "url": {"@id": "https://www.commonwl.org/"},
    }  # fmt: skip
    assert [item for item in describe(ABOUT).others if item["@id"] == "#python"] == []


def test_an_input_that_takes_a_product_is_a_file_of_the_author():
    assert entity(ABOUT, "#parameter-image")["additionalType"] == "File"
    assert entity(ABOUT, "workflow/a.fits")["exampleOfWork"] == {"@id": "#parameter-image"}
    assert entity(ABOUT, f"#run-{TOOK.address}")["object"] == {"@id": "workflow/a.fits"}


def test_an_input_that_no_run_took_is_none_of_the_workflow():
    about = replace(ABOUT, runs=(replace(RUN, values={"image": None}),))
    assert "input" not in entity(about, "workflow/main.cwl")


def test_the_recipe_names_the_runner_and_the_products_it_takes():
    text = (recipe(ABOUT).data or b"").decode()

    assert '"runner": "cwl_runner.py"' in text
    assert '"products": [\n  "image"\n ]' in text


def test_the_runner_is_named_for_people():
    assert entity(ABOUT, "cwl_runner.py")["name"] == "Runs one CWL document; needs cwltool"
