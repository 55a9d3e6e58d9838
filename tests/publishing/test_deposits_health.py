"""How deposits stand, in words: what each waits for, and the one thing to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publishing.domain import steps
from publishing.domain.health import MENDS, WORDS, Seen, Urgency, health_of
from publishing.domain.steps import Step

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOING = Seen(NOON, "zenodo", Step.PACKED, NOON - timedelta(minutes=1), doi="10.5281/zenodo.1")
PUBLIC = replace(GOING, state=Step.PUBLISHED, since=NOON - HOUR, next_try_at=NOON + HOUR)


def told(seen: Seen) -> tuple[str, str, Urgency]:
    health = health_of(seen)
    return health.waits_for, health.to_do, health.urgency


def test_a_deposit_on_its_way_waits_for_a_worker_or_for_what_was_written_down():
    rests = replace(GOING, waits_for="the repository", next_try_at=NOON + HOUR)

    assert told(GOING) == (
        "a worker", "Nothing. A worker takes it up within half a minute.", Urgency.WAITS,
    )  # fmt: skip
    assert told(rests) == (
        "the repository", "Nothing. It is looked at again at 13:00:00 UTC.", Urgency.WAITS,
    )  # fmt: skip


def test_many_tries_in_vain_are_a_matter_for_people():
    often = replace(GOING, tries=6, next_try_at=NOON + HOUR)

    assert told(often)[1:] == (
        "See whether zenodo is up: 6 tries in vain. It is looked at again at 13:00:00 UTC.",
        Urgency.PEOPLE,
    )


def test_a_deposit_that_nobody_takes_up_has_no_worker():
    left = replace(GOING, since=NOON - HOUR)

    assert told(left) == (
        "a worker",
        "See that the workers and the timetable of this service run: nobody looked at it.",
        Urgency.PEOPLE,
    )


def test_a_doi_is_registered_within_a_day_or_somebody_is_told():
    late = replace(PUBLIC, since=NOON - 30 * HOUR)

    assert told(PUBLIC) == (
        "its DOI to be registered", "Nothing. It is looked at again at 13:00:00 UTC.",
        Urgency.WAITS,
    )  # fmt: skip
    assert told(late)[2] is Urgency.PEOPLE
    assert told(late)[1] == (
        "Ask the people of zenodo to register the DOI: the record has been public for 30 hours, "
        "and 10.5281/zenodo.1 leads nowhere. Do not publish it again."
    )


@pytest.mark.parametrize("state", [Step.RESOLVES, Step.ABANDONED])
def test_what_is_over_waits_for_nothing(state):
    assert told(replace(GOING, state=state))[::2] == ("", Urgency.NOTHING)


def test_what_is_on_the_shelf_is_done_when_it_is_published():
    shelved = replace(PUBLIC, repository=steps.SHELF)

    assert told(shelved) == ("", "Nothing: it is done.", Urgency.NOTHING)


def test_a_record_that_is_not_as_it_was_meant_is_a_matter_for_people_for_ever():
    odd = replace(GOING, state=Step.RESOLVES, error_id="publishing:platform:altered-bytes")

    assert told(odd)[2] is Urgency.PEOPLE


OTHERWISE = ("x", "Try it again; if that fails too, abandon it.")


@pytest.mark.parametrize(("error_id", "to_do"), [*MENDS.items(), OTHERWISE])
def test_a_failed_deposit_says_how_to_mend_it(error_id, to_do):
    failed = replace(GOING, state=Step.FAILED, error_id=error_id)

    assert told(failed) == ("somebody to mend it", to_do, Urgency.PEOPLE)


def test_every_state_has_a_word():
    assert set(WORDS) == set(Step)
