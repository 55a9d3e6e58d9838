"""Pages and API of tables: rows, links, faults in words, forms, caching; programs run apart."""

import json
import re

import numpy as np
import pytest
from astropy.table import Table
from django.core.cache import cache

from executor.adapters import apart, converted, drawing, opened
from executor.adapters.programs import convert_table, draw_plot, open_table, talk
from tests.executor.tables import light_curve, saved
from tests.factories.rows import OutputFactory, ProductFactory, RunFactory

pytestmark = pytest.mark.django_db
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
PLOT = {
    "format": "reprise.plot/1", "size": [400, 300],
    "axes": [{"title": "", "xlabel": "$x$", "ylabel": "y", "xscale": "linear", "yscale": "linear",
              "xlim": [0, 3], "ylim": [0, 3], "box": None,
              "series": [{"kind": "line", "label": "a", "x": [1, 2], "y": [1, 2], "line": "-"}]}],
}  # fmt: skip


PROGRAMS = {
    "open_table": open_table.open_table, "convert_table": convert_table.convert_table,
    "draw_plot": draw_plot.draw_plot,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _near(request, monkeypatch) -> None:
    """What the programs apart do is done here, which takes no second to start."""

    def run(program, asked):
        return apart._read(json.dumps(talk.outcome(PROGRAMS[program], dict(asked))).encode(), 0)

    if "really" not in request.node.name:
        for module in (opened, converted, drawing):
            monkeypatch.setattr(module, "run_apart", run)


@pytest.fixture
def curve():
    return product(saved(light_curve(60), "x.fits"))


def product(data: bytes, media_type: str = "application/fits", file: str = "x.fits"):
    run = RunFactory(state="finished")
    made = ProductFactory(data=data, media_type=media_type)
    OutputFactory(run=run, name="curve", file=file, product=made)
    return made


def cells(html: str) -> list[str]:
    return re.findall(
        r"<td>([^<]*)</td>", html.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    )


def test_a_table_has_rows_columns_and_a_plot(client, curve, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        page = client.get(f"/products/{curve.digest}/table?name=x.fits&columns=RATE&columns=NAME")
    html = page.content.decode()

    assert page.status_code == 200
    assert cells(html)[:4] == ["0.5", "src 000", "1.5", "src 001"]
    assert f'src="/products/{curve.digest}/table/plot?name=x.fits&amp;x=TIME&amp;y=RATE' in html
    assert "60 rows, 7 columns." in html


def test_rows_are_sorted_filtered_and_paged_without_scripts(client, curve):
    address = f"/products/{curve.digest}/table?columns=NAME&sort=RATE&desc=yes&q.RATE=%3C55"
    html = client.get(f"{address}&page=2").content.decode()

    assert cells(html) == ["src 004", "src 003", "src 002", "src 001", "src 000"]
    assert "Rows 51 to 55 of 55 that pass the filters." in html


def test_a_question_that_is_not_understood_leaves_the_table_and_says_why(client, curve):
    page = client.get(f"/products/{curve.digest}/table?q.RATE=bright")

    assert page.status_code == 400
    assert "The filter &#x27;bright&#x27; on RATE is no number" in page.content.decode()
    assert cells(page.content.decode())[1] == "0.5" or len(cells(page.content.decode())) > 50


def test_names_and_cells_of_strangers_stay_text(client):
    table = Table({"<img src=x onerror=alert(1)>": ["<script>alert(1)</script>"], "b": [1.0]})
    found = product(saved(table, "x.ecsv"), "text/csv", "x.ecsv")
    html = client.get(f"/products/{found.digest}/table?name=%3Cscript%3E.ecsv").content.decode()

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_of_five_hundred_columns_twelve_are_shown_and_the_rest_offered(client):
    found = product(saved(Table({f"c{n}": [1.0, 2.0] for n in range(500)}), "x.fits"))
    html = client.get(f"/products/{found.digest}/table?name=x.fits").content.decode()

    assert len(cells(html)) == 24
    assert "12 of 500 columns are shown: choose others" in html


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "its bytes are neither FITS, VOTable nor text"),
        (b"", "it is empty"),
        (b"SIMPLE  = nonsense", "it cannot be read"),
        (b"\x1f\x8bnothing", "it cannot be unpacked: its gzip is damaged"),
        (b"<?xml version='1.0'?><a/>", "it cannot be read"),
    ],
)
def test_what_is_no_table_is_told_in_words(client, data, words):
    found = product(data or b"\n")
    page = client.get(f"/products/{found.digest}/table?name=x.fits")

    assert page.status_code == 422
    assert words in page.content.decode()
    assert "executor:user:unreadable-table" in page.content.decode()


def test_a_product_that_was_cleared_away_says_how_to_make_it_again(client, curve):
    type(curve).objects.update(evicted_at="2026-01-01T00:00:00Z")

    assert client.get(f"/products/{curve.digest}/table").status_code == 410
    assert client.get(f"/products/{'0' * 64}/table").status_code == 404


def test_a_program_that_really_takes_too_long_is_ended(client, curve, monkeypatch):
    monkeypatch.setattr(apart, "WALL_SECONDS", 0.01)
    page = client.get(f"/products/{curve.digest}/table")

    assert page.status_code == 422
    assert "it took longer than 0.01 seconds" in page.content.decode()


def test_when_all_places_are_really_taken_it_may_be_asked_again(client, curve, monkeypatch):
    monkeypatch.setattr(apart, "WAIT_SECONDS", 0.01)
    for _ in range(apart.AT_ONCE):
        apart._places.acquire()
    try:
        assert client.get(f"/products/{curve.digest}/table").status_code == 503
    finally:
        for _ in range(apart.AT_ONCE):
            apart._places.release()
    assert client.get(f"/products/{curve.digest}/table").status_code == 200


@pytest.mark.parametrize(
    ("form", "kind", "start"),
    [
        ("bokeh", "application/json", b"{"),
        ("view", "image/svg+xml", b"<svg"),
        ("csv", "text/csv; charset=utf-8", b"axes,series,label,x,y"),
        ("png", "image/png", b"\x89PNG"),
    ],
)
def test_a_plot_comes_in_every_form_and_is_not_sent_twice(client, curve, form, kind, start):
    address = f"/products/{curve.digest}/table/plot?name=x.fits&form={form}"
    answer = client.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert answer.content.startswith(start)
    assert answer["Content-Security-Policy"] == HARMLESS
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_a_plot_of_nothing_that_is_there_is_a_problem(client, curve):
    answer = client.get(f"/products/{curve.digest}/table/plot?x=NOPE")

    assert answer.status_code == 400
    assert "The table has no column &#x27;NOPE&#x27;." in answer.content.decode()
    assert client.get(f"/products/{curve.digest}/table/plot?form=gif").status_code == 404


def test_a_table_is_saved_in_another_form_for_ever(client, curve):
    address = f"/products/{curve.digest}/as/ecsv?name=x.fits"
    answer = client.get(address)

    assert b"".join(answer.streaming_content).startswith(b"# %ECSV")
    assert answer["Content-Disposition"] == 'attachment; filename="x.ecsv"'
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"/products/{curve.digest}/as/xls").status_code == 404


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_a_plotted_picture_is_drawn_to_the_same_bytes(client, form):
    run = RunFactory(state="finished")
    made = ProductFactory(data=json.dumps(PLOT).encode())
    OutputFactory(run=run, name="curve", role="plot", file="c.png.plot.json", product=made)
    address = f"/runs/{run.address}/plots/curve/as/{form}"
    first = client.get(address)
    cache.clear()

    assert first["Content-Disposition"] == f'attachment; filename="curve.{form}"'
    assert client.get(address).content == first.content
    assert client.get(f"/runs/{run.address}/plots/other/as/{form}").status_code == 404


def test_the_api_gives_rows_and_what_is_known_of_the_table(client, curve):
    address = f"/api/products/{curve.digest}/table/?columns=RATE&columns=COUNT&sort=RATE&size=2"
    body = client.get(address).json()

    assert body["data"] == [[0.5, 0], [1.5, None]]
    assert (body["rows"], body["found"], body["pages"], body["numbers"]) == (60, 60, 30, [1, 2])
    assert body["roles"]["errors"] == {"RATE": ["RATE_ERR"]}
    assert body["keys"] == {"TELESCOP": "Swift", "TIMESYS": "TT"}


def test_the_api_refuses_in_its_own_shape(client, curve):
    answer = client.get(f"/api/products/{curve.digest}/table/?size=100000")

    assert (answer.status_code, answer.json()["id"]) == (400, "executor:user:bad-table-question")


def test_products_of_two_instruments_share_an_axis(client, curve):
    other = light_curve(4)
    other.meta["TELESCOP"] = "LIGO"
    second = product(saved(other, "x.ecsv"), "text/csv", "y.ecsv")
    query = f"p={curve.digest}:x.fits:TIME:RATE:X-ray%20curve&p={second.digest}:y.ecsv::"
    html = client.get(f"/blend?{query}").content.decode()

    assert "X-ray curve · run " in html
    assert " · gravitational waves" in html
    assert client.get(f"/blend/plot?{query}&form=view").content.startswith(b"<svg")


def test_a_blend_form_leads_to_the_same_blend_as_its_address(client, curve):
    fields = {"digest": [curve.digest, ""], "file": ["x.fits", ""], "x": ["TIME", ""],
              "y": ["RATE", ""], "label": ["a:b", ""]}  # fmt: skip
    html = client.get("/blend", fields).content.decode()

    assert f"/blend/plot?p={curve.digest}%3Ax.fits%3ATIME%3ARATE%3Aa%253Ab" in html


@pytest.mark.parametrize(
    "query", ["p=x", "axis=space", f"p={'0' * 64}:a:b:c", "t0=never", "from=x"]
)
def test_a_blend_that_cannot_be_drawn_is_a_page_that_says_so(client, query):
    page = client.get(f"/blend?{query}")

    assert page.status_code in {200, 400}
    assert "data-plot" not in page.content.decode()


def test_the_run_page_leads_to_its_tables(client):
    declared = {"parameters": [], "outputs": [{"name": "curve", "kind": "light-curve"}]}
    run = RunFactory(
        state="finished", version__interface_json=declared, values_json={}, typed_json={}
    )
    made = ProductFactory(data=saved(light_curve(), "x.fits"), media_type="application/fits")
    OutputFactory(run=run, name="curve", file="x.fits", product=made)

    assert (
        f'href="/products/{made.digest}/table?name=x.fits"'
        in client.get(f"/runs/{run.address}").content.decode()
    )


def test_the_last_page_of_a_long_table_is_as_near_as_the_first(client):
    table = Table({"TIME": np.arange(200_000.0), "RATE": np.arange(200_000)[::-1].copy()})
    found = product(saved(table, "x.fits"))
    body = client.get(f"/api/products/{found.digest}/table/?sort=RATE&page=4000&size=50").json()

    assert (body["page"], body["data"][-1]) == (4000, [0.0, 199999])
