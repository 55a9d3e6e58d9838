"""Images and notebooks in a real browser: the viewer at work, and strangers' payloads at rest."""

import json
import re
from urllib.parse import urlsplit

import numpy as np
import pytest

from tests.executor import attacks
from tests.executor.fits_files import SKY, image, ramp
from tests.factories.rows import OutputFactory, ProductFactory, RunFactory
from tests.pages import scripts
from tests.pages.chromium import Tab

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
READY = "document.getElementById('sky')?.dataset.ready"
SAID = "document.getElementById('sky-readout').innerText"
COLOUR = """(() => {
  const c = document.querySelector('.sky-field canvas');
  return [...c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data];
})()"""


@pytest.fixture
def picture(live_server, transactional_db, settings) -> str:
    settings.PUBLIC_URL = live_server.url
    first = ProductFactory(data=image(ramp(), SKY | {"BUNIT": "'s-1'"}), file="one.fits").digest
    reverse = image(ramp()[::-1, ::-1].copy(), SKY)
    second = ProductFactory(data=reverse, file="two.fits").digest
    cat = ProductFactory(data=b"name,ra,dec\n<img src=x onerror=pwn()>,266.4,-29\n").digest
    query = f"with={second}:two.fits&catalogue={cat}:c.csv&contours=15000"
    return f"{live_server.url}/products/{first}/image?{query}"


def opened(browser, address: str, **reader) -> Tab:
    parts = urlsplit(address)
    tab = browser.tab(f"{parts.scheme}://{parts.netloc}", **reader)
    tab.open(address.removeprefix(tab.site))
    return tab


def key(tab: Tab, name: str) -> None:
    tab.run(
        "document.getElementById('sky-field').dispatchEvent("
        f"new KeyboardEvent('keydown', {{key: {json.dumps(name)}, bubbles: true}}))"
    )


def test_the_viewer_draws_tells_zooms_and_blinks(browser, picture):
    with opened(browser, picture) as tab:
        tab.wait(READY)
        before = tab.run(COLOUR)
        tab.click(".sky-field")
        tab.wait(f"{SAID}.includes('exactly')")
        said = re.match(r"Pixel \((\d+), (\d+)\): exactly (\d+) s-1 at 17ʰ45ᵐ3", tab.run(SAID))
        assert said is not None
        x, y, value = map(int, said.groups())
        assert value == 1000 * (y - 1) + x - 1

        tab.run("const m = document.getElementById('i-map'); m.value = 'gray';"
                "m.dispatchEvent(new Event('change'))")  # fmt: skip
        assert tab.run(COLOUR) != before
        assert "map=gray" in tab.run("location.search")

        labels = "document.querySelector('.sky-labels').textContent"
        wide = tab.run(labels)
        key(tab, "+")
        key(tab, "+")
        tab.wait(f"{labels} !== {json.dumps(wide)}")
        assert tab.run("document.querySelector('.sky-plot').viewBox.baseVal.width") < 500

        key(tab, "0")
        own = tab.run(COLOUR)
        key(tab, "b")
        assert tab.run("document.getElementById('sky-shown').innerText") == "two.fits"
        assert tab.run(COLOUR) != own
        # Reading colours back, as this test does and the viewer does not, is remarked upon.
        assert [fault for fault in tab.faults if "Canvas2D" not in fault] == []


def test_the_cursor_of_keys_tells_pixels_and_positions(browser, picture):
    with opened(browser, picture) as tab:
        tab.wait(READY)
        for name in ("ArrowLeft", "ArrowUp"):
            key(tab, name)
        told = tab.run(SAID)
        key(tab, "Enter")
        tab.wait(f"{SAID}.includes('exactly')")

        assert told.startswith("Pixel (20, 17): 16019 s-1 at ")
        # What the browser reads from its table is what astropy says, as far as it is written.
        shown, exact = (
            part.partition(" at ")[2].partition(" (")[0] for part in (told, tab.run(SAID))
        )
        assert shown == exact


def test_without_scripts_the_picture_is_complete(browser, picture):
    with opened(browser, picture, scripts=False) as tab:
        assert tab.run("document.querySelector('.sky-field canvas')") is None
        assert tab.run(scripts.STRUCTURE) == []
        text = tab.run("document.body.innerText")
        assert [
            word
            for word in ("Right ascension", "two.fits", "Contours at 15000")
            if word not in text
        ] == []
        assert tab.faults == []


def test_images_and_headers_fit_a_phone_and_stand_out_in_the_dark(browser, picture):
    header = picture.partition("/image?")[0] + "/header"
    for address in (picture, header):
        with opened(browser, address, width=360, height=740, dark=True) as tab:
            tab.wait("document.readyState == 'complete'")
            assert tab.run(scripts.WIDER) == []
            assert tab.run(scripts.STRUCTURE) == []
            pale = [fault for fault in tab.run(scripts.PALE) if " text " not in fault]
            assert pale == []


def test_a_blank_image_and_one_without_a_sky_are_drawn(browser, live_server, transactional_db):
    for values in (np.full((5, 5), np.nan, ">f4"), ramp(300, 2)):
        digest = ProductFactory(data=image(values), file="x.fits").digest
        with opened(browser, f"{live_server.url}/products/{digest}/image") as tab:
            tab.wait(READY)
            tab.click(".sky-field")
            tab.wait(f"{SAID}.startsWith('Pixel (')")
            assert tab.faults == []


@pytest.fixture
def notebook(live_server, transactional_db) -> str:
    run = RunFactory(state="finished")
    data = json.dumps({"cells": attacks.cells()}).encode()
    OutputFactory(run=run, name="notebook", role="notebook", file="n.ipynb",
                  product=ProductFactory(data=data))  # fmt: skip
    return f"{live_server.url}/runs/{run.address}/notebook"


PWN = "window.ran = []; window.pwn = () => window.ran.push(1); window.alert = window.pwn;"


@pytest.mark.parametrize("guarded", [True, False], ids=["with its policy", "without its policy"])
def test_nothing_of_a_hostile_notebook_runs(browser, notebook, guarded):
    parts = urlsplit(notebook)
    with browser.tab(f"{parts.scheme}://{parts.netloc}") as tab:
        tab.send("Page.addScriptToEvaluateOnNewDocument", source=PWN)
        tab.send("Page.setBypassCSP", enabled=not guarded)
        tab.open(parts.path)
        # Whoever clicks on everything and waits sees nothing happen either.
        tab.run(
            "document.querySelectorAll('.notebook *').forEach((e) => { e.removeAttribute('target');"
            "e.addEventListener('click', (event) => event.preventDefault()); e.click();"
            "for (const n of ['mouseover', 'focus', 'toggle', 'pointerrawupdate', 'load', 'error'])"
            "e.dispatchEvent(new Event(n)); });"
        )
        tab.run("new Promise((done) => setTimeout(done, 300))")

        ours = f"{parts.scheme}://{parts.netloc}/"
        outside = [url for url in tab.requests if not url.startswith((ours, "data:"))]
        assert tab.run("window.ran") == []
        assert outside == []
        assert (tab.loads, tab.path) == (1, parts.path)
        assert tab.faults == []


def test_a_hostile_notebook_cannot_pose_as_the_page(browser, notebook):
    with opened(browser, notebook, width=360, height=740) as tab:
        foreign = (
            "[...document.querySelectorAll('.nb-text *')].filter((e) => e.id || e.className || "
            "e.hasAttribute('style') || "
            "['fixed', 'absolute'].includes(getComputedStyle(e).position) || "
            "(e.href && !/^(https?|mailto):/.test(e.protocol + ''))).map((e) => e.outerHTML)"
        )
        assert tab.run(foreign) == []
        assert tab.run("document.querySelectorAll('h1, main').length") == 2
        assert tab.run("document.scrollingElement.scrollWidth") <= 360
