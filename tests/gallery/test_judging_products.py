"""Whole published products are judged with the values of a figure, and kept with residuals."""

import json

import pytest

from executor.domain.plot import read_plot
from executor.models import Product
from gallery.actions import add_paper, check_figure, judge_run
from gallery.actions import products as judging
from gallery.domain.claims import Claim
from gallery.domain.comparison import Tolerance, Tolerances
from gallery.models import CheckedProduct, Figure
from gallery.queries import held
from lib import digest, holds, store
from tests.factories import entries, rows

pytestmark = pytest.mark.django_db
TABLE = b"year,flux\n2003,1.5\n2004,2.5\n2005,3.5\n"
OFF = TABLE.replace(b"2.5", b"2.525")
INTERFACE = rows.INTERFACE | {
    "outputs": [*rows.INTERFACE["outputs"], {"name": "fluxes", "kind": "table"}]
}


@pytest.fixture
def figure(stated) -> Figure:
    (made,) = add_paper(stated(interface_json=INTERFACE))
    return made


@pytest.fixture
def judged(figure, run_of):
    """Judges what a run gave beside a published table."""

    def judge(found: bytes | None, published: bytes = TABLE, **claim: object) -> Figure:
        run = run_of(figure)
        if found is not None:
            product = rows.ProductFactory(data=found, media_type="text/csv")
            rows.OutputFactory(run=run, name="fluxes", file="fluxes.csv", product=product)
        kept = rows.ProductFactory(data=published, media_type="text/csv")
        claimed = Claim("fluxes", "fluxes of Table 2", "table2.csv", kept.digest, **claim)
        figure.products_json = [claimed.to_json()]
        figure.save()
        judge_run(run.pk)
        figure.refresh_from_db()
        return figure

    return judge


def checked() -> CheckedProduct:
    return CheckedProduct.objects.get()


def test_a_product_that_came_out_equal_is_told_beside_the_values(judged):
    figure = judged(TABLE)

    assert (figure.verdict, figure.last_check.sentence) == (
        "identical",
        (
            "twice twenty: published 40 keV, found 40 keV: the same to every digit printed. "
            "Fluxes of Table 2: Byte for byte the same, with 6 values."
        ),
    )
    assert (checked().verdict, checked().published, checked().residual) == (
        "identical", checked().found, None,
    )  # fmt: skip


def test_a_product_that_differs_decides_over_values_that_do_not(judged):
    figure = judged(OFF)

    assert (figure.verdict, figure.last_check.comparisons[0]["verdict"]) == (
        "different", "identical",
    )  # fmt: skip
    assert checked().sentence == (
        "1 of 6 values outside their tolerance; column flux, row 2: published 2.5, found 2.525 "
        "(+1 %)."
    )
    assert checked().outcome_json["worst"]["where"] == "column flux, row 2"
    assert (checked().outcome_json["values"], checked().outcome_json["off"]) == (6, 1)


def test_the_tolerance_of_the_claim_is_held(judged):
    allowed = Tolerances(columns={"flux": Tolerance(relative=0.02)}, reason="calibration")

    assert judged(OFF, tolerances=allowed).verdict == "within tolerance"
    assert checked().outcome_json["reason"] == "calibration"


def test_the_residual_is_a_product_that_can_be_drawn(judged):
    judged(OFF)

    (axes,) = read_plot(checked().residual.read()).axes
    assert axes.series[0].y == (0.0, pytest.approx(0.025), 0.0)
    assert checked().residual.media_type == "application/json"


@pytest.mark.parametrize(("found", "sentence"), [
    (None, "The re-run gave no fluxes."),
    (b"", "The re-run's file is empty."),
])  # fmt: skip
def test_a_product_that_is_not_there_is_never_reproduced(judged, found, sentence):
    figure = judged(found)

    assert checked().sentence == sentence
    assert figure.verdict in ("not comparable", "failed")


def test_a_product_that_was_cleared_away_is_not_comparable(judged, figure, run_of):
    judged(TABLE)
    Product.objects.filter(pk=digest.of_bytes(TABLE)).update(evicted_at="2026-01-01T00:00Z")

    (item,) = judging.judge_products(figure, figure.run)

    assert item.outcome.sentence == "The fluxes was cleared away: make it again."


def test_a_published_file_that_is_gone_is_told(judged, figure):
    judged(OFF)
    store.remove(digest.of_bytes(TABLE))

    (item,) = judging.judge_products(figure, figure.run)

    assert item.outcome.sentence == (
        "The published file table2.csv is not kept here: state the paper again."
    )


def test_what_is_too_large_is_not_even_read(judged, figure, monkeypatch):
    figure.values_json = []
    monkeypatch.setattr(judging, "BYTES_AT_MOST", 10)
    monkeypatch.setattr(store, "get", None)

    judged(OFF)

    assert checked().sentence == (
        "Too large to compare by values: 39 bytes, and 10 are read. The bytes are not the same."
    )


def test_a_product_that_is_read_in_is_said_to_be(judged):
    assert judged(TABLE, given=True).last_check.sentence.endswith(
        "Byte for byte the same, with 6 values. Read in by the workflow, not computed."
    )


def test_judging_anew_replaces_what_was_found(judged, figure):
    judged(OFF)
    figure.checks.update(checked_at="2020-01-01T00:00Z")
    figure.run.ended_at = "2026-01-01T00:00Z"
    figure.run.save()

    judge_run(figure.run.pk)

    assert CheckedProduct.objects.count() == 1


def test_products_of_a_known_answer_are_judged_by_a_worker(stated, sent, committed):
    text = entries.PAPER.replace('slug = "doubled"', 'slug = "known"')
    (figure,) = add_paper(stated(text, interface_json=INTERFACE))
    run = check_figure(figure)
    run.state = "finished"
    run.save()
    rows.OutputFactory(run=run)
    figure.products_json = [Claim("total", "it", "total.json", digest.of_bytes(b"40.0")).to_json()]
    figure.save()

    with committed():
        check_figure(figure)

    assert sent[-1] == ("gallery.judge_ended_runs",)
    assert figure.checks.count() == 0
    check_figure(figure, in_worker=True)
    assert figure.checks.get().products.get().verdict == "identical"


def test_everything_that_a_check_shows_is_held(judged, figure):
    judged(OFF)
    picture = rows.ProductFactory(data=b"a picture")
    Figure.objects.update(published_picture=picture)
    Figure.objects.update(run=None)
    wanted = {digest.of_bytes(data) for data in (TABLE, OFF, b"a picture")}
    wanted.add(checked().residual.digest)
    other = rows.ProductFactory(data=b"nobody's").digest

    assert held([*wanted, other]) == wanted
    assert holds.held([*wanted]) == wanted


def test_hostile_names_are_kept_as_words(judged):
    judged(json.dumps({"a": "\0"}).encode(), published=b"flux\0\n1\n")

    assert "\0" not in checked().sentence
