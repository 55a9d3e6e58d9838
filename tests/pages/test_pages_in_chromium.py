"""Every sort of page in a real browser: quiet, readable without scripts, by keyboard, on a phone.

Each test visits all pages and compares the faults it found with none, so that one failure names
every page that has the fault.
"""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from executor.models import Run
from tests.factories import entries
from tests.pages import scripts
from tests.pages.chromium import Tab

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
PHONE = 360
WORDS = {
    "home": "run again and judged",
    "gallery": "the same to every digit printed",
    "chosen figures": "1 figure chosen",
    "no figure": "No figure is all of this",
    "sky": "right ascension 0h in the middle",
    "funnel": "15,817",
    "figure": "the same to every digit printed",
    "table": "flux 30-300 keV, 2009-2010",
    "figure that waits for data": "This says nothing about the science",
    "figure explained": "The package numpy explains it.",
    "figure under diagnosis": "trial 1 is under way",
    "figure that differs": "Find out why",
    "row of a table": "twice twenty",
    "rows of a table": "Flux of 2006",
    "paper with rows": "Table 1, row by row",
    "papers": "On doubling",
    "paper stated by hand": "What may stand in a figure",
    "paper changed by hand": "Change what a paper states",
    "no paper": "No paper has all these words",
    "paper": "Twice twenty",
    "workflows": "It doubles a number.",
    "workflow form": "Where the band begins.",
    "workflow form with a fault": "900",
    "runs": "waiting for data",
    "finished run": "40",
    "running run": "1 of 4 cells done",
    "failed run": "Cell 3, line 1 raised ValueError: no light",
    "run that waits for data": "The file x.fits is not reachable.",
    "run that waits for inputs": "It waits for 3 of 8 inputs.",
    "run without an input": "images[7] is sky of Sky image",
    "runs of one state": "Mosaic of images",
    "workflow form with products": "a.fits, b.fits",
    "plan": "0 of 10 runs known, 10 to run",
    "plan with a fault": "is not a digest",
    "plan of nothing": "Plan a request",
    "releases": "Half of an energy",
    "release": "Rubin, V.; The Reprise developers",
    "product of a release": "of the release that holds it",
    "unknown DOI": "Ask doi.org for it",
    "terms": "Terms",
    "register": "From a git repository",
    "errors": "executor:user:",
    "unknown page": "Nothing has this address",
    "unknown run": "No run has the address",
    "unknown name": "A name has 1 to 100 letters",
    "image": "Right ascension",
    "header": "CRVAL1",
    "notebook": "no light",
    "table and plot": "Rows 1 to 50 of 60",
    "table with a fault": "RATE",
    "blend": "One panel each",
    "blend of nothing": "Add a product",
    "product cleared away": "Make it again",
}
MAIN_ACTIONS = {
    "home": 'main a[href="/figures/"]',
    "gallery": 'main a[href="/figures/doubled"]',
    "chosen figures": "main .picks a",
    "sky": "main a.sky-mark",
    "funnel": 'main a[href="/funnel.csv"]',
    "figure": "main .explore",
    "figure explained": "main .explore",
    "figure that differs": "main .why form button",
    "rows of a table": 'main a[href="/figures/row-2003"]',
    "paper stated by hand": "main form button.first",
    "image": "main form button",
    "header": "main a.button",
    "notebook": "main a.button",
    "table and plot": "main form button",
    "blend": "main form button.first",
    "product cleared away": "main form button",
    "workflow form": "main form.sheet button.first",
    "finished run": "main a.button.first",
    "running run": "main form button",
    "run that waits for inputs": "main .plan-box.wanted",
    "run without an input": "main a.button.first",
    "workflow form with products": 'main button[formaction="/runs/plan"]',
    "plan": "main form button.first",
    "plan of nothing": "main form button.first",
    "failed run": "main a.button.first",
    "release": "main a.button.first",
    "register": "main form button.first",
    "unknown page": "main a.button.first",
}


def _foreign(tab: Tab) -> list[str]:
    hosts = {urlsplit(url).netloc for url in tab.requests if url.startswith("http")}
    return sorted(hosts - {urlsplit(tab.site).netloc})


def test_no_page_complains_or_asks_another_host(visited):
    assert visited(lambda _name, tab: tab.faults + _foreign(tab)) == {}


def test_only_what_is_unknown_is_not_found(visited):
    wrong = visited(lambda _name, tab: tab.status if tab.status != 200 else 0)

    assert wrong == {
        "unknown page": 404, "unknown run": 404, "unknown name": 422, "unknown DOI": 404,
        "plan with a fault": 400, "table with a fault": 400, "product cleared away": 410,
    }  # fmt: skip


def test_a_fault_a_refused_script_and_another_host_would_be_noticed(browser, site):
    with browser.tab(site.address) as tab:
        tab.open("/figures/")
        tab.run(scripts.MISBEHAVE)

        refused = [fault for fault in tab.faults if "Content Security Policy" in fault]
        assert ("['a fault']" in tab.faults, len(refused)) == (True, 2)


def test_every_page_has_one_heading_labels_and_descriptions(visited):
    assert visited(lambda _name, tab: tab.run(scripts.STRUCTURE)) == {}


def test_no_page_and_no_frame_on_it_is_wider_than_a_phone(visited):
    assert visited(lambda _name, tab: tab.run(scripts.WIDER), width=PHONE, height=740) == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_words_stand_out_from_what_is_behind_them(visited, dark):
    assert visited(lambda _name, tab: tab.run(scripts.PALE), dark=dark) == {}


def test_the_dark_pages_are_dark(visited):
    bright = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).some(c => c > 64)"

    assert visited(lambda _name, tab: tab.run(bright), dark=True) == {}


def test_without_scripts_every_page_says_what_it_has_to_say(visited):
    def unsaid(name: str, tab: Tab) -> str:
        return "" if WORDS[name] in tab.run("document.body.innerText") else WORDS[name]

    assert visited(unsaid, scripts=False) == {}


def test_the_first_key_reaches_a_link_that_skips_to_the_content(visited):
    def astray(_name: str, tab: Tab) -> str:
        tab.press("Tab")
        first = tab.run("document.activeElement.className")
        tab.press("Enter")
        return "" if (first, tab.run("document.activeElement.id")) == ("skip", "main") else first

    assert visited(astray) == {}


def test_the_keyboard_reaches_the_main_action_and_shows_where_it_is(visited):
    def lost(name: str, tab: Tab) -> list[str]:
        action = MAIN_ACTIONS.get(name)
        unseen, reached = [], False
        for _step in range(tab.run(scripts.FOCUSABLE) if action else 0):
            tab.press("Tab")
            where, seen, there = tab.run(scripts.focus(action))
            unseen += [] if seen else [where]
            reached = reached or there
            if reached:
                break
        return unseen + ([] if reached or not action else [f"never at {action}"])

    assert visited(lost) == {}


def test_without_scripts_the_form_asks_for_a_run_and_leads_to_its_answer(browser, site):
    register_entry(Entry(entries.files()), slug="doubling", source="folder:doubling")
    with browser.tab(site.address, scripts=False) as tab:
        tab.open("/figures/doubled")
        assert tab.run("document.querySelector('.explore')") is None, "scripts ran"
        tab.open("/workflows/doubling?energy=30")
        tab.click("form.sheet button.first")
        tab.wait("location.pathname.startsWith('/runs/') && document.readyState == 'complete'")

        run = Run.objects.get(address=tab.path.removeprefix("/runs/"))
        assert (run.values_json, run.state) == ({"energy": 30.0, "times": 2}, "finished")
        assert tab.run("document.querySelector('.numbers data').value") == "60.0"


def test_a_value_out_of_limits_leads_back_to_the_form_with_a_sentence(browser, site):
    with browser.tab(site.address) as tab:
        tab.open(site.pages["workflow form"])
        tab.run("document.getElementById('p-energy').value = '900'")
        tab.click("form.sheet button.first")
        tab.wait("document.getElementById('p-energy').ariaInvalid == 'true'")

        assert tab.run("document.getElementById('p-energy').value") == "900"
        assert "500" in tab.run("document.querySelector('.field .fault').innerText")


def test_an_entry_that_is_refused_is_a_page_with_the_reason(browser, site):
    with browser.tab(site.address) as tab:
        tab.open("/register")
        tab.run("document.getElementById('source').value = 'file:///etc'")
        tab.click("main form button.first")
        tab.wait("document.querySelector('[role=alert]') && document.readyState == 'complete'")

        assert tab.faults == []
        assert tab.status == 422
        assert tab.run("document.getElementById('source').value") == "file:///etc"
        assert tab.run(scripts.STRUCTURE) == []


def test_the_page_of_a_run_follows_it_without_a_reload_and_ends_in_its_answer(browser, site):
    said = "document.querySelector('#run-state .says')?.innerText"
    with browser.tab(site.address) as tab:
        tab.open(site.running.get_absolute_url())
        tab.run("window.same = 'the same page'")
        assert tab.run(said) == "Running the notebook: 1 of 4 cells done."

        Run.objects.filter(pk=site.running.pk).update(done=3)
        tab.wait(f"{said} == 'Running the notebook: 3 of 4 cells done.'")
        assert (tab.run("window.same"), tab.loads) == ("the same page", 1)

        Run.objects.filter(pk=site.running.pk).update(state="finished", ended_at=timezone.now())
        tab.wait("document.querySelector('.lead .chip.v-finished')")
        assert tab.run("[window.same ?? null, document.querySelector('[data-pending]')]") == [
            None,
            None,
        ]
        assert tab.faults == []


def test_the_picture_of_a_plan_follows_its_runs_without_a_reload(browser, site):
    box = "document.querySelector('#run-plan .plan-box').ariaLabel"
    frame, fold = (f"document.querySelector('#run-plan > {what}')" for what in ("div", "details"))
    with browser.tab(site.address, width=PHONE, height=740) as tab:
        tab.open(site.pages["run that waits for inputs"])
        tab.run("window.same = 'the same page'")
        tab.run(f"{frame}.scrollLeft = 40")
        tab.run(f"{fold}.open = false")
        assert tab.run(box).endswith("Sky image: 5 finished, 1 running, 2 queued")

        feeding = Run.objects.filter(feeds__run__state="waiting for inputs")
        Run.objects.filter(pk__in=feeding.values("pk"), state="running").update(state="finished")
        tab.wait(f"{box}.endsWith('Sky image: 6 finished, 2 queued')")
        assert tab.run("document.querySelector('#run-state .says').innerText") == (
            "It waits for 2 of 8 inputs."
        )
        assert tab.run(f"[{frame}.scrollLeft, {fold}.open]") == [40, False]
        assert (tab.run("window.same"), tab.loads, tab.faults) == ("the same page", 1, [])


def test_a_wide_plan_scrolls_inside_its_own_frame(browser, site):
    with browser.tab(site.address, width=PHONE, height=740) as tab:
        tab.open(site.pages["plan"])

        assert tab.run("document.querySelector('.plan-frame').tabIndex") == 0
        wide = "(e => e.scrollWidth > e.clientWidth)(document.querySelector('.plan-frame'))"
        assert (tab.run(wide), tab.run(scripts.WIDER)) == (True, [])


def test_a_plan_is_run_from_its_page(browser, site):
    register_entry(Entry(entries.files()), slug="doubling", source="folder:doubling")
    with browser.tab(site.address, scripts=False) as tab:
        tab.open("/workflows/doubling?energy=30")
        tab.click('button[formaction="/runs/plan"]')
        tab.wait("location.pathname == '/runs/plan' && document.readyState == 'complete'")
        assert not Run.objects.filter(version__workflow__slug="doubling").exists()
        tab.click("main form button.first")
        tab.wait("location.pathname.length > 60 && document.readyState == 'complete'")

        run = Run.objects.get(address=tab.path.removeprefix("/runs/"))
        assert (run.values_json["energy"], run.state) == (30.0, "finished")


@pytest.mark.parametrize("page", ["figure", "finished run"])
def test_exploring_draws_the_plotted_numbers_and_brings_the_picture_back(browser, site, page):
    with browser.tab(site.address) as tab:
        tab.open(site.pages[page])
        tab.click(".explore")
        tab.wait(scripts.DRAWN)
        assert tab.run("document.querySelector('.picture img').checkVisibility()") is False

        tab.click(".explore")
        tab.wait("document.querySelector('.picture img').checkVisibility()")
        assert tab.run("document.querySelector('.plot').checkVisibility()") is False
        assert tab.run("document.querySelector('.explore').innerText") == "Explore"
        assert tab.faults + _foreign(tab) == []


def test_exploring_works_on_a_phone(browser, site):
    with browser.tab(site.address, width=PHONE, height=740) as tab:
        tab.open(site.pages["figure"])
        tab.click(".explore")
        tab.wait(scripts.DRAWN)

        assert tab.run(scripts.WIDER) == []
