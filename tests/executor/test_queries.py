"""Reads of the executor that more than one caller needs."""

import math

import pytest

from executor.adapters.sandbox import Isolation
from executor.errors import UnknownProductError, UnknownRunError
from executor.queries import isolation_line, output_named, product_of, run_at, runs, scalar
from tests.factories import rows

pytestmark = pytest.mark.django_db


def output(data: bytes, file: str = "total.json"):
    return rows.OutputFactory(file=file, product=rows.ProductFactory(data=data))


def test_runs_come_newest_first():
    first, second = rows.RunFactory(), rows.RunFactory()

    assert list(runs()) == [second, first]


def test_an_address_is_found_in_either_case():
    run = rows.RunFactory(address="ab" * 32)

    assert run_at("AB" * 32) == run


def test_an_unknown_address_is_told_how_to_make_one():
    with pytest.raises(UnknownRunError) as unknown:
        run_at("x" * 1000)

    assert unknown.value.detail == (
        f"No run has the address '{'x' * 64}'. An address has 64 hexadecimal digits, and "
        "the form of a workflow makes one."
    )


def test_an_unknown_product_is_told_where_products_are():
    with pytest.raises(UnknownProductError) as unknown:
        product_of("0" * 64)

    assert unknown.value.detail == (
        f"No product has the digest '{'0' * 64}': the page of a run lists its products."
    )


def test_an_output_is_found_by_name_and_role():
    run = rows.finished_run()
    arrays = rows.ProductFactory(data=b"{}")
    plot = rows.OutputFactory(run=run, role="plot", file="total.png.plot.json", product=arrays)

    assert output_named(run, "total").role == "output"
    assert output_named(run, "total", "plot") == plot
    assert output_named(run, "spectrum") is None


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"40.5", 40.5), (b"40", 40), (b"true", True), (b'"crab"', "crab"), (b"null", None),
        (b'"Infinity"', math.inf), (b'"-Infinity"', -math.inf), (b"[1, 2]", [1, 2]),
    ],
)  # fmt: skip
def test_a_scalar_is_what_its_json_says(data, value):
    assert scalar(output(data)) == value


def test_a_nan_travels_as_text():
    assert math.isnan(scalar(output(b'"NaN"')))


def test_a_text_is_taken_as_it_is():
    assert scalar(output(b'"NaN" caf\xc3\xa9 \xff', "note.txt")) == '"NaN" café \ufffd'


@pytest.mark.parametrize(
    "data", [b"", b"no JSON", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'"' + b"x" * 2**20 + b'"']
)
def test_bytes_that_are_no_value_are_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 -- several kinds of it
        scalar(output(data))


@pytest.mark.parametrize(
    ("isolation", "line"),
    [
        (Isolation("direct", "."), "Code of others runs in isolation, by namespaces of Linux."),
        (Isolation("off", "No namespaces."), "Code of others is not isolated here. No namespaces."),
    ],
)
def test_how_code_is_isolated_is_a_sentence(monkeypatch, isolation, line):
    monkeypatch.setattr("executor.queries.sandbox.isolation", lambda _wanted: isolation)

    assert isolation_line() == line
