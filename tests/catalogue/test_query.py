"""Values as a form and a query string write them."""

import pytest

from catalogue.domain.query import query, spelled


@pytest.mark.parametrize(
    ("value", "text"),
    [("a b", "a b"), (2.5, "2.5"), (True, "true"), ([1, "ä"], '[1, "ä"]'), (None, "null")],
)
def test_text_stays_as_it_is_and_the_rest_is_json(value, text):
    assert spelled(value) == text


def test_a_query_fills_a_form_again():
    assert query({"band": "hard", "years": [2003, 2004]}) == "band=hard&years=%5B2003%2C+2004%5D"
