"""Which site takes a run, and when one is drained."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from executor.domain.draining import (
    BY_OPERATOR,
    Condition,
    after_failure,
    after_success,
    chosen,
    pause,
)
from executor.domain.sites import Kind, Site

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIRST = Site("first", Kind.SLURM, 1, 2)
SECOND = Site("second", Kind.LOCAL, 2)
BOTH = (SECOND, FIRST)
HELD = Condition(drained_until=BY_OPERATOR, reason="The operator drained it.")


def drained(minutes, since=0):
    return Condition(3, NOW + minutes * MINUTE, "No.", NOW - since * MINUTE)


def failed(condition, times, started=NOW, now=NOW):
    for _ in range(times):
        condition = after_failure(condition, "No.", started=started, now=now)
    return condition


def test_the_site_of_the_lowest_rank_is_taken():
    assert chosen(BOTH, {}, NOW) is FIRST


def test_a_full_site_is_passed_over():
    assert chosen(BOTH, {"first": Condition(running=2)}, NOW) is SECOND


def test_a_drained_site_is_passed_over_until_its_pause_has_ended():
    conditions = {"first": drained(1)}

    assert chosen(BOTH, conditions, NOW) is SECOND
    assert chosen(BOTH, conditions, NOW + MINUTE) is FIRST


def test_a_site_that_failed_this_run_comes_last():
    assert chosen(BOTH, {}, NOW, {"first"}) is SECOND
    assert chosen([FIRST], {}, NOW, {"first"}) is FIRST


def test_when_all_are_drained_the_one_that_was_drained_least_recently_is_tried():
    assert (
        chosen(BOTH, {"first": drained(5, since=1), "second": drained(9, since=2)}, NOW) is SECOND
    )


def test_what_the_operator_drained_is_never_tried():
    assert chosen(BOTH, {"first": HELD, "second": drained(5)}, NOW) is SECOND
    assert chosen(BOTH, {"first": HELD, "second": HELD}, NOW) is None


def test_a_run_waits_when_no_open_site_has_room():
    assert chosen([FIRST], {"first": Condition(running=2)}, NOW) is None


def test_two_failures_in_a_row_leave_a_site_open():
    assert failed(Condition(), 2) == Condition(2, None, "No.", NOW)


def test_the_third_failure_in_a_row_drains_a_site_for_a_minute():
    assert failed(Condition(), 3) == Condition(3, NOW + MINUTE, "No.", NOW)


def test_what_had_started_before_a_site_was_drained_does_not_drain_it_longer():
    once = failed(Condition(), 3)

    assert failed(once, 7, started=NOW - MINUTE, now=NOW + timedelta(seconds=5)) == once


def test_a_site_that_fails_after_its_pause_is_drained_for_longer():
    later = NOW + 2 * MINUTE

    again = failed(failed(Condition(), 3), 1, started=later, now=later)

    assert again == Condition(4, later + 5 * MINUTE, "No.", later)


def test_a_drained_site_that_is_tried_all_the_same_and_fails_goes_to_the_back():
    later = NOW + timedelta(seconds=10)

    again = failed(failed(Condition(), 3), 1, started=later, now=later)

    assert (again.failures, again.changed_at) == (4, later)


def test_a_success_forgets_all_failures():
    assert after_success(drained(5), NOW) == Condition(changed_at=NOW)


def test_a_success_of_a_site_that_never_failed_changes_nothing():
    assert after_success(Condition(running=1), NOW) == Condition(running=1)


def test_neither_success_nor_failure_opens_what_the_operator_drained():
    assert after_success(HELD, NOW) == HELD
    assert failed(HELD, 5) == HELD


@given(some.integers(3, 1000))
def test_a_pause_grows_and_is_never_longer_than_two_hours(failures):
    assert MINUTE <= pause(failures) <= pause(failures + 1) <= timedelta(hours=2)
