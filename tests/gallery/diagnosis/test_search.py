"""The search: whatever has changed, a smallest cause is found, and nothing is asked twice."""

from hypothesis import given
from hypothesis import strategies as st

from gallery.domain.diagnosis import Change, Conclusion, Kind, Result, Trial, next_trial

KINDS = (Kind.ENVIRONMENT, Kind.DATA, Kind.CODE, Kind.PARAMETER, Kind.SEED)


def change(kind: Kind, number: int) -> Change:
    return Change(kind, f"x{number}", "1", "2")


def some(*numbers: int, kind: Kind = Kind.ENVIRONMENT) -> tuple[Change, ...]:
    return tuple(change(kind, number) for number in numbers)


def search(changes, differs, unclear=lambda _put_back: False):
    """Make trials until there is a conclusion; ``differs`` is asked which changes are new."""
    results: dict[frozenset[str], Result] = {}
    keys = {item.key for item in changes if item.can_be_put_back}
    while True:
        step = next_trial(changes, results)
        if isinstance(step, Conclusion):
            return step, results
        assert step.put_back not in results
        assert step.put_back <= keys
        new = keys - step.put_back
        answer = Result.DIFFERENT if differs(new) else Result.RESTORED
        results[step.put_back] = Result.NONE if unclear(step.put_back) else answer


def keys(changes) -> set[str]:
    return {item.key for item in changes}


def test_the_same_again_is_the_first_trial_and_the_last_before_a_cause_is_named():
    changes = some(1)

    first = next_trial(changes, {}, repeats=0)
    second = next_trial(changes, {}, repeats=1)
    last = next_trial(changes, {frozenset({"environment:x1"}): Result.RESTORED}, repeats=1)

    assert first == last == Trial(frozenset(), again=True)
    assert second == Trial(frozenset({"environment:x1"}))


def test_without_changes_there_is_nothing_to_find():
    assert next_trial((), {}, repeats=1) == Conclusion()


def test_what_cannot_be_put_back_is_never_tried():
    platform = Change(Kind.PLATFORM, "Python", "3.10", "3.11")

    assert next_trial((platform,), {}) == Conclusion()


def test_one_change_is_the_cause_when_putting_it_back_restores():
    found, results = search(some(1), lambda new: "environment:x1" in new)

    assert found == Conclusion(some(1), alone=True)
    assert len(results) == 1


def test_with_everything_as_it_was_and_still_different_nothing_is_searched():
    found, results = search(some(1, 2, 3), lambda _new: True)

    assert (found, len(results)) == (Conclusion(), 1)


def test_one_of_many_packages_is_found_by_halves():
    found, results = search(some(*range(64)), lambda new: "environment:x41" in new)

    assert found == Conclusion(some(41), alone=True)
    assert len(results) <= 16


def test_the_environment_is_tried_before_data_code_and_parameters():
    changes = tuple(change(kind, 1) for kind in KINDS)
    results: dict[frozenset[str], Result] = {frozenset(keys(changes)): Result.RESTORED}
    order = []
    while isinstance(step := next_trial(changes, results), Trial):
        order.append(step.put_back)
        results[step.put_back] = Result.DIFFERENT
        if len(order) == len(KINDS):
            break

    assert order == [frozenset({f"{kind}:x1"}) for kind in KINDS]


def test_two_that_differ_only_together_are_both_named():
    changes = (*some(1, 2), *some(3, kind=Kind.CODE))
    found, _results = search(changes, lambda new: {"environment:x2", "code:x3"} <= new)

    assert (keys(found.put_back), keys(found.joined), found.alone) == (
        {"environment:x2"}, {"code:x3"}, False,
    )  # fmt: skip


def test_two_of_which_each_is_enough_have_both_to_be_put_back():
    changes = (*some(1, 2), *some(3, kind=Kind.CODE))
    found, _results = search(changes, lambda new: bool({"environment:x2", "code:x3"} & new))

    assert (keys(found.put_back), found.joined, found.alone) == (
        {"environment:x2", "code:x3"}, (), True,
    )  # fmt: skip


def test_changes_that_cannot_be_parted_are_named_together():
    pair = {"environment:x1", "environment:x2"}
    found, _results = search(
        some(1, 2, 3),
        lambda new: "environment:x1" in new,
        unclear=lambda put_back: len(put_back & pair) == 1,
    )

    assert keys(found.put_back) == pair


def test_a_restored_set_whose_counterpart_gives_nothing_is_still_the_cause():
    found, _results = search(
        some(1, 2),
        lambda new: "environment:x1" in new,
        unclear=lambda put_back: put_back == {"environment:x2"},
    )

    assert (keys(found.put_back), found.alone) == ({"environment:x1"}, None)


def test_when_the_trials_are_used_up_the_least_so_far_is_told():
    changes = some(*range(32))
    results: dict[frozenset[str], Result] = {}
    while isinstance(step := next_trial(changes, results, most=4), Trial):
        restored = "environment:x7" in step.put_back
        results[step.put_back] = Result.RESTORED if restored else Result.DIFFERENT

    assert not step.is_smallest
    assert (len(results), len(step.put_back)) == (4, 8)


changed = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 7)), min_size=1, max_size=10, unique=True
).map(lambda items: tuple(change(*item) for item in sorted(items, key=lambda x: KINDS.index(x[0]))))


@st.composite
def cases(draw):
    """Changes, and the sets of them of which any one that is all new makes the difference."""
    changes = draw(changed)
    clause = st.sets(st.sampled_from(sorted(keys(changes))), min_size=1, max_size=3)
    return changes, draw(st.lists(clause, min_size=1, max_size=3))


@given(cases())
def test_whatever_makes_the_difference_a_smallest_cause_is_found(case):
    changes, clauses = case

    def differs(new):
        return any(clause <= new for clause in clauses)

    found, results = search(changes, differs)

    every, put_back = keys(changes), keys(found.put_back)
    assert not differs(every - put_back)
    assert all(differs(every - (put_back - {key})) for key in put_back)
    cause = keys(found.cause)
    assert differs(cause)
    assert all(not differs(cause - {key}) for key in keys(found.joined))
    assert found.is_smallest
    assert len(results) <= 60


@given(cases(), st.randoms(use_true_random=False))
def test_trials_without_a_verdict_never_make_a_cause_of_what_does_not_restore(case, luck):
    changes, clauses = case

    def differs(new):
        return any(clause <= new for clause in clauses)

    found, _results = search(changes, differs, unclear=lambda _put_back: luck.random() < 0.3)

    if found.put_back:
        assert not differs(keys(changes) - keys(found.put_back))
