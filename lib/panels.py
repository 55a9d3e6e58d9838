"""Panels: parts of a page that an app above the page's own adds to it.

The page of a run belongs to the executor, yet the gallery has a verdict to show there. The upper
app adds a function when it is loaded; the lower app's page asks for what was added.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

Panel = Callable[[HttpRequest, Any], SafeString]
_added: dict[str, dict[str, Panel]] = defaultdict(dict)


def add(page: str, name: str, panel: Panel) -> None:
    """Add a panel to a page; the same name again replaces it."""
    _added[page][name] = panel


def render(page: str, request: HttpRequest, subject: Any) -> list[SafeString]:  # noqa: ANN401 -- any model
    """Every panel of a page for its subject, in the order they were added; empty ones left out."""
    parts = [panel(request, subject) for panel in _added[page].values()]
    return [part for part in parts if part.strip()]
