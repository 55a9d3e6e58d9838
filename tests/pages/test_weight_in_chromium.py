"""What a page takes on the wire in a browser that has never been here, viewers apart: 200 kB.

Counted with 40 figures, and after scrolling to the end, so that every picture was fetched.
"""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from executor.models import Run
from gallery.models import Figure
from tests.factories import rows

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
FIGURES = 40
BYTES = 200_000
TO_THE_END = """new Promise((done) => {
  const seen = () => [...document.images].every((image) => image.complete);
  const step = () => {
    const before = scrollY;
    scrollBy(0, innerHeight / 2);
    if (scrollY === before && seen()) done(true); else setTimeout(step, 20);
  };
  step();
})"""


def plotted(seed: int) -> bytes:
    """A figure as papers have them: curves and points on white, 1200 x 900 pixels."""
    numbers = np.random.default_rng(seed)
    picture = Image.new("RGB", (1200, 900), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((90, 60, 1160, 830), outline="black", width=2)
    for colour, level in (("#0072b2", 300), ("#d55e00", 550)):
        heights = level + np.cumsum(numbers.normal(0, 9, 100))
        points = [(100 + 10.5 * at, float(height)) for at, height in enumerate(heights)]
        pen.line(points, fill=colour, width=3)
        for x, y in points[::4]:
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)
            pen.line((x, y - 25, x, y + 25), fill=colour, width=2)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def with_picture(number: int) -> Figure:
    run = rows.RunFactory(state=Run.States.FINISHED)
    product = rows.ProductFactory(data=plotted(number), media_type="image/png")
    rows.OutputFactory(run=run, name="curve", file="curve.png", product=product)
    figure = rows.FigureFactory(
        run=run, version=run.version, slug=f"figure-{number}", picture="curve", kind="figure",
        title=f"Light curve {number} of a source", caption="It falls, and then it rises again.",
        source="Crab", ra=(9.0 * number) % 360, dec=number - 20.0,
    )  # fmt: skip
    rows.CheckFactory(figure=figure, run=run)
    return figure


@pytest.fixture
def full(live_server, transactional_db, settings) -> str:
    settings.PUBLIC_URL = live_server.url
    for number in range(FIGURES):
        with_picture(number)
    return live_server.url


def test_no_page_weighs_more_than_two_hundred_kilobytes(browser, full):
    paper = Figure.objects.get(slug="figure-0").paper.get_absolute_url()
    weights = {}
    for path in ("/", "/figures/", "/figures/figure-0", paper, "/papers/", "/sky", "/funnel"):
        with browser.tab(full) as tab:  # each with a cache of its own
            tab.open(path)
            tab.run(TO_THE_END)
            weights[path] = tab.weight

    assert {path: weight for path, weight in weights.items() if weight > BYTES} == {}
    assert min(weights.values()) > 5_000  # of words and style: the counter counts
