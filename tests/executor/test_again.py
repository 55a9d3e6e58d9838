"""Products whose bytes were evicted are made again on request, and compared with what they were."""

import pytest
from django.utils import timezone

from executor.errors import ProductEvictedError
from executor.models import Product, Run
from tests.executor.trees import counts, report, total
from tests.factories import rows


@pytest.fixture
def chain(tree):
    """A finished chain: counts → sum → report."""
    tree.ask(report(1))
    tree.finish(tree.run("counts"), counts=b"counts")
    tree.finish(tree.run("sum"), table=b"table")
    tree.finish(tree.run("report"), n=b"1.0")
    return tree


def evict(run):
    Product.objects.filter(outputs__run=run).update(evicted_at=timezone.now())


def states(tree):
    return [tree.states(slug)[0] for slug in ("counts", "sum", "report")]


def test_what_nobody_needs_is_not_made_again(chain):
    evict(chain.run("sum"))

    assert chain.ask(report(1)).known
    assert states(chain) == ["finished"] * 3


def test_an_evicted_answer_is_made_again_from_what_is_kept(chain):
    evict(chain.run("report"))

    asked = chain.ask(report(1))

    assert (asked.known, asked.run.is_remade) == (False, True)
    assert states(chain) == ["finished", "finished", "queued"]


def test_an_evicted_intermediate_is_made_again_first(chain):
    for slug in ("sum", "report"):
        evict(chain.run(slug))

    chain.ask(report(1))

    assert states(chain) == ["finished", "queued", "waiting for inputs"]
    chain.finish(chain.run("sum"), table=b"table")
    chain.finish(chain.run("report"), n=b"1.0")
    assert states(chain) == ["finished"] * 3


def test_a_run_named_by_its_address_is_made_again_with_what_feeds_it(chain):
    for slug in ("counts", "sum"):
        evict(chain.run(slug))
    table = {"run": chain.run("sum").address, "output": "table"}

    chain.ask({"workflow": "report", "parameters": {"table": table, "factor": 2}})

    assert (chain.states("counts"), chain.states("sum"), chain.states("report")) == (
        ["queued"], ["waiting for inputs"], ["finished", "waiting for inputs"],
    )  # fmt: skip


def test_equal_bytes_are_kept_again_and_the_version_stays_deterministic(chain):
    run = chain.run("counts")
    evict(run)
    chain.ask(counts(1))
    before = outputs(run)

    chain.finish(run, counts=b"counts")

    assert outputs(run) == before
    assert run.is_remade is False
    assert not Product.objects.filter(evicted_at__isnull=False).exists()
    assert run.attempts.last().facts_json == {"remade": True, "differs": []}
    assert chain.run("counts").version.is_deterministic


def outputs(run):
    return [(item.name, item.product_id) for item in run.outputs.all()]


def test_other_bytes_are_flagged(chain):
    run = chain.run("counts")
    evict(run)
    chain.ask(counts(1))

    chain.finish(run, counts=b"something else")

    assert run.attempts.last().facts_json == {"remade": True, "differs": ["counts"]}
    assert not chain.run("counts").version.is_deterministic


def test_other_bytes_of_an_intermediate_are_another_question_for_what_follows(chain):
    for slug in ("sum", "report"):
        evict(chain.run(slug))
    before = chain.run("report").resolved
    chain.ask(report(1))

    chain.finish(chain.run("sum"), table=b"another table")

    assert chain.run("report").resolved != before


def test_a_remake_that_fails_keeps_what_is_known_of_the_products(chain):
    run = chain.run("counts")
    evict(run)
    before = outputs(run)
    chain.ask(counts(1))

    chain.fail(run)

    assert (run.state, outputs(run), run.version.is_deterministic) == ("failed", before, True)
    chain.ask(counts(1))
    chain.finish(run, counts=b"something else")
    assert run.attempts.last().facts_json["differs"] == ["counts"]


def test_an_answer_that_was_taken_over_is_made_by_its_own_run(chain):
    other = {"workflow": "sum", "parameters": {"tables": [counts(1, sign=-1)]}}
    first = chain.run("sum")
    asked = chain.ask(other)
    chain.finish(chain.run("counts", sign=-1), counts=b"counts")
    asked.run.refresh_from_db()
    assert asked.run.reused == first
    evict(asked.run)

    again = chain.ask(other)

    again.run.refresh_from_db()
    assert (again.run.state, again.run.reused) == ("queued", None)


def test_a_product_given_by_digest_must_be_kept(tree):
    product = rows.ProductFactory(data=b"n\n1\n", media_type="text/csv")
    content = {"workflow": "report", "parameters": {"table": product.digest}}
    tree.ask(content)
    tree.finish_all()
    Product.objects.filter(pk=product.pk).update(evicted_at=timezone.now())

    assert tree.ask(content).known
    with pytest.raises(ProductEvictedError) as refused:
        tree.ask({"workflow": "report", "parameters": {"table": product.digest, "factor": 2}})

    assert refused.value.detail == (
        f"The product {product.digest} is not kept. Its bytes are not kept any more, and no run "
        "makes them: upload the file again."
    )
    assert Run.objects.count() == 1


def test_a_failed_run_is_not_a_remade_one(tree):
    tree.ask(total(1))
    tree.fail(tree.run("counts"))

    tree.ask(total(1))

    assert {run.is_remade for run in Run.objects.all()} == {False}
