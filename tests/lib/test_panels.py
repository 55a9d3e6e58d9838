"""An upper app adds to the page of a lower one."""

import pytest
from django.test import RequestFactory
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib import panels


@pytest.fixture
def request_(monkeypatch):
    monkeypatch.setattr(panels, "_added", panels.defaultdict(dict))
    return RequestFactory().get("/runs/x")


def test_panels_are_shown_in_the_order_they_were_added(request_):
    panels.add("run", "verdict", lambda _request, run: format_html("<p>{}</p>", run))
    panels.add("run", "path", lambda request, _run: format_html("{}", request.path))
    assert panels.render("run", request_, "a & b") == ["<p>a &amp; b</p>", "/runs/x"]


def test_the_same_name_replaces_and_another_page_is_left_alone(request_):
    panels.add("run", "verdict", lambda _request, _run: SafeString("first"))
    panels.add("run", "verdict", lambda _request, _run: SafeString("second"))
    panels.add("workflow", "verdict", lambda _request, _version: SafeString("other"))
    assert panels.render("run", request_, None) == ["second"]


def test_an_empty_panel_is_left_out(request_):
    panels.add("run", "verdict", lambda _request, _run: SafeString(" \n"))
    assert panels.render("run", request_, None) == []
    assert panels.render("figure", request_, None) == []
