"""Asking for a run: the same question is one row, one message and one answer."""

import pytest

from executor.actions import cancel_run, plan_run, request_run, start_run
from executor.actions.claim import claim as claim_run
from executor.errors import BadInputsError, BadRequestError, QueueFullError, RunEndedError
from executor.models import Attempt, Run
from tests.factories import rows


@pytest.fixture
def version(db):
    return rows.VersionFactory()


def ended(version, state: str, **fields: object) -> Run:
    """A run of the version's defaults that stands so."""
    address = plan_run(version, {}).address
    return rows.RunFactory(version=version, address=address, state=state, **fields)


def test_a_plan_writes_nothing(version):
    plan = plan_run(version, {"energy": "0.025 MeV"}, seed=3)

    assert plan.root.inputs.values == {"energy": 25.0}
    assert (plan.root.seed, plan.root.inputs.changed) == (3, ("energy",))
    assert plan.address == plan_run(version, {"energy": 25}, seed=3).address
    assert Run.objects.count() == 0


def test_a_new_question_is_a_queued_row_and_one_message(version, sent, committed):
    with committed():
        asked = request_run(version, {"energy": 25}, seed=3)

    run = Run.objects.get()
    assert (asked.run, asked.known) == (run, False)
    assert (run.state, run.seed, run.changed_json) == ("queued", 3, ["energy"])
    assert run.typed_json == {"energy": {"type": "float", "unit": "keV", "value": 25.0}}
    assert run.values_json == {"energy": 25.0}
    assert sent == [("executor.work",)]


def test_a_message_is_sent_only_after_the_row_can_be_seen(version, sent):
    request_run(version, {})

    assert sent == []  # the test's own transaction is still open


def test_a_known_answer_is_given_at_once(version, sent, committed):
    run = ended(version, "finished")

    with committed():
        asked = request_run(version, {"energy": "20 keV"})

    assert (asked.run, asked.known) == (run, True)
    assert sent == []
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize("state", ["queued", "running", "waiting for data"])
def test_the_same_question_meanwhile_is_the_same_row_and_no_second_message(
    version, sent, committed, state
):
    run = ended(version, state)

    with committed():
        asked = request_run(version, {})

    assert (asked.run, asked.known, asked.run.state) == (run, False, state)
    assert sent == []


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_failed_or_was_cancelled_is_queued_again_without_its_past(
    version, sent, committed, state
):
    run = ended(
        version, state, error="no", error_id="executor:user:raised", cancel_asked=True, done=3
    )

    with committed():
        asked = request_run(version, {})

    again = asked.run
    assert (again.pk, asked.known, again.state) == (run.pk, False, "queued")
    assert (again.error, again.error_id, again.cancel_asked, again.done) == ("", "", False, 0)
    assert again.ended_at is None
    assert sent == [("executor.work",)]


def test_a_full_queue_takes_no_new_question(version, settings):
    settings.QUEUE_AT_MOST = 2
    rows.RunFactory.create_batch(2)

    with pytest.raises(QueueFullError) as refused:
        request_run(version, {})

    assert refused.value.detail == "2 of at most 2 runs wait already: ask again later."
    assert (refused.value.id, refused.value.status) == ("executor:platform:queue-full", 503)
    assert Run.objects.count() == 2


def test_a_full_queue_still_answers_what_is_known(version, settings):
    settings.QUEUE_AT_MOST = 1
    rows.RunFactory()
    run = ended(version, "finished")

    assert request_run(version, {}).run == run


def test_every_wrong_parameter_has_its_sentence(version):
    with pytest.raises(BadInputsError) as refused:
        request_run(version, {"energy": 900, "speed": 1})

    assert refused.value.errors == {
        "energy": "900 keV is too large: write at most 500 keV.",
        "speed": "There is no parameter 'speed'; the parameters are: energy.",
    }
    assert Run.objects.count() == 0


@pytest.mark.parametrize("seed", [-1, 2**31, True, "7", 1.5, None])
def test_a_seed_that_is_none_is_refused_by_its_name(version, seed):
    with pytest.raises(BadRequestError) as refused:
        request_run(version, {}, seed=seed)

    assert refused.value.errors == {"seed": "The seed is a whole number from 0 to 2147483647."}
    assert Run.objects.count() == 0


@pytest.mark.parametrize("state", ["queued", "waiting for data"])
def test_a_run_that_waits_is_cancelled_at_once(db, told, committed, state):
    run = rows.RunFactory(state=state)

    with committed():
        cancelled = cancel_run(run)

    assert (cancelled.state, cancelled.cancel_asked) == ("cancelled", False)
    assert cancelled.ended_at is not None
    assert told == [run.pk]


def test_a_run_at_work_is_asked_to_stop(db, told, committed):
    run = rows.RunFactory(state="running")

    with committed():
        cancelled = cancel_run(run)

    assert (cancelled.state, cancelled.cancel_asked) == ("running", True)
    assert told == []


@pytest.mark.parametrize("state", ["finished", "failed", "cancelled"])
def test_a_run_that_has_ended_cannot_be_cancelled(db, state):
    run = rows.RunFactory(state=state)

    with pytest.raises(RunEndedError) as refused:
        cancel_run(run)

    assert refused.value.detail == f"The run is {state} already, so there is nothing to cancel."


# The same moment, for real: threads with connections of their own on one SQLite file.


def test_one_question_asked_by_eight_at_once_is_one_row_and_one_message(on_file, sent):
    (version,) = on_file(rows.VersionFactory, 1)

    asked = on_file(lambda: request_run(version, {}))

    (count,) = on_file(Run.objects.count, 1)
    assert count == 1
    assert len(asked) == 8
    assert {(item.run.pk, item.known) for item in asked} == {(asked[0].run.pk, False)}
    assert [name for (name,) in sent] == ["executor.work"]


def test_a_failed_run_asked_again_by_eight_at_once_is_queued_once(on_file, sent):
    (version,) = on_file(rows.VersionFactory, 1)
    on_file(lambda: ended(version, "failed"), 1)

    asked = on_file(lambda: request_run(version, {}))

    assert {(item.run.state, item.known) for item in asked} == {("queued", False)}
    assert len(sent) == 1


def test_a_run_claimed_by_eight_at_once_goes_to_one(on_file):
    (run,) = on_file(rows.RunFactory, 1)

    claims = on_file(lambda: claim_run(run.pk))

    (winner,) = [claim for claim in claims if claim is not None]
    (state,) = on_file(lambda: Run.objects.values_list("state", "token").get(), 1)
    assert state == ("running", winner.run.token)
    assert on_file(Attempt.objects.count, 1) == [1]


def test_twenty_runs_claimed_by_eight_at_once_go_to_one_each(on_file):
    on_file(lambda: rows.RunFactory.create_batch(20), 1)
    (keys,) = on_file(lambda: list(Run.objects.values_list("pk", flat=True)), 1)

    claims = on_file(lambda: [claim.run_id for pk in keys if (claim := claim_run(pk))])

    assert sorted(pk for mine in claims for pk in mine) == sorted(keys)


def test_who_comes_second_is_told_no(db):
    run = rows.RunFactory(state="running", token="t" * 32)

    assert start_run(run.pk) is False
    assert start_run(10**6) is False
