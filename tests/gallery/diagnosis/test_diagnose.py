"""Diagnosing: what is tried, what is remembered, and how it ends."""

import itertools
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.models import Version, Workflow
from executor.errors import QueueFullError
from executor.models import Run
from executor.signals import run_ended
from gallery import tasks
from gallery.actions import (
    diagnose,
    diagnose_by_itself,
    diagnose_newest,
    go_on,
    keep_diagnosing,
)
from gallery.actions.trials import case_of
from gallery.errors import NothingToDiagnoseError, TooManyDiagnosesError
from gallery.models import Check, Diagnosis
from tests.factories import rows

pytestmark = pytest.mark.django_db
CAUSE = "one 1.0 → 2.0 explains it: with one 1.0 put back the re-run is identical."


def tried(diagnosis):
    return [
        (", ".join(item["put_back"]) or "again", item["verdict"]) for item in diagnosis.trials_json
    ]


def test_the_package_that_matters_is_found_by_putting_one_after_another_back(world):
    made = world()

    found = made.work(diagnose(made.figure))

    assert (found.state, found.sentence) == ("found", CAUSE)
    assert [item["name"] for item in found.cause_json] == ["one"]
    assert tried(found) == [
        ("again", "different"),
        ("environment:one, environment:other", "identical"),
        ("environment:one", "identical"),
        ("environment:other", "different"),
        ("again", "different"),
    ]
    assert found.ended_at is not None


def test_everything_put_back_is_the_earlier_run_and_is_not_run_again(world):
    made = world()

    found = made.work(diagnose(made.figure))

    assert found.trials_json[1]["run"] == made.checks[0].run.address
    assert Run.objects.exclude(version__in=made.versions).count() == 4


def test_trials_are_bulk_runs_of_hidden_versions_and_no_checks(world):
    made = world()

    made.work(diagnose(made.figure))

    (hidden,) = Workflow.objects.filter(is_hidden=True)
    trials = Run.objects.filter(version__workflow=hidden)
    assert {run.priority for run in trials} == {3}
    assert Check.objects.count() == 2
    assert made.figure.verdict == ""


def test_a_diagnosis_that_was_killed_anywhere_goes_on_where_it_was(world, monkeypatch):
    made = world()
    diagnosis = diagnose(made.figure)
    real = Diagnosis.objects.filter
    deaths = itertools.count()

    def deadly(*given, **named):
        if "asked_at" in named and next(deaths) % 2 == 0:
            raise KeyboardInterrupt  # before the row is written
        return real(*given, **named)

    for _life in range(40):
        with monkeypatch.context() as patch:
            patch.setattr(Diagnosis.objects, "filter", deadly)
            try:
                go_on(diagnosis.pk)
            except KeyboardInterrupt:
                continue
        diagnosis.refresh_from_db()
        if diagnosis.waits_for:
            made.end(diagnosis.waits_for)

    assert (diagnosis.state, diagnosis.sentence) == ("found", CAUSE)
    assert len(diagnosis.trials_json) == 5
    assert Run.objects.exclude(version__in=made.versions).count() == 4


def test_a_run_that_differs_from_itself_is_marked(world):
    luck = itertools.count(50)
    made = world(lambda pinned, _run: next(luck) if "one==2.0" in pinned else 40.0)

    found = made.work(diagnose(made.figure))

    assert (found.state, len(found.trials_json)) == ("found", 1)
    assert found.sentence == (
        "The re-run differs from itself: asked again in full, total came out otherwise. The "
        "version is marked not deterministic."
    )
    assert [(item["kind"], item["name"]) for item in found.cause_json] == [("chance", "total")]
    version = Version.objects.get(pk=made.versions[1].pk)
    assert not version.is_deterministic
    (finding,) = version.findings_json
    assert (finding["id"], finding["severity"]) == ("gallery/not-deterministic", "should")


def test_a_run_that_differs_from_itself_by_less_than_allowed_still_has_its_cause_found(world):
    noise = itertools.count()

    def gives(pinned, _run):
        return (41.0 if "one==2.0" in pinned else 40.0) + next(noise) * 1e-6

    made = world(gives)
    found = made.work(diagnose(made.figure))

    assert [item["name"] for item in found.cause_json] == ["one"]
    assert found.sentence.startswith("one 1.0 → 2.0 explains it: ")
    assert found.sentence.endswith("The version is marked not deterministic.")
    assert not Version.objects.get(pk=made.versions[1].pk).is_deterministic


def test_a_coin_that_falls_the_same_way_twice_is_seen_before_a_cause_is_named(world):
    coin = iter([40.0, 41.0, 41.0, 40.0, 41.0, 40.0])
    made = world(lambda _pinned, _run: next(coin))

    found = made.work(diagnose(made.figure))

    assert [item["kind"] for item in found.cause_json] == ["chance"]


def test_without_an_earlier_check_only_the_same_is_run_again(world):
    made = world()
    made.checks[0].delete()

    found = made.work(diagnose(made.figure))

    assert (found.state, tried(found)) == ("nothing to put back", [("again", "different")])
    assert found.sentence == (
        "No earlier check came nearer to the paper, so there is nothing to put back. Run again in "
        "full, it gave the same."
    )


def test_an_earlier_check_that_came_nearer_serves_where_none_was_good(world):
    made = world(lambda pinned, _run: 50.0 if "one==2.0" in pinned else 41.0)
    for check, relative in zip(made.checks, (0.025, 0.25), strict=True):
        check.verdict = "different"
        check.comparisons_json = [{"verdict": "different", "relative": relative}]
        check.save()

    found = made.work(diagnose(made.figure))

    assert (found.baseline, found.state) == (made.checks[0], "found")
    assert found.sentence == (
        "one 1.0 → 2.0 explains it: with one 1.0 put back the re-run is different."
    )


def test_when_the_statement_has_changed_nothing_is_put_back(world):
    made = world()
    (value,) = made.figure.values_json
    made.figure.values_json = [value | {"published": 45.0}]
    made.figure.save()

    found = made.work(diagnose(made.figure))

    assert (found.state, len(found.trials_json)) == ("found", 1)
    assert [item["kind"] for item in found.cause_json] == ["statement"]


def test_when_nothing_is_known_to_have_changed_it_says_so(world):
    made = world()
    made.checks[0].run.version = made.versions[1]
    made.checks[0].run.save()
    Run.objects.update(environment="e" * 64)

    found = made.work(diagnose(made.figure))

    assert (found.state, found.sentence) == (
        "not found",
        "Nothing that is known of has changed since the earlier check.",
    )


def test_so_many_changes_that_nobody_could_try_them_are_not_tried(world):
    made = world()
    for place in range(1001):
        made.versions[1].files.create(path=f"part{place}.py", digest="a" * 64, size=1)

    found = made.work(diagnose(made.figure))

    assert (found.state, found.sentence, len(found.trials_json)) == (
        "not found", "1,003 things have changed since the earlier check: too many to try.", 1,
    )  # fmt: skip


def test_what_a_run_says_of_its_python_is_a_strangers_text(world):
    made = world()
    for check, python in zip(made.checks, ("3.11.2", "4\x07" * 90), strict=True):
        rows.AttemptFactory(run=check.run, facts_json={"python": python})

    (platform,) = [
        item for item in case_of(diagnose(made.figure)).changes if item.kind == "platform"
    ]

    assert (platform.before, platform.after) == ("3.11.2", "4" * 40)


def test_a_trial_that_fails_says_nothing_and_the_search_goes_on(world):
    def gives(pinned, _run):
        if pinned == {"one==1.0", "other==1.1"}:
            return ImportError("one is too old")
        return by_one(pinned)

    def by_one(pinned):
        return 41.0 if "one==2.0" in pinned else 40.0

    made = world(gives)
    found = made.work(diagnose(made.figure))

    assert {item["name"] for item in found.cause_json} == {"one", "other"}
    assert ("environment:one", "failed") in tried(found)


def test_a_failed_check_is_diagnosed_when_somebody_asks(world):
    made = world(lambda pinned, _run: ValueError("no") if "one==2.0" in pinned else 40.0)
    made.checks[1].verdict = "failed"
    made.checks[1].save()

    assert diagnose_newest(made.figure) is None
    found = made.work(diagnose(made.figure))

    assert (found.state, found.sentence) == ("found", CAUSE)


def test_a_trial_that_cannot_be_an_entry_is_told_as_such(world, monkeypatch):
    made = world()
    diagnosis = diagnose(made.figure)
    made.work(diagnosis, steps=1)

    class RefusedError(QueueFullError):
        status = 422

    def refuse(*_given, **_more):
        raise RefusedError("It cannot be run so.")

    monkeypatch.setattr("gallery.actions.trials.ask", refuse)
    made.work(diagnosis)

    assert (diagnosis.state, diagnosis.sentence) == (
        "not found",
        (
            "With everything put back as it was there is no verdict, and no part of it explains "
            "it: the trials below say why."
        ),
    )
    assert {item["sentence"] for item in diagnosis.trials_json if not item["run"]} == {
        "It cannot be run so."
    }


def test_a_full_queue_is_no_verdict_and_is_tried_later(world, monkeypatch):
    made = world()
    diagnosis = diagnose(made.figure)

    def full(*_given, **_more):
        raise QueueFullError("full")

    with monkeypatch.context() as patch:
        patch.setattr("gallery.actions.trials.ask", full)
        go_on(diagnosis.pk)

    diagnosis.refresh_from_db()
    assert (diagnosis.state, diagnosis.trials_json) == ("running", [])
    assert made.work(diagnosis).state == "found"


def test_a_trial_whose_data_stay_out_of_reach_is_given_up_after_hours(world):
    made = world()
    diagnosis = diagnose(made.figure)
    made.work(diagnosis, steps=1)
    go_on(diagnosis.pk)
    diagnosis.refresh_from_db()
    waiting = diagnosis.waits_for
    Run.objects.filter(pk=waiting.pk).update(state="waiting for data", error="away")
    go_on(diagnosis.pk)
    diagnosis.refresh_from_db()
    assert diagnosis.waits_for == waiting

    Run.objects.filter(pk=waiting.pk).update(requested_at=timezone.now() - timedelta(hours=7))
    go_on(diagnosis.pk)

    diagnosis.refresh_from_db()
    (given_up,) = [item for item in diagnosis.trials_json if item["run"] == waiting.address]
    assert (given_up["result"], given_up["verdict"]) == ("no verdict", "waiting for data")


# Beginning


@pytest.mark.parametrize("verdict", ["identical", "within tolerance", "not comparable"])
def test_only_what_is_different_or_failed_is_diagnosed(world, verdict):
    made = world()
    made.checks[1].verdict = verdict
    made.checks[1].save()

    with pytest.raises(NothingToDiagnoseError) as refused:
        diagnose(made.figure)

    assert refused.value.detail == (
        f"The figure doubled is {verdict}: only a different or failed one is diagnosed."
    )
    assert diagnose_newest(made.figure) is None
    assert Diagnosis.objects.count() == 0


def test_a_figure_without_a_check_is_not_diagnosed(db):
    with pytest.raises(NothingToDiagnoseError):
        diagnose(rows.FigureFactory())


def test_asking_twice_is_asking_once(world, sent, committed):
    made = world()
    with committed():
        assert diagnose(made.figure) == diagnose(made.figure)

    assert sent == [("gallery.go_on_with_diagnosis", Diagnosis.objects.get().pk)]


def test_a_check_that_was_judged_anew_is_diagnosed_anew(world):
    made = world()
    done = made.work(diagnose(made.figure))
    Check.objects.filter(pk=made.checks[1].pk).update(checked_at=timezone.now())

    again = diagnose(made.figure)

    assert (again.pk, again.state, again.trials_json) == (done.pk, "running", [])


def test_it_begins_by_itself_where_an_earlier_check_was_good(world):
    made = world()

    assert diagnose_by_itself(made.checks[1]).baseline == made.checks[0]
    assert diagnose_newest(made.figure) is None


def test_it_does_not_begin_by_itself_without_a_good_one(world):
    made = world()
    made.checks[0].verdict = "failed"
    made.checks[0].save()

    assert diagnose_by_itself(made.checks[1]) is None


def test_it_begins_by_itself_three_times_a_day_at_most(world):
    made = world()
    for place in range(3):
        check = rows.CheckFactory(figure=made.figure, checked_at=made.checks[0].checked_at)
        Diagnosis.objects.create(judged=check, state="found", sentence=str(place))

    assert diagnose_by_itself(made.checks[1]) is None
    Diagnosis.objects.update(asked_at=timezone.now() - timedelta(days=2))
    assert diagnose_by_itself(made.checks[1]) is not None


def test_too_many_at_once_are_refused(world, monkeypatch):
    made = world()
    # The verb has the name of its module, so the module is not reached by a dotted name.
    monkeypatch.setattr(sys.modules["gallery.actions.diagnose"], "UNDER_WAY_AT_MOST", 0)

    with pytest.raises(TooManyDiagnosesError):
        diagnose(made.figure)
    assert diagnose_by_itself(made.checks[1]) is None


def test_the_chore_begins_what_a_lost_signal_missed(world, sent, committed):
    made = world()
    made.figure.verdict = "different"
    made.figure.save()

    with committed():
        tasks.keep_diagnosing()

    diagnosis = Diagnosis.objects.get()
    assert diagnosis.judged == made.checks[1]
    assert ("gallery.go_on_with_diagnosis", diagnosis.pk) in sent


def test_the_chore_goes_on_with_what_stands_still_and_leaves_what_waits(world, sent, committed):
    made = world()
    diagnosis = diagnose(made.figure)
    go_on(diagnosis.pk)
    with committed():
        keep_diagnosing()
    assert sent == []

    diagnosis.refresh_from_db()
    made.end(diagnosis.waits_for)
    with committed():
        keep_diagnosing()

    assert sent == [("gallery.go_on_with_diagnosis", diagnosis.pk)]


def test_the_end_of_a_run_wakes_the_diagnosis_that_waits_for_it(world, sent, committed):
    made = world()
    diagnosis = diagnose(made.figure)
    tasks.go_on_with_diagnosis(diagnosis.pk)
    diagnosis.refresh_from_db()
    made.end(diagnosis.waits_for)
    sent.clear()

    with committed():
        run_ended.send(Run, run_id=diagnosis.waits_for.pk)

    assert sent == [("gallery.go_on_with_diagnosis", diagnosis.pk)]
