"""Planning a request: addresses of every node, and refusals that say where."""

import pytest

from executor.actions import plan_request
from executor.domain.asker import Asker
from executor.errors import BadInputsError, BadRequestError
from executor.models import Output, Product, Run, RunInput
from lib import digest
from tests.executor.trees import counts, report, total
from tests.factories import rows

AWAY = "0" * 64


@pytest.fixture(autouse=True)
def _same_environment(monkeypatch):
    monkeypatch.setattr("executor.adapters.environments.digest_of", lambda _lock: "e" * 64)


def refused(content, **more):
    with pytest.raises(BadInputsError) as refusal:
        plan_request(content, **more)
    return refusal.value.errors


def sources(planned):
    return [
        (item.name, item.position, item.run, item.output, item.digest) for item in planned.sources
    ]


def test_a_plan_has_every_node_after_what_feeds_it_and_writes_nothing(tree):
    plan = plan_request(report(1, 2))

    first, second, summed, last = plan.nodes.values()
    assert [item.version.workflow.slug for item in plan.nodes.values()] == [
        "counts", "counts", "sum", "report",
    ]  # fmt: skip
    assert sources(summed) == [
        ("tables", 0, first.address, "counts", ""), ("tables", 1, second.address, "counts", ""),
    ]  # fmt: skip
    assert sources(last) == [("table", 0, summed.address, "table", "")]
    assert (plan.want, plan.root) == (last.address, last)
    assert (Run.objects.count(), RunInput.objects.count()) == (0, 0)


def test_the_address_of_a_composed_request_never_changes(tree):
    plan = plan_request(report(1, 2, factor=2))

    assert list(plan.nodes) == PINNED


PINNED = [
    "58f3fd06da5c9d4d5377a91d9fe74851e758a43b669d40ae2af8751aa5afe7ec",
    "edb42dd1e8d137d22cd91fcc16b896b9f57c1d011a0a8b38f8891d0cdf9a9b87",
    "94310c8c89a9de2db748a4c6a6bd1cdfb71cb0f8614433ec883d18f91c4091cf",
    "1a26aa5dada3d73dd280f4161064a0569331f8bd3a4cb9b5787be2f221f9c748",
]


def test_the_form_of_a_product_is_the_run_and_its_output(tree):
    plan = plan_request(total(1))
    (feeding, _root) = plan.nodes

    assert plan.root.typed == {
        "tables": {"type": "product", "value": [{"run": feeding, "output": "counts"}]},
        "threshold": {"type": "float", "unit": "MeV", "value": 0.0},
    }
    assert plan.root.inputs.changed == ("tables",)


def test_equal_nodes_are_one(tree):
    plan = plan_request(total(5, 5, 5))

    assert len(plan.nodes) == 2
    assert [position for _name, position, *_rest in sources(plan.root)] == [0, 1, 2]


def test_the_order_of_a_list_is_part_of_the_question(tree):
    assert plan_request(total(1, 2)).address != plan_request(total(2, 1)).address


def test_the_same_question_nested_flat_or_by_address_is_one_address(tree):
    nested = plan_request(total(1))
    (feeding, _root) = nested.nodes
    flat = plan_request(
        {
            "nodes": {
                "a": counts(1),
                "b": {"workflow": "sum", "parameters": {"tables": {"node": "a"}}},
            },
            "want": "b",
        }
    )
    tree.ask(counts(1))
    by_address = plan_request(
        {"workflow": "sum", "parameters": {"tables": [{"run": feeding, "output": "counts"}]}}
    )

    assert nested.address == flat.address == by_address.address
    assert len(by_address.nodes) == 1


def test_an_output_need_not_be_named_when_only_one_fits(tree):
    unnamed = {"workflow": "counts", "parameters": {"level": 1}}

    assert plan_request({"workflow": "sum", "parameters": {"tables": [unnamed]}}).address == (
        plan_request(total(1)).address
    )


def test_a_number_is_bound_in_the_unit_of_its_parameter(tree):
    plan = plan_request(total(1, threshold=counts(3) | {"output": "energy"}))

    (_one, feeding, _root) = plan.nodes
    assert plan.root.typed["threshold"] == {
        "type": "float", "unit": "MeV", "value": {"run": feeding, "output": "energy"},
    }  # fmt: skip


# Products by digest


def test_an_uploaded_product_is_known_by_its_digest(tree):
    product = rows.ProductFactory(data=b"n\n1\n", media_type="text/csv")

    plan = plan_request({"workflow": "report", "parameters": {"table": product.digest}})

    assert sources(plan.root) == [("table", 0, "", "", product.digest)]
    assert plan.root.typed["table"] == {"type": "product", "value": {"digest": product.digest}}
    assert plan.root.resolved == plan.root.address


def test_a_product_of_a_run_is_judged_by_what_the_run_says_of_it(tree):
    run = rows.RunFactory(version=tree.versions["counts"], state="finished")
    product = rows.ProductFactory(data=b"{}", media_type="application/json")
    Output.objects.create(run=run, name="counts", file="counts.csv", product=product)

    plan = plan_request({"workflow": "report", "parameters": {"table": product.digest}})

    assert plan.root.typed["table"]["value"] == {"digest": product.digest}


def test_a_product_that_fits_as_one_of_its_origins_fits(tree):
    product = rows.ProductFactory(data=b"7", media_type="application/json")
    for name in ("energy", "counts"):
        run = rows.RunFactory(version=tree.versions["counts"], state="finished")
        Output.objects.create(run=run, name=name, file="x", product=product)

    assert plan_request({"workflow": "report", "parameters": {"table": product.digest}})


def test_bytes_of_another_type_are_refused(tree):
    product = rows.ProductFactory(data=b"{}", media_type="application/json")

    assert refused({"workflow": "report", "parameters": {"table": product.digest}}) == {
        "table": "It takes a table, and the product is of the type application/json."
    }


def test_a_number_is_written_and_not_given_by_digest(tree):
    product = rows.ProductFactory(data=b"2.0", media_type="application/json")

    assert refused(total(1, threshold={"product": product.digest})) == {
        "threshold": "Write the value itself: a digest stands for a product."
    }


# The author's own files


def test_a_product_that_is_not_given_is_the_file_of_the_entry(tree):
    plan = plan_request({"workflow": "view"})

    assert plan.root.typed == {
        "table": {"type": "product", "value": {"file": "example.csv"}},
        "more": {"type": "product", "value": [{"file": "a.csv"}]},
        "mask": {"type": "product", "value": None},
    }
    assert (plan.root.sources, plan.root.inputs.changed) == ((), ())


def test_a_product_without_a_default_must_be_given(tree):
    assert refused({"workflow": "report"}) == {
        "table": "A product is missing: give a digest, a run with its output, or a request."
    }


# Refused before anything runs, saying where


def in_report(table):
    return {"workflow": "report", "parameters": {"table": table}}


@pytest.mark.parametrize(
    ("table", "where", "sentence"),
    [
        (AWAY, "table", f"No product has the digest {AWAY}: upload it first."),
        ({"run": AWAY, "output": "x"}, "table", f"No run has the address {AWAY}."),
        (
            counts(1) | {"output": "energy"},
            "table",
            "It takes a table, and energy is a number.",
        ),
        (
            counts(1) | {"output": "spectrum"},
            "table",
            "There is no output 'spectrum'; the outputs are: counts, energy, seconds.",
        ),
        (
            total(1) | {"parameters": {"tables": [counts(1), counts(2) | {"output": "energy"}]}},
            "table.parameters.tables[1]",
            "It takes a table, and energy is a number.",
        ),
        (
            total(1, 2, threshold=counts(1) | {"output": "seconds"}),
            "table.parameters.threshold",
            "It has MeV, and seconds has s: they do not convert.",
        ),
        (
            total(1, -2),
            "table.parameters.tables[1].parameters.level",
            "-2 is too small: write at least 0.",
        ),
        (
            total(1) | {"parameters": {"tables": []}},
            "table.parameters.tables",
            "The list is empty: give a product.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(tree, table, where, sentence):
    assert refused(in_report(table)) == {where: sentence}
    assert Run.objects.count() == 0


def test_an_output_that_is_not_named_and_not_clear_is_asked_for(tree):
    unclear = {"workflow": "view", "parameters": {"mask": {"workflow": "counts"}}}

    assert refused(unclear) == {"mask": "Name the output to take, one of: counts, energy, seconds."}


def test_a_list_where_one_is_wanted_is_refused(tree):
    with pytest.raises(BadRequestError) as refusal:
        plan_request(in_report([total(1)]))

    assert refusal.value.errors == {"table": "It takes one product, not a list of them."}


def test_a_flat_request_is_told_its_nodes(tree):
    nodes = {"a": counts(1) | {"output": ""}, "b": in_report({"node": "a", "output": "energy"})}

    assert refused({"nodes": nodes, "want": "b"}) == {
        "nodes.b.parameters.table": "It takes a table, and energy is a number."
    }


def test_names_that_nothing_can_send_are_spelled_out(tree):
    assert refused({"workflow": "counts", "parameters": {"\ud800\0": 1}}) == {
        "\\ud800\\x00": "There is no parameter '\\ud800\\x00'; the parameters are: level, sign."
    }


def test_a_list_is_as_long_as_the_asker_may_have_it(tree):
    few = Asker(name="anonymous:x", fan_out=2)

    assert plan_request(total(1, 2), asker=few)
    assert refused(total(1, 2, 3), asker=few) == {
        "tables": "You may give 2 products in one list, and these are 3: ask the operator for more."
    }


def test_more_nodes_than_the_service_takes_are_refused(tree, settings):
    settings.NODES_AT_MOST = 3

    with pytest.raises(BadRequestError) as refusal:
        plan_request(report(1, 2))

    assert refusal.value.detail == "The request has more than 3 nodes: split it."


def test_a_plan_asks_the_database_as_often_for_three_nodes_as_for_one(
    tree, django_assert_num_queries
):
    product = rows.ProductFactory(data=b"n\n1\n", media_type="text/csv")
    for number in (1, 3):
        content = {"workflow": "sum", "parameters": {"tables": [product.digest] * number}}
        with django_assert_num_queries(3):
            plan_request(content)
    for levels in ((1,), (1, 2, 3)):
        with django_assert_num_queries(2):
            plan_request(total(*levels))


def test_digests_of_a_thousand_products_are_looked_up_together(tree, django_assert_max_num_queries):
    Product.objects.bulk_create(
        Product(digest=digest.of_value(number), media_type="text/csv", size=1)
        for number in range(1000)
    )
    given = [digest.of_value(number) for number in range(1000)]

    with django_assert_max_num_queries(8):
        plan = plan_request({"workflow": "sum", "parameters": {"tables": given}})

    assert [item.digest for item in plan.root.sources] == given
