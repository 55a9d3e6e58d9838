"""The page of a plot: an item for the browser, kept for ever, or a problem."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from executor.models import Product
from tests.factories.rows import OutputFactory, ProductFactory, RunFactory

PLOT = {
    "format": "reprise.plot/1", "size": [800, 600],
    "axes": [{"title": "", "xlabel": "x", "ylabel": "y", "xscale": "linear", "yscale": "linear",
              "xlim": [0, 3], "ylim": [0, 3], "box": None,
              "series": [{"kind": "line", "label": "", "x": [1, 2], "y": [1, 2], "line": "-"}]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def address_of_run(data: bytes) -> str:
    run = RunFactory(state="finished")
    OutputFactory(
        run=run, name="curve", role="plot", file="curve.png.plot.json",
        product=ProductFactory(data=data),
    )  # fmt: skip
    return str(run.address)


def get(client: Client, address: str, name: str = "curve", **headers: str) -> Any:
    return client.get(f"/runs/{address}/plots/{name}", headers=headers)


@pytest.mark.django_db
def test_plot_is_an_item_that_never_changes(client: Client) -> None:
    response = get(client, address_of_run(json.dumps(PLOT).encode()))

    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sorted(response.json()) == ["doc", "root_id", "target_id", "version"]


@pytest.mark.django_db
def test_plot_that_the_browser_has_is_not_sent_again(client: Client) -> None:
    address = address_of_run(json.dumps(PLOT).encode())
    tag = get(client, address)["ETag"]

    again = get(client, address, **{"If-None-Match": f'"other", W/{tag}'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


@pytest.mark.django_db
def test_plot_of_an_unknown_output_is_a_problem(client: Client) -> None:
    assert get(client, address_of_run(b"{}"), "other").status_code == 404


@pytest.mark.django_db
def test_plot_of_an_unknown_run_is_a_problem(client: Client) -> None:
    assert get(client, "0" * 64).status_code == 404


@pytest.mark.django_db
def test_plot_that_cannot_be_read_is_a_problem_and_not_a_crash(client: Client) -> None:
    assert get(client, address_of_run(b'{"format": "other"}')).status_code == 404


@pytest.mark.django_db
def test_plot_is_only_read(client: Client) -> None:
    assert client.post(f"/runs/{'0' * 64}/plots/curve").status_code == 405


# The plotted arrays of a product

PIXELS = {
    "kind": "image", "label": "", "x": [], "y": [], "z": [[1.0, 2.0], [3.0, 4.0]], "shape": [2, 2],
    "extent": [-0.5, 1.5, -0.5, 1.5], "origin": "lower",
}  # fmt: skip


def product_of(data: bytes) -> str:
    return str(ProductFactory(data=data, media_type="application/json").digest)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "media_type", "begin"),
    [
        ("bokeh", "application/json", b"{"), ("view", "image/svg+xml", b"<svg"),
        ("csv", "text/csv; charset=utf-8", b"axes,"),
    ],
)  # fmt: skip
def test_plotted_arrays_of_a_product_are_drawn_in_every_form(
    client: Client, form: str, media_type: str, begin: bytes
) -> None:
    digest = product_of(json.dumps(PLOT).encode())

    answer = client.get(f"/products/{digest}/plot?form={form}")

    assert (answer.status_code, answer["Content-Type"]) == (200, media_type)
    assert answer.content.lstrip()[: len(begin)] == begin
    again = client.get(f"/products/{digest}/plot?form={form}",
                       headers={"If-None-Match": answer["ETag"]})  # fmt: skip
    assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "form", "status"),
    [
        (b"{}", "bokeh", 404), (b"\xff", "view", 404), (b"[" * 100_000, "csv", 404),
        (json.dumps(PLOT).encode(), "exe", 404),
    ],
)  # fmt: skip
def test_what_is_no_plot_is_refused(client: Client, data: bytes, form: str, status: int) -> None:
    assert client.get(f"/products/{product_of(data)}/plot?form={form}").status_code == status


@pytest.mark.django_db
def test_a_plot_that_was_cleared_away_is_gone(client: Client) -> None:
    digest = product_of(json.dumps(PLOT).encode())
    Product.objects.filter(pk=digest).update(evicted_at=timezone.now())

    assert client.get(f"/products/{digest}/plot").status_code == 410


@pytest.mark.django_db
def test_a_view_of_pixels_is_drawn_with_its_pixels(client: Client) -> None:
    axes = PLOT["axes"][0] | {"series": [PIXELS]}  # type: ignore[index]
    digest = product_of(json.dumps(PLOT | {"axes": [axes]}).encode())

    answer = client.get(f"/products/{digest}/plot?form=view")

    assert (answer.status_code, b"<image" in answer.content) == (200, True)
