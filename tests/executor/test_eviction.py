"""What goes first when the store is too full: what is cheap to make, little used, and large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.domain.eviction import HALF_LIFE_SECONDS, Candidate, choose, worth


def candidate(digest="a", **fields):
    usual = {"size": 100, "cost_seconds": 10.0, "uses": 0, "idle_seconds": 0.0}
    return Candidate(digest, **usual | fields)


candidates = st.lists(
    st.builds(
        Candidate,
        digest=st.text("0123456789abcdef", min_size=8, max_size=8),
        size=st.integers(0, 10**12),
        cost_seconds=st.floats(0, 10**6),
        uses=st.integers(0, 10**6),
        idle_seconds=st.floats(-10, 10**9),
        is_pinned=st.booleans(),
    ),
    max_size=40,
    unique_by=lambda item: item.digest,
)
excesses = st.integers(-(10**12), 10**13)


def test_the_worth_is_cost_times_use_by_size():
    assert worth(candidate()) == 0.1
    assert worth(candidate(uses=3)) == 0.4
    assert worth(candidate(uses=3, size=400)) == 0.1
    assert worth(candidate(uses=3, cost_seconds=20.0)) == 0.8


def test_uses_count_half_after_a_half_life():
    assert worth(candidate(uses=4, idle_seconds=HALF_LIFE_SECONDS)) == worth(candidate(uses=2))


def test_a_clock_that_was_set_back_gives_no_product_more_than_its_uses():
    assert worth(candidate(uses=4, idle_seconds=-1e9)) == worth(candidate(uses=4))


@pytest.mark.parametrize("excess", [0, -1])
def test_nothing_goes_while_there_is_room(excess):
    assert choose([candidate()], excess) == []


def test_the_cheapest_a_byte_goes_first_and_no_more_than_is_needed():
    dear, cheap, large = (
        candidate("dear", cost_seconds=100.0),
        candidate("cheap", cost_seconds=5.0),
        candidate("large", size=1000),
    )

    assert choose([dear, cheap, large], 1001) == [large, cheap]
    assert choose([dear, cheap, large], 1000) == [large]


def test_of_equal_worth_what_was_not_used_for_longest_goes_first():
    items = [candidate(f"{idle}", idle_seconds=idle) for idle in (1.0, 3.0, 2.0)]

    assert [item.digest for item in choose(items, 200)] == ["3.0", "2.0"]


@given(candidates, excesses)
def test_what_is_pinned_is_never_chosen(items, excess):
    assert [item for item in choose(items, excess) if item.is_pinned] == []


@given(candidates, excesses)
def test_enough_is_freed_or_all_that_may_go_has_gone(items, excess):
    freed = sum(item.size for item in choose(items, excess))

    assert freed >= min(max(0, excess), sum(item.size for item in items if not item.is_pinned))


@given(candidates, excesses)
def test_without_the_last_chosen_it_would_not_be_enough(items, excess):
    chosen = choose(items, excess)

    assert not chosen or sum(item.size for item in chosen[:-1]) < excess


@given(candidates, excesses)
def test_nothing_that_stays_is_worth_less_than_what_goes(items, excess):
    chosen = choose(items, excess)
    gone = {item.digest for item in chosen}
    left = [
        worth(item)
        for item in items
        if item.digest not in gone and not item.is_pinned and item.size
    ]

    worths = [worth(item) for item in chosen]
    assert worths == sorted(worths)
    assert not worths or not left or worths[-1] <= min(left)


@given(candidates, excesses, st.randoms(use_true_random=False))
def test_the_order_of_the_question_does_not_matter(items, excess, random):
    shuffled = random.sample(items, len(items))

    assert choose(shuffled, excess) == choose(items, excess)
