"""Changing a run and looking at what came of it, in a real browser, under the strict policy."""

from urllib.parse import parse_qs, urlsplit

import pytest

from executor.models import Run
from tests.factories import rows
from tests.pages.conftest import INTERFACE, PLOT, _picture, json

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
WIDE = "document.documentElement.scrollWidth > window.innerWidth"
CHANGED = (
    "[...document.querySelectorAll('.mark .chip')].map((e) => e.closest('.field').dataset.name)"
)
SAYS = "document.querySelector('.plan-says').innerText"
PLACED = {
    "parameters": [
        {"name": "ra", "kind": "float", "default": 1.0, "unit": "deg", "term": "RightAscension"},
        {"name": "dec", "kind": "float", "default": 1.0, "unit": "deg", "term": "Declination"},
        {"name": "start", "kind": "time", "default": "2003-03-15T13:27:40.000"},
    ],
    "outputs": [{"name": "total", "kind": "number"}],
}


@pytest.fixture
def playing(live_server, transactional_db, settings):
    """The site, a run that is a figure's, and one that changes it."""
    settings.PUBLIC_URL = live_server.url
    version = rows.VersionFactory(
        interface_json=INTERFACE, workflow__slug="played", number=1
    )  # fmt: skip
    published, mine = _run(version, 20.0, [3, 2, 1]), _run(version, 30.0, [3, 2.5, 1])
    rows.FigureFactory(
        version=version, run=published, slug="doubled", picture="curve", kind="figure",
        parameters_json={"energy": 25.0},
    )  # fmt: skip
    return live_server.url, version, published, mine


def _run(version, energy, y):
    run = rows.RunFactory(
        version=version, state="finished", changed_json=["energy"],
        typed_json={"energy": {"type": "float", "unit": "keV", "value": energy}},
        values_json={"energy": energy},
    )  # fmt: skip
    drawn = json.loads(json.dumps(PLOT))
    drawn["axes"][0]["series"][0]["y"] = y
    for role, data, kind in (("output", _picture(), "image/png"),
                             ("plot", json.dumps(drawn).encode(), "application/json")):  # fmt: skip
        product = rows.ProductFactory(data=data, media_type=kind)
        rows.OutputFactory(run=run, name="curve", role=role, file=f"{role}.x", product=product)
    total = rows.ProductFactory(data=str(2 * energy).encode())
    rows.OutputFactory(run=run, product=total)
    return run


def query(tab):
    return parse_qs(urlsplit(tab.run("location.href")).query)


def write(tab, name, text):
    tab.run(
        f"(() => {{ const e = document.getElementById('p-{name}'); e.value = {json.dumps(text)};"
        "e.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def test_the_form_follows_what_one_types(browser, playing):
    site, version, *_ = playing
    with browser.tab(site) as tab:
        tab.open(f"{version.get_absolute_url()}?figure=doubled")
        assert tab.run(CHANGED) == []
        write(tab, "energy", "30")
        assert (tab.run(CHANGED), query(tab)["energy"]) == (["energy"], ["30"])
        tab.wait("document.querySelector('.plan-says').innerText.startsWith('New: ')")
        write(tab, "energy", "0.025 MeV")  # the server knows that this is what was published
        tab.wait(f"{CHANGED}.length == 0")
        write(tab, "energy", "900")
        tab.wait("document.getElementById('p-energy').ariaInvalid == 'true'")
        assert "at most 500 keV" in tab.run("document.querySelector('.fault').innerText")
        tab.run("document.querySelector('[data-reset]').click()")
        assert tab.run("document.getElementById('p-energy').value") == "25.0"
        assert (tab.run(CHANGED), tab.faults, Run.objects.count()) == ([], [], 2)


def test_a_slider_moves_the_number_by_keyboard_and_one_field_is_reset(browser, playing):
    site, version, *_ = playing
    with browser.tab(site) as tab:
        tab.open(version.get_absolute_url())
        tab.run("document.querySelector('[data-name=years] .slide').focus()")
        tab.run(
            "(() => { const s = document.activeElement; s.stepDown(3);"
            "s.dispatchEvent(new Event('input', {bubbles: true})); })()"
        )
        assert tab.run("document.getElementById('p-years').value") == "13"
        assert tab.run(CHANGED) == ["years"]
        tab.run("document.querySelector('[data-name=years] .head button').click()")
        assert (tab.run(CHANGED), query(tab)) == ([], {})


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_a_source_fills_its_position(browser, playing, scripts):
    version = rows.VersionFactory(interface_json=PLACED, workflow__slug="placed", number=1)
    with browser.tab(playing[0], scripts=scripts) as tab:
        tab.open(version.get_absolute_url())
        tab.run("document.getElementById('find-source').value = 'Crab'")
        tab.click("form.change [formaction='/names/fill']")
        tab.wait("document.getElementById('p-ra') && document.getElementById('p-ra').value > 83")
        tab.wait("document.readyState == 'complete'")
        assert "resolved by" in tab.run("document.getElementById('h-find').innerText")
        assert (tab.run(CHANGED), tab.faults) == (["ra", "dec"], [])


def test_a_time_is_read_in_other_spellings(browser, playing):
    version = rows.VersionFactory(interface_json=PLACED, workflow__slug="placed", number=1)
    with browser.tab(playing[0]) as tab:
        tab.open(version.get_absolute_url())
        tab.click("[data-name=start] .entry button")
        tab.wait("document.querySelector('.converted').innerText.includes('JD 2452714')")
        tab.click(".converted button")
        tab.wait("document.querySelector('.plan-says').innerText")
        assert (tab.run(CHANGED), tab.faults) == ([], [])


def test_without_scripts_a_form_is_kept_as_a_link_without_its_token(browser, playing):
    site, version, *_ = playing
    with browser.tab(site, scripts=False) as tab:
        tab.open(f"{version.get_absolute_url()}?figure=doubled")
        tab.run("document.getElementById('p-energy').value = '31'")
        tab.click("[data-keep]")
        tab.wait("location.search.includes('energy=31') && document.readyState == 'complete'")
        assert query(tab) == {"energy": ["31.0"], "reprise-figure": ["doubled"]}
        assert tab.run(CHANGED) == ["energy"]


def test_the_overlay_is_seen_and_explored_by_every_reader(browser, playing):
    site, version, published, mine = playing
    pages = (
        f"{version.get_absolute_url()}?figure=doubled", f"{mine.get_absolute_url()}?figure=doubled",
        f"{mine.get_absolute_url()}/compare/{published.address}",
        f"{mine.get_absolute_url()}/compare",
    )  # fmt: skip
    for reader in ({}, {"width": 360}, {"scripts": False, "dark": True}):
        with browser.tab(site, **reader) as tab:
            for path in pages:
                tab.open(path)
                assert (path, reader, tab.status, tab.faults) == (path, reader, 200, [])
                assert not tab.run(WIDE), (path, reader)
    with browser.tab(site) as tab:
        tab.open(pages[1])
        tab.run("document.querySelector('.overlay').scrollIntoView()")
        tab.wait("document.querySelector('.overlay img').naturalWidth")
        tab.click(".overlay .explore")
        tab.wait("document.querySelector('.overlay .plot').childElementCount")
        assert tab.faults == []


def test_pictures_without_numbers_blink(browser, playing):
    site, _version, published, mine = playing
    mine.outputs.filter(role="plot").delete()
    other = rows.ProductFactory(data=b"GIF8 no picture", media_type="image/gif")
    mine.outputs.filter(name="curve").update(product=other)
    with browser.tab(site) as tab:
        tab.open(f"{mine.get_absolute_url()}/compare/{published.address}")
        tab.click("[data-blink] button")
        away = "[...document.querySelectorAll('.beside figure')].map((e) => e.className)"
        assert tab.run(away)[:2] == ["picture", "picture is-away"]
        tab.click("[data-blink] button")
        assert tab.run(away)[:2] == ["picture is-away", "picture"]
