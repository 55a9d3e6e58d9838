"""The plan of a run, read back from its rows; how long it takes, and how a failure is traced."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from executor.models import Run, RunInput
from executor.queries import estimates, failed_path, feeding, places_in_queue, plan_of
from tests.factories import rows

pytestmark = pytest.mark.django_db
FAILED = "executor:user:input-failed"


def feed(target: Run, *sources: Run, name: str = "tables") -> None:
    RunInput.objects.bulk_create(
        RunInput(run=target, name=name, position=place, source=source, output="counts")
        for place, source in enumerate(sources)
    )


def chain(length: int, **run: object) -> list[Run]:
    """Runs of one version, each feeding the next."""
    version = rows.VersionFactory(workflow__slug="step", number=1, title="A step")
    runs = Run.objects.bulk_create(
        rows.RunFactory.build(version=version, **run) for _place in range(length)
    )
    RunInput.objects.bulk_create(
        RunInput(run=after, name="before", source=run, output="after")
        for run, after in pairwise(runs)
    )
    return runs


def test_a_run_alone_is_its_own_plan():
    run = rows.RunFactory(state="queued", changed_json=["energy"])

    (node,) = plan_of(run).nodes

    assert (node.address, node.state, node.known, node.changed, node.depth) == (
        run.address, "queued", False, ("energy",), 0,
    )  # fmt: skip


def test_a_diamond_has_each_run_once_and_every_edge():
    a, b, c, d = (rows.RunFactory(state="finished") for _place in range(4))
    feed(b, a)
    feed(c, a)
    feed(d, b, c)
    rows.RunFactory()  # somebody else's

    drawn = plan_of(d)

    assert {node.address: node.depth for node in drawn.nodes} == {
        a.address: 0, b.address: 1, c.address: 1, d.address: 2,
    }  # fmt: skip
    assert [node.address for node in drawn.nodes][-1] == d.address
    assert {(edge.source, edge.target, edge.position) for edge in drawn.edges} == {
        (a.address, b.address, 0), (a.address, c.address, 0),
        (b.address, d.address, 0), (c.address, d.address, 1),
    }  # fmt: skip


def test_a_product_given_by_its_digest_is_no_run_of_the_plan():
    run = rows.RunFactory()
    RunInput.objects.create(run=run, name="table", product=rows.ProductFactory())

    assert (plan_of(run).total, plan_of(run).edges) == (1, ())


@pytest.mark.parametrize("length", [2, 800])
def test_a_longer_chain_asks_no_more_questions(length, django_assert_num_queries):
    last = chain(length)[-1]

    with django_assert_num_queries(3):  # which runs, what feeds what, how they stand
        drawn = plan_of(last)

    assert (drawn.total, drawn.nodes[-1].depth) == (length, length - 1)


def test_what_a_run_feeds_is_no_part_of_it():
    runs = chain(3)

    assert sorted(feeding(runs[1])) == sorted(run.pk for run in runs[:2])


def test_a_version_takes_what_its_last_runs_took():
    runs = chain(3)
    began = timezone.now()
    for number, seconds in enumerate((1, 3, 100)):
        rows.AttemptFactory(
            run=runs[0], number=number, outcome="finished", started_at=began,
            ended_at=began + timedelta(seconds=seconds),
        )  # fmt: skip
    rows.AttemptFactory(run=runs[0], number=9, outcome="failed", started_at=began, ended_at=began)

    assert estimates(plan_of(runs[-1])) == {run.address: 3.0 for run in runs}


def test_what_never_finished_has_no_estimate():
    (run,) = chain(1)

    assert estimates(plan_of(run)) == {run.address: None}


def test_the_way_to_what_failed_ends_at_what_failed_by_itself():
    runs = chain(3, state="failed", error_id=FAILED)
    Run.objects.filter(pk=runs[0].pk).update(error_id="executor:user:raised")

    path = failed_path(Run.objects.get(pk=runs[2].pk))

    assert [edge.source_id for edge in path] == [runs[1].pk, runs[0].pk]


def test_the_way_to_what_failed_is_bounded():
    assert len(failed_path(chain(150, state="failed", error_id=FAILED)[-1])) == 100


def test_a_run_that_failed_by_itself_has_no_such_way():
    assert failed_path(rows.RunFactory(state="failed", error_id="executor:user:raised")) == []


def test_who_is_due_first_goes_first():
    now = timezone.now()
    later = rows.RunFactory(due_at=now + timedelta(hours=1))
    first = rows.RunFactory(due_at=now)
    rows.RunFactory(due_at=now, state="running")

    assert places_in_queue() == {first.pk: 1, later.pk: 2}
