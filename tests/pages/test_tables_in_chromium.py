"""Tables, plots of columns and blends in a real browser, under the strict policy."""

from urllib.parse import quote

import numpy as np
import pytest

from executor.domain.tables.blending import part_text
from tests.executor.tables import light_curve, saved
from tests.factories import rows

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
WIDE = "document.documentElement.scrollWidth > window.innerWidth"
CANVAS = "document.querySelector('.plot') && document.querySelector('.plot').childElementCount"


@pytest.fixture
def looked_at(live_server, transactional_db, settings):
    """The site, and the addresses of a table's page and of a blend."""
    settings.PUBLIC_URL = live_server.url
    table = light_curve(9000)
    table["TIME"] = 54000 + np.arange(9000) / 100
    table["TIME"].unit = "d"
    product = rows.ProductFactory(data=saved(table, "x.fits"), media_type="application/fits")
    rows.OutputFactory(name="curve", file="x.fits", product=product)
    part = quote(part_text(product.digest, "x.fits", "TIME", "RATE", "first"))
    return live_server.url, {
        "table": f"/products/{product.digest}/table?name=x.fits",
        "blend": f"/blend?p={part}&p={part}&t0=54000&xunit=h",
    }


def test_tables_and_blends_are_quiet_readable_and_fit_a_phone(browser, looked_at):
    site, pages = looked_at
    for reader in ({}, {"width": 360}, {"scripts": False}, {"dark": True}):
        with browser.tab(site, **reader) as tab:
            for name, path in pages.items():
                tab.open(path)
                assert (name, reader, tab.status, tab.faults) == (name, reader, 200, [])
                assert not tab.run(WIDE), (name, reader)
                assert tab.run("document.querySelector('figure img').naturalWidth") > 0
                assert [url for url in tab.requests if not url.startswith((site, "data:"))] == []


@pytest.mark.parametrize("page", ["table", "blend"])
def test_a_plot_is_explored_and_asks_again_for_the_range_that_is_shown(browser, looked_at, page):
    site, pages = looked_at
    with browser.tab(site) as tab:
        tab.open(pages[page])
        tab.click(".explore")
        tab.wait(CANVAS)
        tab.run(
            "(() => { const doc = Bokeh.documents[Bokeh.documents.length - 1];"
            "const fig = [...doc._all_models.values()].find((m) => m.type === 'Figure');"
            "const r = fig.x_range; const w = r.end - r.start;"
            "r.start += w / 4; r.end -= w / 4; })()"
        )
        tab.wait("document.querySelector('.range-note')")
        asked = [url for url in tab.requests if "from=" in url]

        assert len(asked) == 1
        assert tab.faults == []
        tab.click(".range-note button")
        tab.wait("!document.querySelector('.range-note')")
        assert tab.faults == []


def test_a_table_is_sorted_and_filtered_by_keyboard_alone_without_scripts(browser, looked_at):
    site, pages = looked_at
    with browser.tab(site, scripts=False) as tab:
        tab.open(pages["table"] + "&q.RATE=%3E8990&sort=RATE&desc=yes")

        assert tab.run("document.querySelector('tbody th').textContent") == "9000"
        assert tab.run("document.querySelector('th[aria-sort]').getAttribute('aria-sort')") == (
            "descending"
        )
