"""Cancelling a run cancels what only feeds it, and nothing that somebody else wants."""

from executor.actions import cancel_run
from executor.models import Run
from tests.executor.trees import counts, report, total


def cancel(tree, run):
    with tree.committed():
        return cancel_run(run)


def test_what_only_feeds_it_is_cancelled_with_it(tree, told):
    asked = tree.ask(report(1, 2))

    cancel(tree, asked.run)

    assert {run.state for run in Run.objects.all()} == {"cancelled"}
    assert sorted(told) == sorted(Run.objects.values_list("pk", flat=True))


def test_what_another_run_needs_goes_on(tree):
    asked = tree.ask(report(1, 2))
    tree.ask(report(2, 3))

    cancel(tree, asked.run)

    assert tree.run("counts", level=1).state == "cancelled"
    assert tree.run("counts", level=2).state == "queued"
    assert tree.states("sum") == ["cancelled", "waiting for inputs"]


def test_what_somebody_asked_for_itself_goes_on(tree):
    tree.ask(counts(1))
    asked = tree.ask(total(1, 2))

    cancel(tree, asked.run)

    assert (tree.run("counts", level=1).state, tree.run("counts", level=2).state) == (
        "queued", "cancelled",
    )  # fmt: skip


def test_what_feeds_it_and_runs_already_is_asked_to_stop(tree):
    asked = tree.ask(total(1))
    Run.objects.filter(pk=tree.run("counts").pk).update(state="running")

    cancel(tree, asked.run)

    feeding = tree.run("counts")
    assert (feeding.state, feeding.cancel_asked) == ("running", True)


def test_who_asks_meanwhile_takes_the_wish_to_stop_back(tree):
    asked = tree.ask(total(1))
    Run.objects.filter(pk=tree.run("counts").pk).update(state="running")
    cancel(tree, asked.run)

    tree.ask(counts(1))

    assert tree.run("counts").cancel_asked is False


def test_a_cancelled_feeder_fails_what_waits_for_it_by_name(tree):
    tree.ask(total(1))
    feeding = tree.run("counts")

    cancel(tree, feeding)

    assert tree.run("sum").error == f"tables ← counts {feeding.address[:12]}: it was cancelled"


def test_what_has_finished_stays_finished(tree):
    asked = tree.ask(total(1, 2))
    tree.finish(tree.run("counts", level=1))

    cancel(tree, asked.run)

    assert tree.states("counts") == ["finished", "cancelled"]
