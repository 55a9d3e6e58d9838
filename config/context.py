"""What every page knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """The public address, for links that leave the page."""
    return {"public_url": settings.PUBLIC_URL}
