"""What axe-core finds on every sort of page (https://github.com/dequelabs/axe-core): nothing."""

import pytest
from axe_core_python.base import AXE_SCRIPT

from tests.pages import scripts
from tests.pages.chromium import Tab

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


def test_axe_finds_nothing_on_any_page(visited):
    def violations(_name: str, tab: Tab) -> object:
        tab.run(AXE_SCRIPT)  # the protocol is above the policy that keeps scripts out
        return tab.run(scripts.AXE)

    assert visited(violations) == {}


def test_axe_would_notice_a_picture_without_words(browser, site):
    with browser.tab(site.address) as tab:
        tab.open("/figures/")
        tab.run("document.querySelector('main').append(new Image(9, 9))")
        tab.run(AXE_SCRIPT)

        assert [fault.split(":")[0] for fault in tab.run(scripts.AXE)] == ["critical image-alt"]
