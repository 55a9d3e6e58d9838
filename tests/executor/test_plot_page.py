"""The page of a plot: an item for the browser, kept for ever, or a problem."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

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
