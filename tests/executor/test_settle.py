"""Runs that wait for inputs: queued, answered or failed once their sources have ended."""

import threading

from executor.actions import sweep_runs
from executor.actions.claim import claim
from executor.actions.ending import end_attempt
from executor.actions.settle import settle
from executor.domain.failure import LONGEST, named_failure
from executor.domain.states import State
from executor.models import Output, Run, RunInput
from lib import store
from tests.executor.trees import Tree, counts, report, total
from tests.factories import rows


def test_a_request_queues_what_needs_nothing_and_blocks_the_rest(tree, sent):
    asked = tree.ask(report(1, 2))

    assert (asked.run, asked.known, asked.run.state) == (
        tree.run("report"), False, "waiting for inputs",
    )  # fmt: skip
    assert (tree.states("counts"), tree.states("sum")) == (["queued"] * 2, ["waiting for inputs"])
    assert sent == [("executor.work",)] * 2


def test_only_the_run_asked_for_is_wanted_for_itself(tree):
    tree.ask(total(1))

    assert (tree.run("sum").is_wanted, tree.run("counts").is_wanted) == (True, False)

    tree.ask(counts(1))
    assert tree.run("counts").is_wanted is True


def test_a_run_is_queued_when_the_last_of_its_sources_has_finished(tree, sent):
    tree.ask(report(1, 2))

    tree.finish(tree.run("counts", level=1))
    assert tree.states("sum") == ["waiting for inputs"]

    sent.clear()
    tree.finish(tree.run("counts", level=2))
    assert (tree.states("sum"), tree.states("report")) == (["queued"], ["waiting for inputs"])
    assert sent == [("executor.work",)]


def test_a_run_over_known_products_is_queued_at_once(tree):
    product = rows.ProductFactory(data=b"n\n1\n", media_type="text/csv")

    tree.ask({"workflow": "report", "parameters": {"table": product.digest}})

    (edge,) = RunInput.objects.all()
    assert (edge.name, edge.position, edge.source, edge.product) == ("table", 0, None, product)
    assert tree.states("report") == ["queued"]


def test_a_run_over_finished_runs_is_queued_at_once(tree):
    tree.ask(counts(1))
    tree.finish_all()

    tree.ask(total(1))

    assert tree.states("sum") == ["queued"]
    assert tree.finish_all() == 1


# Early cut-off


def test_equal_bytes_answer_what_follows_without_a_run(tree, told):
    tree.ask(report(1))
    tree.finish(tree.run("counts"), counts=b"n\n7\n")
    tree.finish_all()
    known, other = tree.run("report"), report(1)
    other["parameters"]["table"]["parameters"]["tables"] = [counts(1, sign=-1)]
    told.clear()

    asked = tree.ask(other)
    tree.finish(tree.run("counts", sign=-1), counts=b"n\n7\n")

    asked.run.refresh_from_db()
    assert (asked.run.state, asked.run.reused) == ("finished", known)
    assert asked.run.attempts.count() == 0
    assert outputs(asked.run) == outputs(known)
    assert len(told) == 3


def outputs(run):
    return [(item.name, item.role, item.file, item.product_id) for item in run.outputs.all()]


def test_other_bytes_cut_nothing_off(tree):
    tree.ask(total(1))
    tree.finish(tree.run("counts"), counts=b"n\n7\n")
    tree.finish_all()

    tree.ask({"workflow": "sum", "parameters": {"tables": [counts(1, sign=-1)]}})
    tree.finish(tree.run("counts", sign=-1), counts=b"n\n8\n")

    assert tree.states("sum") == ["finished", "queued"]


def test_equal_numbers_in_other_units_are_one_value(tree):
    tree.ask(total(1, threshold="0.003 MeV"))
    energy = counts(1) | {"output": "energy"}
    for run in (tree.run("counts"),):
        tree.finish(run, counts=b"n\n7\n", energy=b"3.0")
    tree.finish_all()

    asked = tree.ask(total(1, threshold=energy))

    asked.run.refresh_from_db()
    # keV became MeV, and the plain request over the same table is known.
    assert (asked.run.state, asked.run.reused) == ("finished", tree.run("sum", threshold=0.003))


def test_an_uploaded_table_and_an_equal_one_that_a_run_made_are_one_question(tree):
    table = b"n\n7\n"
    product = rows.ProductFactory(data=table, media_type="text/csv")
    tree.ask({"workflow": "report", "parameters": {"table": product.digest}})
    tree.finish_all()

    asked = tree.ask(report(1))
    tree.finish(tree.run("counts"))
    tree.finish(tree.run("sum"), table=table)

    asked.run.refresh_from_db()
    assert (asked.run.state, asked.run.attempts.count()) == ("finished", 0)


def test_an_answer_whose_bytes_are_gone_is_no_answer(tree):
    tree.ask(report(1))
    tree.finish(tree.run("counts"), counts=b"n\n7\n")
    tree.finish_all()
    Output.objects.get(run=tree.run("sum"), name="table").product.__class__.objects.filter(
        outputs__run=tree.run("sum")
    ).update(evicted_at="2026-01-01T00:00Z")

    tree.ask({"workflow": "sum", "parameters": {"tables": [counts(1, sign=-1)]}})
    tree.finish(tree.run("counts", sign=-1), counts=b"n\n7\n")

    assert tree.states("sum") == ["finished", "queued"]


# Failure


def test_a_failure_fails_what_depends_on_it_and_names_the_path(tree, told):
    tree.ask(report(1, 2))
    first, second = tree.run("counts", level=1), tree.run("counts", level=2)

    tree.fail(second)

    summed, last = tree.run("sum"), tree.run("report")
    assert (summed.state, summed.error_id) == ("failed", "executor:user:input-failed")
    assert summed.error == (f"tables[1] ← counts {second.address[:12]}: Cell 1 raised ValueError")
    assert last.error == f"table ← sum {summed.address[:12]}: {summed.error}"
    assert told == [second.pk, summed.pk, last.pk]
    first.refresh_from_db()
    assert first.state == "queued"  # nothing else is touched


def test_the_sentence_of_a_long_chain_is_bounded_and_keeps_its_cause(tree):
    reason = "Cell 1 raised ValueError"
    for _level in range(1000):
        reason = named_failure("table", "sum", "a" * 64, reason)

    assert len(reason) <= LONGEST + 100
    assert reason.startswith("table ← sum aaaaaaaaaaaa: ")
    assert reason.endswith("sum aaaaaaaaaaaa: Cell 1 raised ValueError")


def test_a_chain_of_three_hundred_fails_at_once(tree):
    nodes = {f"n{number}": summing(f"n{number - 1}") for number in range(1, 300)}
    tree.ask({"nodes": {**nodes, "n0": counts(1)}, "want": "n299"})

    tree.fail(tree.run("counts"))

    assert set(tree.states("sum")) == {"failed"}
    assert max(len(run.error) for run in Run.objects.all()) <= LONGEST + 100


def summing(name):
    return {"workflow": "sum", "parameters": {"tables": [{"node": name}]}}


def test_a_chain_of_three_hundred_finishes_step_by_step(tree):
    nodes = {f"n{number}": summing(f"n{number - 1}") for number in range(1, 300)}
    asked = tree.ask({"nodes": {**nodes, "n0": summing_counts(1)}, "want": "n299"})

    assert tree.finish_all() == 301
    asked.run.refresh_from_db()
    assert asked.run.state == "finished"


def summing_counts(level):
    return {"workflow": "sum", "parameters": {"tables": [counts(level)]}}


def test_a_cancelled_source_is_named_too(tree):
    tree.ask(total(1))
    source = tree.run("counts")
    Run.objects.filter(pk=source.pk).update(state="cancelled")

    settle([tree.run("sum").pk])

    assert tree.run("sum").error == f"tables ← counts {source.address[:12]}: it was cancelled"


def test_a_number_that_the_parameter_does_not_take_fails_the_run_only(tree):
    tree.ask(total(1, threshold=counts(1) | {"output": "energy"}))

    tree.finish(tree.run("counts"), energy=b'"NaN"')

    summed = tree.run("sum")
    assert (summed.state, summed.error_id) == ("failed", "executor:user:input-failed")
    assert summed.error.startswith("An input cannot be used: ")


def test_a_run_that_cannot_be_settled_holds_up_no_other(tree, monkeypatch, caplog):
    tree.ask(total(1))
    tree.ask(total(2))
    broken = Run.objects.filter(version__workflow__slug="sum").earliest("pk")

    def resolve(run):
        if run.pk == broken.pk:
            raise ZeroDivisionError
        return "f" * 64

    monkeypatch.setattr("executor.actions.settle._resolved", resolve)
    for level in (1, 2):
        tree.finish(tree.run("counts", level=level))

    assert tree.states("sum") == ["waiting for inputs", "queued"]
    assert caplog.messages == [f"run {broken.pk} could not be settled"]


# Asked again


def test_after_a_failure_only_what_is_missing_runs_again(tree):
    tree.ask(report(1, 2))
    tree.finish(tree.run("counts", level=1))
    tree.fail(tree.run("counts", level=2))

    again = tree.ask(report(1, 2))

    assert (again.run.state, again.run.error, again.run.error_id) == ("waiting for inputs", "", "")
    assert (tree.states("counts"), tree.states("sum")) == (
        ["finished", "queued"], ["waiting for inputs"],
    )  # fmt: skip
    assert tree.finish_all() == 3
    assert tree.states("report") == ["finished"]


def test_a_failed_run_named_by_its_address_is_run_again_with_what_fed_it(tree):
    tree.ask(total(1))
    tree.fail(tree.run("counts"))

    tree.ask(
        {
            "workflow": "report",
            "parameters": {"table": {"run": tree.run("sum").address, "output": "table"}},
        }
    )

    assert (tree.states("counts"), tree.states("sum"), tree.states("report")) == (
        ["queued"], ["waiting for inputs"], ["waiting for inputs"],
    )  # fmt: skip
    assert tree.finish_all() == 3


# Nobody told it


def test_a_sweep_settles_what_was_not_told(tree, sent):
    tree.ask(report(1))
    source = tree.run("counts")
    tree.finish(source)
    Run.objects.filter(version__workflow__slug="sum").update(state="waiting for inputs")
    sent.clear()

    with tree.committed():
        sweep_runs()

    assert tree.states("sum") == ["queued"]
    assert sent == [("executor.work",)]


def test_a_sweep_fails_what_waits_for_a_failed_run(tree):
    tree.ask(report(1))
    Run.objects.filter(pk=tree.run("counts").pk).update(state="failed", error="no")

    with tree.committed():
        sweep_runs()

    assert (tree.states("sum"), tree.states("report")) == (["failed"], ["failed"])


def test_a_sweep_leaves_alone_what_waits_for_something_that_goes_on(tree):
    tree.ask(report(1))

    with tree.committed():
        sweep_runs()

    assert tree.states("sum") == ["waiting for inputs"]


# The same moment, for real


TYPED = {"tables": {"type": "product", "value": [{}, {}]}}


def test_of_two_sources_that_end_at_once_one_queues_what_they_feed(on_file, sent, committed):
    def make() -> None:
        tree = Tree(committed)
        made = [rows.RunFactory(version=tree.versions["counts"]) for _number in range(2)]
        fed = rows.RunFactory(
            version=tree.versions["sum"], state="waiting for inputs", typed_json=TYPED
        )
        for position, run in enumerate(made):
            RunInput.objects.create(
                run=fed, name="tables", position=position, source=run, output="counts"
            )

    on_file(make, 1)
    (attempts,) = on_file(
        lambda: [
            claim(pk) for pk in Run.objects.filter(state="queued").values_list("pk", flat=True)
        ],
        1,
    )
    waiting = list(attempts)
    lock = threading.Lock()

    def end() -> None:
        with lock:
            attempt = waiting.pop()
        content = b"%d" % attempt.pk
        found = [("counts", "output", "counts.csv", store.put(content), len(content))]
        assert end_attempt(attempt, State.FINISHED, None, found)

    assert on_file(end, 2) == [None, None]

    (states,) = on_file(lambda: sorted(Run.objects.values_list("state", flat=True)), 1)
    assert states == ["finished", "finished", "queued"]
    assert [name for (name,) in sent] == ["executor.work"]
