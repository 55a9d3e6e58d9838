"""What readers choose figures by: the words of an address, and what is left out of them."""

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.facets import FACETS, SORTS, Choice, choice_of, cost_of

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
values = texts.map(str.strip).filter(bool).map(lambda text: text[:100].strip()).filter(bool)


def test_an_address_says_everything_that_was_chosen():
    choice = choice_of(
        {"q": ["crab flux"], "term": ["Energy"], "source": ["Crab", "M87"], "sort": ["newest"]}
    )

    assert choice.query() == "q=crab+flux&term=Energy&source=Crab&source=M87&sort=newest"
    assert choice.query(2).endswith("&page=2")


@given(
    st.dictionaries(st.sampled_from(sorted(FACETS)), st.lists(values, min_size=1, max_size=5)),
    st.sampled_from(sorted(SORTS)),
)
def test_what_an_address_says_is_what_was_chosen(chosen, sort):
    choice = choice_of(chosen | {"sort": [sort]})

    assert choice_of(parse_qs(choice.query())) == choice


@given(values, values)
def test_a_value_chosen_twice_is_not_chosen(first, second):
    choice = Choice(values={"source": (first,)})

    assert choice.toggled("source", first) == Choice()
    if first != second:
        assert choice.toggled("source", second).values == {"source": (first, second)}
        assert choice.toggled("source", second).toggled("source", second) == choice


def test_what_is_unknown_too_long_or_too_much_is_left_out():
    choice = choice_of(
        {
            "colour": ["red"],
            "sort": ["backwards; drop table"],
            "q": ["x\0" + "y" * 1000],
            "source": [f"s{number}" for number in range(1000)] + ["s1"],
            "verdict": ["", "  ", "\0"],
        }
    )

    assert (choice.sort, len(choice.text), len(choice.values["source"])) == ("paper", 200, 20)
    assert set(choice.values) == {"source"}
    assert "\0" not in choice.text


def test_only_so_many_words_are_looked_for():
    assert len(Choice(text=" ".join("word" for _ in range(100))).words) == 8


@pytest.mark.parametrize(
    ("seconds", "value"),
    [
        (0.0, "under 1 s"), (0.999, "under 1 s"), (1.0, "1 to 10 s"), (10.0, "10 s to 1 min"),
        (60.0, "1 to 10 min"), (600.0, "10 min to 1 h"), (3600.0, "over 1 h"),
    ],
)  # fmt: skip
def test_a_cost_is_one_of_a_few_steps(seconds, value):
    assert cost_of(seconds) == value
