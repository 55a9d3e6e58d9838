"""Answers that never change: what a product looks like, by its digest and what was asked."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from lib import digest

FOR_EVER = "public, max-age=31536000, immutable"


def kept(
    request: HttpRequest, parts: Sequence[str | int], make: Callable[[], HttpResponse]
) -> HttpResponse:
    """An answer under a tag made of its parts; made only when the browser has it not.

    Args:
        request: what asks, with the tags that the browser has.
        parts: all that the answer depends on, the way of drawing it among them.
        make: makes it.
    """
    tag = f'"{digest.of_value(list(parts))[:40]}"'
    asked = request.headers.get("If-None-Match", "")
    has_it = tag in (part.strip().removeprefix("W/") for part in asked.split(","))
    response: HttpResponse = HttpResponseNotModified() if has_it else make()
    response["ETag"] = tag
    response["Cache-Control"] = FOR_EVER
    return response
