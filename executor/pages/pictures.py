"""Answers that carry a plot: as a Bokeh item, an SVG of our own, a picture or its numbers."""

import hashlib
import json
import re
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.http import content_disposition_header

from executor.actions.looking import asked_well
from executor.adapters import drawing
from executor.domain.plot import Plot
from executor.domain.plot_json import plot_csv, plot_json
from executor.domain.plot_svg import plot_svg
from executor.errors import UnknownFormError

Answer = TypeVar("Answer", bound=HttpResponseBase)
FORMS = ("bokeh", "view", "png", "svg", "pdf", "csv")
FORMAT = "1"  # raise it when the same question is drawn differently
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
# Whatever stands in a picture, it gets no script, no frame and no request.
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"


def form_named(form: str, allowed: tuple[str, ...] = FORMS) -> str:
    """The form of this name.

    Raises:
        UnknownFormError: there is none.
    """
    if form not in allowed:
        raise UnknownFormError(f"There is no form {form[:30]!r}: ask for {', '.join(allowed)}.")
    return form


def tag_of(*parts: str) -> str:
    """An ETag of what an answer depends on."""
    return f'"{hashlib.sha256(json.dumps([FORMAT, *parts]).encode()).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, tag: str, caching: str) -> HttpResponse | None:
    """304 when the browser has the answer of this ETag; None when it has not."""
    asked = {part.strip().removeprefix("W/") for part in
             request.headers.get("If-None-Match", "").split(",")}  # fmt: skip
    return described(HttpResponseNotModified(), tag, caching) if tag in asked else None


def described(answer: HttpResponse, tag: str, caching: str) -> HttpResponse:
    """Add what every answer that may be kept carries."""
    answer["ETag"] = tag
    answer["Cache-Control"] = caching
    answer["Content-Security-Policy"] = HARMLESS
    return answer


def saved_as(answer: Answer, name: str, ending: str) -> Answer:
    """Have a browser save the answer under a plain name."""
    stem = UNSAFE.sub("-", name).strip("-.")[:100] or "data"
    answer["Content-Disposition"] = content_disposition_header(True, f"{stem}.{ending}") or ""  # noqa: FBT003 -- as Django has it
    return answer


def pictured(plot: Plot, form: str, name: str) -> HttpResponse:
    """A plot in one of the forms; those to keep are saved under the name.

    Raises:
        UnreadableTableError: it cannot be drawn.
        TablesBusyError: others are drawn just now.
    """
    if form == "bokeh":
        from executor.adapters.bokeh_plot import to_bokeh  # noqa: PLC0415 -- Bokeh takes 1 s to import

        return HttpResponse(json.dumps(to_bokeh(plot), allow_nan=False), "application/json")
    if form == "view":
        return HttpResponse(plot_svg(plot, name), "image/svg+xml")
    if form == "csv":
        return saved_as(HttpResponse(plot_csv(plot), "text/csv; charset=utf-8"), name, "csv")
    return picture(plot_json(plot), form, name)


def picture(plot: bytes, form: str, name: str) -> HttpResponse:
    """The bytes of a plot, drawn by matplotlib and saved under a name.

    Raises:
        UnreadableTableError: it cannot be drawn.
        TablesBusyError: others are drawn just now.
    """
    with asked_well(name):
        data = drawing.drawn(plot, form)
    return saved_as(HttpResponse(data, drawing.FORMS[form]), name, form)
