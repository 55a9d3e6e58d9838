"""Values as a form and a query string write them."""

from urllib.parse import parse_qs

import pytest

from catalogue.domain.interface import Parameter
from catalogue.domain.query import is_reference, query, query_again, spelled, spelled_product
from ontology.domain.kinds import ParameterKind


@pytest.mark.parametrize(
    ("value", "text"),
    [("a b", "a b"), (2.5, "2.5"), (True, "true"), ([1, "ä"], '[1, "ä"]'), (None, "null")],
)
def test_text_stays_as_it_is_and_the_rest_is_json(value, text):
    assert spelled(value) == text


def test_a_query_fills_a_form_again():
    assert query({"band": "hard", "years": [2003, 2004]}) == "band=hard&years=%5B2003%2C+2004%5D"


RUN, DIGEST = "ab" * 32, "cd" * 32


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"run": RUN, "output": "sky"}, f"/runs/{RUN}#sky"),
        ({"digest": DIGEST}, DIGEST),
        ([{"run": RUN, "output": "sky"}, {"digest": DIGEST}], f"/runs/{RUN}#sky\n{DIGEST}"),
        ({"file": "example.fits"}, ""),
        ([{"file": "a.fits"}, {"file": "b.fits"}], ""),
        (None, ""),
    ],
)
def test_a_product_is_spelled_as_a_field_takes_it(value, text):
    assert spelled_product(value) == text


def test_a_run_fills_a_form_again_with_its_products_and_seed():
    typed = {
        "images": {"type": "product", "value": [{"run": RUN, "output": "sky"}]},
        "model": {"type": "product", "value": {"file": "example.fits"}},
        "energy": {"type": "float", "unit": "keV", "value": 20.0},
        "scale": {"type": "float", "value": {"run": RUN, "output": "scale"}},
    }
    values = {name: form["value"] for name, form in typed.items()}

    assert parse_qs(query_again(typed, values, 7)) == {
        "images": [f"/runs/{RUN}#sky"],
        "energy": ["20.0"],
        "scale": [f'{{"run": "{RUN}", "output": "scale"}}'],
        "reprise-seed": ["7"],
    }


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("float", '{"run": "x", "output": "y"}', True),
        ("string", ' {"workflow": "x"}', True),
        ("string", "{\\rm keV}", False),
        ("string", '{"a": 1}', False),
        ("float", '{"value": 2, "unit": "keV"}', False),
        ("structure", '{"run": "x"}', False),
        ("float", "[" * 100_000, False),
        ("float", "{" + '"run":{' * 100_000, False),
    ],
    ids=["number", "text", "formula", "other", "quantity", "structure", "list", "deep"],
)
def test_only_json_that_names_a_run_is_a_reference(kind, text, expected):
    assert is_reference(Parameter("x", ParameterKind(kind)), text) is expected
