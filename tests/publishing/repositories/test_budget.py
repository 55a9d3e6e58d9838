"""The budget: in no minute more requests than the repository allows, whoever sends them."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.actions.budget import BudgetGate
from publishing.domain.bucket import Bucket
from publishing.domain.repositories import RepositorySettings
from publishing.domain.repository_faults import Kind
from publishing.errors import NotAnsweringError
from publishing.models import Budget

ZENODO = RepositorySettings(
    "zenodo", Kind.INVENIORDM, "https://zenodo.org", production=True, prefix="10.5281"
)


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


def gate_of(clock) -> BudgetGate:
    return BudgetGate(ZENODO, now=clock, sleep=clock.sleep)


@given(per_minute=st.integers(1, 300), waits=st.lists(st.floats(0, 90), max_size=400))
def test_no_minute_sees_more_than_it_may(per_minute, waits) -> None:
    """Who asks as often as they like, and waits as told, stays below the allowance."""
    bucket, now, tokens, sent = Bucket(per_minute), 0.0, 0.0, []
    tokens = float(bucket.size)
    for wait in [*waits, *[0.0] * (2 * per_minute)]:
        pause = max(wait, 0.0)
        tokens = bucket.filled(tokens, pause)
        now += pause
        if need := bucket.wait(tokens):
            tokens, now = bucket.filled(tokens, need + 1e-9), now + need + 1e-9
        tokens -= 1
        sent.append(now)
    ahead = (bisect_left(sent, at + 60) - number for number, at in enumerate(sent))
    assert max(ahead) <= per_minute


def test_a_clock_that_goes_backwards_takes_nothing_away() -> None:
    assert Bucket(60).filled(3.0, -100.0) == 3.0


@pytest.mark.django_db
def test_a_quiet_repository_may_be_asked_some_times_at_once(clock) -> None:
    for _ in range(10):
        gate_of(clock).take()
    assert clock.now == datetime(2026, 3, 1, tzinfo=UTC)
    assert Budget.objects.get().tokens == 0.0


@pytest.mark.django_db
def test_then_workers_wait_for_their_turn(clock) -> None:
    gates = [gate_of(clock), gate_of(clock)]
    begun = clock.now
    for number in range(60):
        gates[number % 2].take()
    assert 59.9 < (clock.now - begun).total_seconds() < 62


@pytest.mark.django_db
def test_a_pause_holds_for_all_workers(clock) -> None:
    gate_of(clock).close(30)
    with pytest.raises(NotAnsweringError) as caught:
        gate_of(clock).take()
    assert (caught.value.wait, caught.value.is_doubtful) == (30.0, False)
    clock.sleep(30)
    gate_of(clock).take()


@pytest.mark.django_db
def test_a_short_pause_is_slept_through(clock) -> None:
    gate_of(clock).close(2)
    gate_of(clock).take()
    assert (clock.now - datetime(2026, 3, 1, tzinfo=UTC)).total_seconds() >= 2


@pytest.mark.django_db
def test_a_shorter_pause_does_not_end_a_longer_one(clock) -> None:
    gate_of(clock).close(3000)
    gate_of(clock).close(1)
    with pytest.raises(NotAnsweringError) as caught:
        gate_of(clock).take()
    assert caught.value.wait == 3000.0


@pytest.mark.django_db
def test_after_a_pause_requests_do_not_come_all_at_once(clock) -> None:
    gate_of(clock).close(100)
    clock.sleep(101.2)  # one token came in meanwhile
    gate_of(clock).take()
    after = clock.now
    gate_of(clock).take()
    assert clock.now > after


@pytest.mark.django_db
def test_two_workers_never_take_one_token(clock, monkeypatch) -> None:
    """The other takes it between the look and the update of the first."""
    first, second = gate_of(clock), gate_of(clock)
    Budget.objects.create(repository="zenodo", tokens=1.0, filled_at=clock.now)
    look = first._row

    def looked():
        row = look()
        monkeypatch.setattr(first, "_row", look)
        second.take()
        return row

    monkeypatch.setattr(first, "_row", looked)
    begun = clock.now
    first.take()
    assert (clock.now - begun).total_seconds() > 1
